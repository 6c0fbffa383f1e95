/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs for packets that come from the daemon (docs/packet-path.md, "Injected packets"). */
#pragma once

#include "judge.h"

/* Send a packet as it is: to its own destination address, or to the destination of the record that the instruction names. */
static __always_inline __u32 send_complete(struct __sk_buff *skb, struct packet *p, const struct instruction *what,
					   __u32 family)
{
	__u32 index, generation, reason;
	struct way *way = this_way();
	struct flow_key6 *to;
	struct leaving as;
	struct record *r;

	if (!way || parse_ip(skb, HOOK_INJECT, p, family) != PARSED)
		return REASON_MALFORMED;
	to = &way->match.leaving;
	*to = p->tuple;
	if (what->kind != INJECT_ROUTE) {
		index = what->index[0] | what->index[1] << 8 | what->index[2] << 16 | (__u32)what->index[3] << 24;
		r = lookup_record(index, family);
		if (!r)
			return REASON_INJECT_MISS;
		generation = READ_ONCE(r->generation);
		barrier();
		copy_address(to->destination, &r->addresses[ADDRESS_DESTINATION * address_words(family)], family);
		barrier();
		if (!(generation & 1) || READ_ONCE(r->generation) != generation)
			return REASON_INJECT_MISS;
	}
	as = (struct leaving){ .tuple = to, .ip = &p->ip, .bytes = p->bytes };
	reason = find_route(skb, HOOK_INJECT, p, &as, &way->fib, family);
	if (reason == REASON_FORWARDED)
		p->action = send_to(skb, HOOK_INJECT, p, &way->fib, family);
	return reason;
}

static __always_inline __u32 judge_injected(struct __sk_buff *skb, struct packet *p, int *is_flow)
{
	struct instruction what;

	if (frame_read(skb, HOOK_INJECT, ETH_ALEN, &what, sizeof(what)))
		return REASON_NOT_IP;
	*is_flow = what.kind == INJECT_FLOW;
	switch (what.kind) {
	case INJECT_FLOW:
		return judge(skb, HOOK_INJECT, p);
	case INJECT_ROUTE:
		return skb->protocol == bpf_htons(ETH_P_IP) ? send_complete(skb, p, &what, 4)
							    : send_complete(skb, p, &what, 6);
	case INJECT_VIA4:
		return send_complete(skb, p, &what, 4);
	case INJECT_VIA6:
		return send_complete(skb, p, &what, 6);
	case INJECT_HOST:
		return REASON_LEFT_TO_HOST;
	default:
		return REASON_OTHER_HOST;
	}
}

/* Up to the host's own stack, which takes only what is addressed to it. */
static __always_inline int deliver(struct __sk_buff *skb)
{
	bpf_skb_change_type(skb, PACKET_HOST);
	return TC_ACT_OK;
}

/* Most of what would otherwise go to the core has come from there, and nobody passes on what is for somebody else. */
static __always_inline __u32 verdict_of_injected(__u32 reason, int is_flow)
{
	if (is_flow && (1ull << (reason & (REASON_SLOTS - 1)) & REASONS_INJECTED_UPCALL))
		return VERDICT_UPCALL;
	if (reason == REASON_DELIVERED || reason == REASON_LEFT_TO_HOST)
		return VERDICT_PASS;
	return reason == REASON_FORWARDED ? VERDICT_FORWARD : VERDICT_DROP;
}
