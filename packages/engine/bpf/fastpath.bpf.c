// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The fast path: packets of known flows are forwarded here, the first packets of new ones go to the core. docs/packet-path.md
 * numbers the steps; src/core/fastpath.ts is the same in TypeScript, and the differential test holds the two equal.
 */
#include "maps.h"
#include "hook.h"
#include "parse.h"
#include "lookup.h"
#include "classify.h"
#include "admit.h"
#include "route.h"
#include "rewrite.h"
#include "tunnel.h"
#include "way.h"
#include "upcall.h"

#define MISS REASON_SLOTS /* no reason yet: no flow is known for the packet */

/* Points 6.6 to 6.11 through a tunnel whose outer header is of `outer_family`. */
static __always_inline __u32 forward_through(void *ctx, enum hook hook, struct packet *p, struct way *way,
					     const struct tunnel *t, __u32 outer_family)
{
	const struct match *m = &way->match;
	struct wrapping *w = &way->wrapping;
	struct record *r = lookup_record(m->index, p->family);
	__u32 room = wrap(w, p, t, outer_family), reason;
	struct leaving as = { .tuple = &w->tuple, .ip = &w->ip, .bytes = segment_bytes(p) + room };

	reason = find_route(ctx, hook, p, &as, &way->fib, outer_family);
	if (reason != REASON_FORWARDED)
		return reason;
	if (!r || !is_unchanged(r, m))
		return MISS;
	if (p->gso_size && has_checksum(t))
		return REASON_TO_BE_CUT;
	if (frame_make_room(ctx, hook, room, encapsulation_of(t)))
		return p->gso_size ? REASON_TO_BE_CUT : REASON_NO_ROOM;
	step_life(r, p, m, p->family);
	account(r, p, m->is_output);
	decrement_ttl(p, p->family);
	write_ip(ctx, hook, p, L3_AT + room, p->family);
	if (has_checksum(t))
		write_shim_checksum(w, sum_inner(ctx, hook, p, L3_AT + room + p->header_bytes), p, t, outer_family);
	write_wrapping(ctx, hook, w, t, outer_family);
	p->action = send_to(ctx, hook, p, &way->fib, outer_family);
	return REASON_FORWARDED;
}

/* The part of forward_known for a tunnel. */
static __always_inline __u32 forward_wrapped(void *ctx, enum hook hook, struct packet *p, struct way *way)
{
	struct tunnel *t;
	__u32 id;

	if (!p || !way)
		return MISS;
	id = way->match.destination_id;
	t = bpf_map_lookup_elem(&tunnels, &id);
	if (!t)
		return REASON_DESTINATION_GONE;
	return t->family == 4 ? forward_through(ctx, hook, p, way, t, 4) : forward_through(ctx, hook, p, way, t, 6);
}

VERIFIED_ALONE __u32 forward_wrapped_tc(struct __sk_buff *skb, struct packet *p, struct way *way)
{
	return forward_wrapped(skb, HOOK_TC, p, way);
}

VERIFIED_ALONE __u32 forward_wrapped_xdp(struct xdp_md *xdp, struct packet *p, struct way *way)
{
	return forward_wrapped(xdp, HOOK_XDP, p, way);
}

/* The source MAC of an injected frame (INJECT in src/core/layout.ts). */
struct instruction {
	__u8 locally_administered;
	__u8 kind;
	__u8 index[4];
};

/*
 * Send an offloaded packet as it is through the injection pair, whose near end has no offloads: the kernel cuts it there, and each
 * segment comes by as an injected packet of the flow. Returns the program's action.
 */
static __always_inline int send_to_be_cut(struct __sk_buff *skb)
{
	struct instruction what = {}; /* no constant: those would stand in .rodata, which the daemon fills */

	what.locally_administered = 2;
	what.kind = INJECT_FLOW;
	if (bpf_skb_store_bytes(skb, ETH_ALEN, &what, sizeof(what), 0))
		return TC_ACT_SHOT;
	return bpf_redirect(injection_link(), 0);
}

/* Point 6: forward a packet of a known flow. */
static __always_inline __u32 forward_known(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	struct way *way = this_way();
	__u32 reason, is_local;
	struct leaving as;
	struct record *r;
	struct match *m;

	if (!way)
		return MISS;
	m = &way->match;
	r = find_record(&p->tuple, m, 0, family);
	if (!r || !is_unchanged(r, m))
		return MISS;
	if ((m->life & LIFE_HELD) && !m->is_output)
		return REASON_DESTINATION_GONE;
	if (hook != HOOK_INJECT && (m->life & LIFE_WATCHED))
		return REASON_WATCHED;
	if (hook != HOOK_INJECT && !m->is_output && reopens_flow(p))
		return REASON_SYN_ON_FLOW;
	is_local = m->method == METHOD_LOCAL && !m->is_output;
	if (!is_local) {
		if (p->ttl <= 1)
			return REASON_TTL_EXCEEDED;
		if (m->method == METHOD_TUNNEL && !m->is_output) {
			reason = hook == HOOK_XDP ? forward_wrapped_xdp(ctx, p, way) : forward_wrapped_tc(ctx, p, way);
			if (hook == HOOK_TC && reason == REASON_TO_BE_CUT)
				p->action = send_to_be_cut(ctx);
			return reason;
		}
		as = (struct leaving){ .tuple = &m->leaving, .ip = &p->ip, .bytes = segment_bytes(p) };
		reason = find_route(ctx, hook, p, &as, &way->fib, family);
		if (reason != REASON_FORWARDED)
			return reason;
	}
	if (!is_unchanged(r, m))
		return MISS;
	step_life(r, p, m, family);
	account(r, p, m->is_output);
	if (is_local)
		return REASON_DELIVERED;
	rewrite(ctx, hook, p, m, family);
	p->action = send_to(ctx, hook, p, &way->fib, family);
	return REASON_FORWARDED;
}

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

static __always_inline __u32 verdict_of(__u32 reason)
{
	__u64 bit = 1ull << (reason & (REASON_SLOTS - 1));

	if (bit & REASONS_PASS)
		return VERDICT_PASS;
	if (bit & REASONS_FORWARD)
		return VERDICT_FORWARD;
	return bit & REASONS_UPCALL ? VERDICT_UPCALL : VERDICT_DROP;
}

static __always_inline void count(__u32 verdict, __u32 reason)
{
	__u64 *counter = bpf_map_lookup_elem(&counters, &reason);
	struct observation *o;
	__u32 zero = 0;

	if (counter)
		(*counter)++;
	if (observe && (o = bpf_map_lookup_elem(&observed, &zero))) {
		o->verdict = verdict;
		o->reason = reason;
	}
}

static __always_inline void observe_nothing_yet(void)
{
	struct observation *o;
	__u32 zero = 0;

	if (observe && (o = bpf_map_lookup_elem(&observed, &zero)))
		o->next_hop_bytes = 0;
}

static __always_inline int run(void *ctx, enum hook hook)
{
	struct packet p = { .action = drop_action(hook) };
	__u32 reason, verdict;

	observe_nothing_yet();
	reason = judge(ctx, hook, &p);
	verdict = verdict_of(reason);
	if (verdict == VERDICT_UPCALL && !send_upcall(ctx, hook, &p, reason)) {
		reason = REASON_RING_FULL;
		verdict = VERDICT_DROP;
	}
	count(verdict, reason);
	return verdict == VERDICT_PASS ? pass_action(hook) : p.action;
}

SEC("tc")
int tandem_tc(struct __sk_buff *skb)
{
	return run(skb, HOOK_TC);
}

SEC("xdp")
int tandem_xdp(struct xdp_md *xdp)
{
	return run(xdp, HOOK_XDP);
}

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

/* Far end of the injection veth: what is neither forwarded, delivered nor for the core once more ends here. */
SEC("tc")
int tandem_inject(struct __sk_buff *skb)
{
	struct packet p = { .action = TC_ACT_SHOT };
	__u32 reason, verdict;
	int is_flow = 0;

	observe_nothing_yet();
	reason = judge_injected(skb, &p, &is_flow);
	verdict = verdict_of_injected(reason, is_flow);
	if (verdict == VERDICT_UPCALL && !send_upcall(skb, HOOK_INJECT, &p, reason)) {
		reason = REASON_RING_FULL;
		verdict = VERDICT_DROP;
	}
	count(verdict, reason);
	return verdict == VERDICT_PASS ? deliver(skb) : p.action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
