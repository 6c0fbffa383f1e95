/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Points 1 to 9, in order: what becomes of a packet. */
#pragma once

#include "known.h"
#include "parse.h"
#include "unknown.h"

static __always_inline __u32 misfit(const struct packet *p, __u32 family)
{
	return is_vip(p->tuple.destination, family) ? REASON_MALFORMED : REASON_NOT_OURS;
}

/* Points 2 to 9 for one address family. Returns the reason; for REASON_FORWARDED `p->action` is the program's result. */
static __always_inline __u32 judge_ip(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	enum parsed parsed = parse_ip(ctx, hook, p, family);
	__u32 reason;

	if (parsed != PARSED)
		return parsed == MISFIT ? misfit(p, family) : REASON_NOT_OURS;
	if (!p->is_fragment && !is_icmp(p, family)) {
		if (!is_transport(p->tuple.protocol))
			return REASON_NOT_OURS;
		if (parse_transport(ctx, hook, p) != PARSED)
			return misfit(p, family);
		reason = forward_known(ctx, hook, p, family);
		if (reason != MISS)
			return reason;
		if (hook == HOOK_INJECT)
			return REASON_INJECT_MISS;
	}
	return hook == HOOK_XDP ? judge_other_xdp(ctx, p) : judge_other_tc(ctx, p);
}

static __always_inline __u32 judge(void *ctx, enum hook hook, struct packet *p)
{
	if (!frame_is_ours(ctx, hook))
		return REASON_OTHER_HOST;
	switch (frame_protocol(ctx, hook)) {
	case bpf_htons(ETH_P_IP):
		return judge_ip(ctx, hook, p, 4);
	case bpf_htons(ETH_P_IPV6):
		return judge_ip(ctx, hook, p, 6);
	default:
		return REASON_NOT_IP;
	}
}
