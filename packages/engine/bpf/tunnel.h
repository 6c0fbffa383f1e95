/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The headers that a tunnel puts before a packet: docs/packet-path.md ("Tunnels"), pictures in docs/tunnels.md. */
#pragma once

#include "checksum.h"
#include "lookup.h"
#include "route.h"

#define IP4_DONT_FRAGMENT 0x4000
#define GRE_HAS_CHECKSUM 0x8000

struct gre_header {
	__be16 flags;
	__be16 protocol;
	/* Only with GRE_HAS_CHECKSUM. */
	__u16 check;
	__u16 zero;
};

struct gue_header {
	struct udphdr udp;
	__u8 version_control_length;
	__u8 protocol;
	__u16 flags;
};

/* All that stands before the inner packet, and the tuple of the packet that it makes. */
struct wrapping {
	union ip_header ip;
	union {
		struct gre_header gre;
		struct gue_header gue;
		__be32 words[3];
	} shim;
	__u32 ip_bytes;
	__u32 shim_bytes;
	struct flow_key6 tuple;
};

static __always_inline int has_checksum(const struct tunnel *t)
{
	return t->type != TUNNEL_TYPE_IPIP && (t->flags & (TUNNEL_FLAG_CHECKSUM | TUNNEL_FLAG_REMOTE_CHECKSUM));
}

static __always_inline __u32 shim_bytes_of(const struct tunnel *t)
{
	if (t->type == TUNNEL_TYPE_GUE)
		return sizeof(struct gue_header);
	if (t->type == TUNNEL_TYPE_IPIP)
		return 0;
	return has_checksum(t) ? sizeof(struct gre_header) : offsetof(struct gre_header, check);
}

static __always_inline __u8 outer_protocol(const struct tunnel *t, __u32 inner_family)
{
	if (t->type == TUNNEL_TYPE_GUE)
		return IPPROTO_UDP;
	if (t->type == TUNNEL_TYPE_GRE)
		return IPPROTO_GRE;
	return inner_family == 4 ? IPPROTO_IPIP : IPPROTO_IPV6;
}

/* What the kernel must know of the headers to cut an offloaded packet. */
static __always_inline __u64 encapsulation_of(const struct tunnel *t)
{
	__u64 outer = t->family == 4 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV6;

	if (t->type == TUNNEL_TYPE_GUE)
		return outer | BPF_F_ADJ_ROOM_ENCAP_L4_UDP;
	return t->type == TUNNEL_TYPE_GRE ? outer | BPF_F_ADJ_ROOM_ENCAP_L4_GRE : outer;
}

static __always_inline __u8 traffic_class(const struct packet *p)
{
	return p->family == 4 ? p->ip.v4.tos : p->ip.v6.priority << 4 | p->ip.v6.flow_lbl[0] >> 4;
}

/* A port for each flow, so that the receiver's queues share them. */
static __always_inline __be16 gue_source_port(const struct flow_key6 *tuple)
{
	const __u32 *words = (const __u32 *)tuple;
	__u32 h = 0;

	/* Address words that IPv4 does not use are 0. */
	for (__u32 i = 0; i < sizeof(*tuple) / sizeof(*words); i++)
		h ^= words[i];
	h ^= h >> 16;
	return bpf_htons(0xc000 | (h & 0x3fff));
}

static __always_inline void write_outer4(struct iphdr *ip, const struct packet *p, const struct tunnel *t, __u32 bytes)
{
	int is_inner4 = p->family == 4, is_whole = !is_inner4 || (p->ip.v4.frag_off & bpf_htons(IP4_DONT_FRAGMENT));

	if (policy_flags() & POLICY_FLAG_TUNNELS_FRAGMENT)
		is_whole = 0;
	*ip = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.tos = traffic_class(p),
		.tot_len = bpf_htons(bytes),
		.id = is_inner4 && !is_whole ? p->ip.v4.id : 0,
		.frag_off = is_whole ? bpf_htons(IP4_DONT_FRAGMENT) : 0,
		.ttl = p->ttl - 1,
		.protocol = outer_protocol(t, p->family),
		.saddr = t->source[0],
		.daddr = t->destination[0],
	};
	ip->check = ~fold(sum_words((const __be32 *)ip, sizeof(*ip) / sizeof(__be32)));
}

static __always_inline void write_outer6(struct ipv6hdr *ip, const struct packet *p, const struct tunnel *t, __u32 bytes)
{
	*ip = (struct ipv6hdr){
		.version = 6,
		.priority = traffic_class(p) >> 4,
		.flow_lbl = { traffic_class(p) << 4 },
		.payload_len = bpf_htons(bytes - sizeof(*ip)),
		.nexthdr = outer_protocol(t, p->family),
		.hop_limit = p->ttl - 1,
	};
	copy_address(ip->saddr.s6_addr32, t->source, 6);
	copy_address(ip->daddr.s6_addr32, t->destination, 6);
}

/* What a route for the wrapped packet is asked with. */
static __always_inline void fill_outer_tuple(struct wrapping *w, const struct packet *p, const struct tunnel *t,
					     __u32 outer_family)
{
	__builtin_memset(&w->tuple, 0, sizeof(w->tuple));
	copy_address(w->tuple.source, t->source, outer_family);
	copy_address(w->tuple.destination, t->destination, outer_family);
	w->tuple.protocol = outer_protocol(t, p->family);
	if (t->type == TUNNEL_TYPE_GUE) {
		w->tuple.source_port = gue_source_port(&p->tuple);
		w->tuple.destination_port = t->port;
	}
}

static __always_inline void fill_shim(struct wrapping *w, const struct packet *p, const struct tunnel *t)
{
	__builtin_memset(&w->shim, 0, sizeof(w->shim));
	if (t->type == TUNNEL_TYPE_GRE) {
		w->shim.gre.flags = has_checksum(t) ? bpf_htons(GRE_HAS_CHECKSUM) : 0;
		w->shim.gre.protocol = p->family == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	} else if (t->type == TUNNEL_TYPE_GUE) {
		w->shim.gue.udp.source = w->tuple.source_port;
		w->shim.gue.udp.dest = w->tuple.destination_port;
		w->shim.gue.udp.len = bpf_htons(sizeof(w->shim.gue) + p->bytes);
		w->shim.gue.protocol = p->family == 4 ? IPPROTO_IPIP : IPPROTO_IPV6;
	}
}

/*
 * Fill in all but the checksum of the shim. Returns how many bytes stand before the inner packet. Not inlined: what it holds in
 * registers would crowd its caller's stack.
 */
static __noinline __u32 wrap(struct wrapping *w, const struct packet *p, const struct tunnel *t, __u32 outer_family)
{
	__u32 room;

	w->ip_bytes = outer_family == 4 ? sizeof(w->ip.v4) : sizeof(w->ip.v6);
	w->shim_bytes = shim_bytes_of(t);
	room = w->ip_bytes + w->shim_bytes;
	fill_outer_tuple(w, p, t, outer_family);
	fill_shim(w, p, t);
	if (outer_family == 4)
		write_outer4(&w->ip.v4, p, t, room + p->bytes);
	else
		write_outer6(&w->ip.v6, p, t, room + p->bytes);
	return room;
}

static __always_inline __u64 sum_pseudo_header(const struct flow_key6 *tuple, __u8 protocol, __u32 bytes, __u32 family)
{
	const __u32 words = address_words(family);

	return sum_words(tuple->source, words) + sum_words(tuple->destination, words) + bpf_htons(protocol) +
	       bpf_htons(bytes);
}

/* A place in the frame that is summed on from. */
struct summing {
	void *ctx;
	__u32 at;
	__u32 bytes;
	__u32 sum;
};

/* Sum the next piece; true if there is no more. */
static __always_inline long sum_piece(struct summing *s, enum hook hook)
{
	__u32 zero = 0, bytes = s->bytes;
	struct piece *piece = bpf_map_lookup_elem(&pieces, &zero);

	if (!piece)
		return 1;
	if (bytes > PIECE_BYTES)
		bytes = PIECE_BYTES;
	piece->words[bytes / sizeof(__be32)] = 0; /* an incomplete last word ends in zeros */
	if (frame_copy_most(s->ctx, hook, s->at, piece, bytes, PIECE_BYTES))
		return 1;
	s->at += bytes;
	s->bytes -= bytes;
	bytes = (bytes + 3) & ~3u;
	s->sum = fold32((__u64)s->sum + (__u32)bpf_csum_diff(NULL, 0, piece->words, bytes, 0));
	return !s->bytes;
}

/* In a loop the verifier forgets which hook it is: hence one for each. */

static long sum_piece_tc(__u32 index, void *summing)
{
	return sum_piece(summing, HOOK_TC);
}

static long sum_piece_xdp(__u32 index, void *summing)
{
	return sum_piece(summing, HOOK_XDP);
}

/* The sum of `bytes` bytes of the frame. */
static __always_inline __u32 sum_frame(void *ctx, enum hook hook, __u32 at, __u32 bytes)
{
	struct summing s = { .ctx = ctx, .at = at, .bytes = bytes };

	bpf_loop(MAX_LENGTH / PIECE_BYTES + 1, hook == HOOK_XDP ? sum_piece_xdp : sum_piece_tc, &s, 0);
	return s.sum;
}

/* The sum of the inner packet, whose transport header is at `at`. What carries a checksum itself is known without being read. */
static __always_inline __u64 sum_inner(void *ctx, enum hook hook, const struct packet *p, __u32 at)
{
	__u64 header = p->family == 4 ? 0 : sum_words((const __be32 *)&p->ip.v6, sizeof(p->ip.v6) / sizeof(__be32));
	__u32 bytes = p->bytes - p->header_bytes;

	if (p->tuple.protocol == IPPROTO_TCP || (p->tuple.protocol == IPPROTO_UDP && p->check))
		return header + (__u16)~fold(sum_pseudo_header(&p->tuple, p->tuple.protocol, bytes, p->family));
	return header + sum_frame(ctx, hook, at, bytes);
}

/* Fill in the checksum of the shim; `inner` is the sum of the packet behind it. */
static __always_inline void write_shim_checksum(struct wrapping *w, __u64 inner, const struct packet *p,
						const struct tunnel *t, __u32 outer_family)
{
	/* What the shim does not use of its words is 0. */
	__u64 sum = inner + sum_words(w->shim.words, 3);

	if (t->type == TUNNEL_TYPE_GRE) {
		w->shim.gre.check = ~fold(sum);
		return;
	}
	sum += sum_pseudo_header(&w->tuple, IPPROTO_UDP, w->shim_bytes + p->bytes, outer_family);
	w->shim.gue.udp.check = ~fold(sum);
	if (!w->shim.gue.udp.check)
		w->shim.gue.udp.check = 0xffff;
}

/* Write the headers into the room that was made for them. */
static __always_inline void write_wrapping(void *ctx, enum hook hook, struct wrapping *w, const struct tunnel *t,
					   __u32 outer_family)
{
	__u32 at = L3_AT + w->ip_bytes;

	frame_store(ctx, hook, L3_AT, &w->ip, outer_family == 4 ? sizeof(w->ip.v4) : sizeof(w->ip.v6));
	if (t->type == TUNNEL_TYPE_GUE)
		frame_store(ctx, hook, at, &w->shim, sizeof(w->shim.gue));
	else if (t->type == TUNNEL_TYPE_GRE && has_checksum(t))
		frame_store(ctx, hook, at, &w->shim, sizeof(w->shim.gre));
	else if (t->type == TUNNEL_TYPE_GRE)
		frame_store(ctx, hook, at, &w->shim, offsetof(struct gre_header, check));
}
