/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The next hop: asked of the kernel's routing table, and the packet sent there. */
#pragma once

#include "parse.h"

#define AF_INET 2
#define AF_INET6 10

/* The reasons follow the kernel's results in order: 1 (blackhole) to 8 (fragmentation needed). */
_Static_assert(REASON_FIB_BLACKHOLE + BPF_FIB_LKUP_RET_FRAG_NEEDED - 1 == REASON_FIB_FRAG_NEEDED, "fib reasons");

/* What leaves: the tuple and IP header of the outermost packet, and the length of it that must fit the way. 0: any does. */
struct leaving {
	const struct flow_key6 *tuple;
	const union ip_header *ip;
	__u32 bytes;
};

#define MAX_LENGTH 0xffff

static __always_inline void observe_next_hop(const __be32 *next_hop, __u32 family)
{
	__u32 zero = 0;
	struct observation *o;

	if (!observe || !(o = bpf_map_lookup_elem(&observed, &zero)))
		return;
	o->next_hop_bytes = address_words(family) * 4;
	copy_address(o->next_hop, next_hop, family);
}

/*
 * Look the route up. Returns REASON_FORWARDED or why not; tc needs no resolved neighbour, because it sends through the kernel's own.
 */
static __always_inline __u32 find_route(void *ctx, enum hook hook, struct packet *p, const struct leaving *as,
					struct bpf_fib_lookup *fib, __u32 family)
{
	const struct flow_key6 *tuple = as->tuple;
	long result;

	__builtin_memset(fib, 0, sizeof(*fib));
	fib->ifindex = p->ifindex;
	fib->l4_protocol = tuple->protocol;
	fib->tot_len = as->bytes > MAX_LENGTH ? MAX_LENGTH : as->bytes;
	fib->sport = tuple->source_port;
	fib->dport = tuple->destination_port;
	if (family == 4) {
		fib->family = AF_INET;
		fib->tos = as->ip->v4.tos;
		fib->ipv4_src = tuple->source[0];
		fib->ipv4_dst = tuple->destination[0];
	} else {
		fib->family = AF_INET6;
		fib->flowinfo = *(__be32 *)&as->ip->v6 & bpf_htonl(0x0fffffff);
		copy_address(fib->ipv6_src, tuple->source, 6);
		copy_address(fib->ipv6_dst, tuple->destination, 6);
	}
	observe_next_hop(tuple->destination, family);
	result = bpf_fib_lookup(ctx, fib, sizeof(*fib), 0);
	if (result == BPF_FIB_LKUP_RET_SUCCESS || (result == BPF_FIB_LKUP_RET_NO_NEIGH && hook != HOOK_XDP))
		return REASON_FORWARDED;
	if (result == BPF_FIB_LKUP_RET_FRAG_NEEDED)
		p->mtu = fib->mtu_result;
	if (result >= BPF_FIB_LKUP_RET_BLACKHOLE && result <= BPF_FIB_LKUP_RET_FRAG_NEEDED)
		return REASON_FIB_BLACKHOLE + result - BPF_FIB_LKUP_RET_BLACKHOLE;
	return REASON_FIB_FAILED;
}

/* Send the packet, whose outermost IP header is of `family`, where find_route said. Returns the program's action. */
static __always_inline int send_to(void *ctx, enum hook hook, const struct packet *p, const struct bpf_fib_lookup *fib,
				   __u32 family)
{
	if (hook == HOOK_XDP) {
		struct ethhdr eth = { .h_proto = family == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6) };

		__builtin_memcpy(eth.h_dest, fib->dmac, ETH_ALEN);
		__builtin_memcpy(eth.h_source, fib->smac, ETH_ALEN);
		frame_write(ctx, hook, 0, &eth, sizeof(eth));
		return fib->ifindex == p->ifindex ? XDP_TX : bpf_redirect(fib->ifindex, 0);
	} else {
		/* The gateway may be of the other family (RFC 5549): the lookup says so. */
		struct bpf_redir_neigh next_hop = { .nh_family = fib->family };

		copy_address(next_hop.ipv6_nh, fib->ipv6_dst, 6);
		return bpf_redirect_neigh(fib->ifindex, &next_hop, sizeof(next_hop), 0);
	}
}
