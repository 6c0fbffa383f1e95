// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The fast path: packets of known flows are forwarded here, the first packets of new ones go to the core. docs/packet-path.md
 * numbers the steps; src/core/twin/fastpath.ts is the same in TypeScript, and the differential test holds the two equal.
 */
#include "maps.h"
#include "capture.h"
#include "inject.h"
#include "judge.h"
#include "upcall.h"

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
	if (capture.epoch)
		hook == HOOK_XDP ? see_packet_xdp(ctx) : see_packet_tc(ctx);
	reason = judge(ctx, hook, &p);
	verdict = verdict_of(reason);
	if (verdict == VERDICT_UPCALL && !send_upcall(ctx, hook, &p, reason)) {
		reason = REASON_RING_FULL;
		verdict = VERDICT_DROP;
	}
	if (capture.epoch && verdict != VERDICT_UPCALL)
		show_packet(&p, reason);
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
