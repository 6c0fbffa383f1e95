// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The fast path: packets of known flows are forwarded here, the first packets of new ones go to the core. docs/packet-path.md
 * numbers the steps; src/core/fastpath.ts is the same in TypeScript, and the differential test holds the two equal.
 */
#include "maps.h"
#include "hook.h"
#include "parse.h"
#include "lookup.h"
#include "route.h"
#include "rewrite.h"
#include "upcall.h"

#define MISS REASON_SLOTS /* no reason yet: no flow is known for the packet */

static __always_inline struct leaving leaving_tuple(const struct packet *p, const struct match *m)
{
	struct leaving to = {
		.source = p->tuple.source,
		.destination = p->tuple.destination,
		.source_port = p->tuple.source_port,
		.destination_port = p->tuple.destination_port,
	};

	if (!m->is_output) {
		to.destination = m->address;
		to.destination_port = m->port;
	} else if (m->is_masqueraded) {
		to.source = m->address;
		to.source_port = m->port;
	}
	return to;
}

/* Point 6: forward a packet of a known flow. */
static __always_inline __u32 forward_known(void *ctx, enum hook hook, struct packet *p, int *action, __u32 family)
{
	struct bpf_fib_lookup fib;
	struct leaving to;
	struct match m;
	__u32 reason;

	if (!find_record(&p->tuple, &m, family) || !is_unchanged(&m))
		return MISS;
	if (hook != HOOK_INJECT && !m.is_output && p->tuple.protocol == IPPROTO_TCP &&
	    (p->flags & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN)
		return REASON_SYN_ON_FLOW;
	if (p->ttl <= 1)
		return REASON_TTL_EXCEEDED;
	to = leaving_tuple(p, &m);
	reason = find_route(ctx, hook, p, &to, &fib, family);
	if (reason != REASON_FORWARDED)
		return reason;
	if (!is_unchanged(&m))
		return MISS;
	step_life(p, &m, family);
	account(p, &m);
	rewrite(ctx, hook, p, &m, family);
	*action = send_to(ctx, hook, &fib);
	return REASON_FORWARDED;
}

/* Would the host itself forward the packet? Not if it is the destination, or knows no route. */
static __always_inline int host_would_forward(void *ctx, enum hook hook, const struct packet *p, __u32 family)
{
	struct leaving as_it_is = { p->tuple.source, p->tuple.destination, p->tuple.source_port,
				    p->tuple.destination_port };
	struct bpf_fib_lookup fib;
	__u32 reason = find_route(ctx, hook, p, &as_it_is, &fib, family);

	return reason != REASON_FIB_NOT_FORWARDED && reason != REASON_FIB_FORWARDING_DISABLED;
}

/* Points 7 to 9. */
static __always_inline __u32 judge_unknown(void *ctx, enum hook hook, const struct packet *p, __u32 family)
{
	struct service_value *service = service_at_destination(p, family);

	if (service) {
		if (p->tuple.protocol != IPPROTO_TCP || (p->flags & (FLAG_SYN | FLAG_RST)) == FLAG_SYN)
			return REASON_NEW_FLOW;
		return (service->flags & SERVICE_FLAG_SLOPPY) && !(p->flags & FLAG_RST) ? REASON_MID_STREAM_SLOPPY
											: REASON_MID_STREAM;
	}
	if (is_from_real_server(p, family) && host_would_forward(ctx, hook, p, family))
		return REASON_UNMATCHED_REPLY;
	return REASON_NOT_OURS;
}

/* Point 4. */
static __always_inline __u32 judge_icmp(void *ctx, enum hook hook, const struct packet *p, __u32 family)
{
	struct flow_key6 about = {};
	struct match m;

	if (parse_icmp_error(ctx, hook, p, &about, family) && find_record(&about, &m, family) && is_unchanged(&m))
		return REASON_ICMP_RELATED;
	return REASON_NOT_OURS;
}

static __always_inline __u32 misfit(const struct packet *p, __u32 family)
{
	return is_vip(p->tuple.destination, family) ? REASON_MALFORMED : REASON_NOT_OURS;
}

/* Points 2 to 9 for one address family. Returns the reason; for REASON_FORWARDED `action` is the program's result. */
static __always_inline __u32 judge_ip(void *ctx, enum hook hook, struct packet *p, int *action, __u32 family)
{
	enum parsed parsed = parse_ip(ctx, hook, p, family);
	__u32 reason;

	if (parsed != PARSED)
		return parsed == MISFIT ? misfit(p, family) : REASON_NOT_OURS;
	if (p->is_fragment)
		return is_vip(p->tuple.destination, family) || is_masqueraded_address(p->tuple.source, family)
			       ? REASON_FRAGMENT
			       : REASON_NOT_OURS;
	if (is_icmp(p, family))
		return judge_icmp(ctx, hook, p, family);
	if (p->tuple.protocol != IPPROTO_TCP && p->tuple.protocol != IPPROTO_UDP)
		return REASON_NOT_OURS;
	if (parse_transport(ctx, hook, p) != PARSED)
		return misfit(p, family);
	reason = forward_known(ctx, hook, p, action, family);
	if (reason != MISS)
		return reason;
	return hook == HOOK_INJECT ? REASON_INJECT_MISS : judge_unknown(ctx, hook, p, family);
}

static __always_inline __u32 judge(void *ctx, enum hook hook, struct packet *p, int *action)
{
	if (!frame_is_ours(ctx, hook))
		return REASON_OTHER_HOST;
	switch (frame_protocol(ctx, hook)) {
	case bpf_htons(ETH_P_IP):
		return judge_ip(ctx, hook, p, action, 4);
	case bpf_htons(ETH_P_IPV6):
		return judge_ip(ctx, hook, p, action, 6);
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
	int action = drop_action(hook);
	struct packet p = {};
	__u32 reason, verdict;

	observe_nothing_yet();
	reason = judge(ctx, hook, &p, &action);
	verdict = verdict_of(reason);
	if (verdict == VERDICT_UPCALL && !send_upcall(ctx, hook, &p, reason)) {
		reason = REASON_RING_FULL;
		verdict = VERDICT_DROP;
	}
	count(verdict, reason);
	return verdict == VERDICT_PASS ? pass_action(hook) : action;
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

/* The source MAC of an injected frame (INJECT in src/core/layout.ts). */
struct instruction {
	__u8 locally_administered;
	__u8 kind;
	__u8 index[4];
};

/* Send a packet as it is: to its own destination address, or to the destination of the record that the instruction names. */
static __always_inline __u32 send_complete(struct __sk_buff *skb, struct packet *p, const struct instruction *what,
					   int *action, __u32 family)
{
	struct leaving to = { .source = p->tuple.source, .destination = p->tuple.destination };
	struct bpf_fib_lookup fib;
	__be32 via[4] = {};
	__u32 index, generation, reason;
	struct record *r;

	if (parse_ip(skb, HOOK_INJECT, p, family) != PARSED)
		return REASON_MALFORMED;
	if (what->kind != INJECT_ROUTE) {
		index = what->index[0] | what->index[1] << 8 | what->index[2] << 16 | (__u32)what->index[3] << 24;
		r = lookup_record(index, family);
		if (!r)
			return REASON_INJECT_MISS;
		generation = READ_ONCE(r->generation);
		barrier();
		copy_address(via, &r->addresses[ADDRESS_DESTINATION * address_words(family)], family);
		barrier();
		if (!(generation & 1) || READ_ONCE(r->generation) != generation)
			return REASON_INJECT_MISS;
		to.destination = via;
	}
	reason = find_route(skb, HOOK_INJECT, p, &to, &fib, family);
	if (reason == REASON_FORWARDED)
		*action = send_to(skb, HOOK_INJECT, &fib);
	return reason;
}

static __always_inline __u32 judge_injected(struct __sk_buff *skb, struct packet *p, int *action)
{
	struct instruction what;

	if (frame_read(skb, HOOK_INJECT, ETH_ALEN, &what, sizeof(what)))
		return REASON_NOT_IP;
	switch (what.kind) {
	case INJECT_FLOW:
		return judge(skb, HOOK_INJECT, p, action);
	case INJECT_ROUTE:
		return skb->protocol == bpf_htons(ETH_P_IP) ? send_complete(skb, p, &what, action, 4)
							    : send_complete(skb, p, &what, action, 6);
	case INJECT_VIA4:
		return send_complete(skb, p, &what, action, 4);
	case INJECT_VIA6:
		return send_complete(skb, p, &what, action, 6);
	default:
		return REASON_OTHER_HOST;
	}
}

/* Far end of the injection veth: what is not forwarded ends here. */
SEC("tc")
int tandem_inject(struct __sk_buff *skb)
{
	int action = TC_ACT_SHOT;
	struct packet p = {};
	__u32 reason;

	observe_nothing_yet();
	reason = judge_injected(skb, &p, &action);
	count(reason == REASON_FORWARDED ? VERDICT_FORWARD : VERDICT_DROP, reason);
	return action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
