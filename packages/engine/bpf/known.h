/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Point 6: packets of known flows. */
#pragma once

#include "lookup.h"
#include "rewrite.h"
#include "route.h"
#include "tunnel.h"
#include "way.h"

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
