/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Points 3, 4 and 7 to 9: fragments, ICMP errors, and what no flow is known for. */
#pragma once

#include "admit.h"
#include "classify.h"
#include "lookup.h"
#include "route.h"
#include "way.h"

/* Would the host itself forward the packet? Not if it is the destination, or knows no route. */
static __always_inline int host_would_forward(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	struct leaving as_it_is = { .tuple = &p->tuple, .ip = &p->ip, .bytes = segment_bytes(p) };
	struct way *way = this_way();
	__u32 reason;

	if (!way)
		return 0;
	reason = find_route(ctx, hook, p, &as_it_is, &way->fib, family);
	p->mtu = 0;
	return reason != REASON_FIB_NOT_FORWARDED && reason != REASON_FIB_FORWARDING_DISABLED;
}

/* Does a connection expect the packet from any port of its source? */
static __always_inline int is_expected(const struct packet *p, __u32 family)
{
	struct flow_key6 from_any_port = p->tuple;

	from_any_port.source_port = 0;
	return is_known(&from_any_port, LIFE_NO_CLIENT_PORT, family);
}

/* Point 7, for a packet to a service. */
static __always_inline __u32 judge_for_service(const struct packet *p, const struct service_value *service)
{
	__u32 reason = REASON_NEW_FLOW;

	if ((service->flags & SERVICE_FLAG_FILTERED) && is_denied(service, p))
		return REASON_DENIED;
	if (!opens_flow(p)) {
		if (!(service->flags & SERVICE_FLAG_SLOPPY) || aborts_flow(p))
			return policy_flags() & POLICY_FLAG_MID_STREAM_TO_HOST ? REASON_MID_STREAM_HOST
									       : REASON_MID_STREAM;
		reason = REASON_MID_STREAM_SLOPPY;
	}
	return is_over_budget(p) ? REASON_OVER_BUDGET : reason;
}

/* Point 8, for a packet of a translated destination. */
static __always_inline __u32 judge_reply(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	__u32 flags = policy_flags();

	if (!host_would_forward(ctx, hook, p, family))
		return REASON_NOT_OURS;
	if (flags & POLICY_FLAG_UNMATCHED_TO_HOST)
		return REASON_UNMATCHED_HOST;
	return flags & POLICY_FLAG_UNMATCHED_REFUSED ? REASON_UNMATCHED_REFUSED : REASON_UNMATCHED_REPLY;
}

/* Points 7 to 9 for one address family. */
static __always_inline __u32 judge_unknown_in(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	struct service_value *vip = find_vip(p->tuple.destination, family), *service;
	__u32 mark, reason;

	if (vip && (vip->flags & SERVICE_FLAG_EXPECTS) && is_expected(p, family))
		return REASON_EXPECTED;
	mark = mark_of(ctx, hook, p, &p->tuple, family);
	service = service_of_mark(mark, family);
	if (!service && vip)
		service = service_at_destination(p, family);
	if (service) {
		p->service = service->id;
		reason = judge_for_service(p, service);
		if (reason == REASON_NEW_FLOW || reason == REASON_MID_STREAM_SLOPPY)
			p->mark = mark;
		return reason;
	}
	if (is_real_server(p->tuple.source, p->tuple.source_port, p->tuple.protocol, family))
		return judge_reply(ctx, hook, p, family);
	return REASON_NOT_OURS;
}

/* Point 3. */
static __always_inline __u32 judge_fragment(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	if (family == 6)
		parse_fragment6(ctx, hook, p);
	p->mark = mark_of(ctx, hook, p, &p->tuple, family);
	return is_vip(p->tuple.destination, family) || is_translated_address(p->tuple.source, family) ||
			       service_of_mark(p->mark, family)
		       ? REASON_FRAGMENT
		       : REASON_NOT_OURS;
}

static __always_inline int is_tunnel_protocol(__u8 protocol)
{
	return protocol == IPPROTO_IPIP || protocol == IPPROTO_IPV6 || protocol == IPPROTO_GRE || protocol == IPPROTO_UDP;
}

/* Point 4. */
static __always_inline __u32 judge_icmp(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	struct flow_key6 about = {};
	enum quoted quoted = parse_icmp_error(ctx, hook, p, &about, family);

	if (quoted == QUOTED_NOTHING)
		return REASON_NOT_OURS;
	if (quoted == QUOTED_TUPLE && is_known(&about, 0, family))
		return REASON_ICMP_RELATED;
	if (is_tunnel_protocol(about.protocol) && is_tunnel_end(about.source, family))
		return REASON_ICMP_ABOUT_TUNNEL;
	if (quoted != QUOTED_TUPLE || !(policy_flags() & POLICY_FLAG_SCHEDULE_ICMP) ||
	    !is_vip(p->tuple.destination, family))
		return REASON_NOT_OURS;
	p->mark = mark_of(ctx, hook, p, &about, family);
	return REASON_ICMP_ABOUT_UNKNOWN;
}

/* All that is not about a known flow: fragments, ICMP errors and misses. */
static __always_inline __u32 judge_other_in(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	if (p->is_fragment)
		return judge_fragment(ctx, hook, p, family);
	return is_icmp(p, family) ? judge_icmp(ctx, hook, p, family) : judge_unknown_in(ctx, hook, p, family);
}

static __always_inline __u32 judge_other(void *ctx, enum hook hook, struct packet *p)
{
	if (!p)
		return REASON_NOT_OURS;
	return p->family == 4 ? judge_other_in(ctx, hook, p, 4) : judge_other_in(ctx, hook, p, 6);
}

VERIFIED_ALONE __u32 judge_other_tc(struct __sk_buff *skb, struct packet *p)
{
	return judge_other(skb, HOOK_TC, p);
}

VERIFIED_ALONE __u32 judge_other_xdp(struct xdp_md *xdp, struct packet *p)
{
	return judge_other(xdp, HOOK_XDP, p);
}
