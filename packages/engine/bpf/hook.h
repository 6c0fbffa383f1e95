/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs between the hooks, so that the rest need not know. `hook` is a constant at every call: the branches cost nothing. */
#pragma once

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>

#include "maps.h"

#define L3_AT ETH_HLEN

/*
 * For functions that the verifier takes by themselves, once, instead of once for each way to each call. All that it knows of their
 * arguments is their types: pointers may be NULL.
 */
#define VERIFIED_ALONE __attribute__((noinline))

enum hook {
	HOOK_TC,
	HOOK_XDP,
	HOOK_INJECT, /* tc at the far end of the injection veth */
};

/* Headers end well before this: offsets are masked with it, because the verifier must see that they are bounded. */
#define HEADERS_MASK 0xff

/* Where `bytes` bytes at `at` are in an XDP frame, or NULL if they are not all there. */
static __always_inline void *xdp_bytes(struct xdp_md *xdp, __u32 at, __u32 bytes)
{
	void *end = (void *)(long)xdp->data_end, *from;

	__asm__ volatile("" : "+r"(at));
	from = (void *)(long)xdp->data + (at & HEADERS_MASK);
	return from + bytes > end ? NULL : from;
}

/* Copy a part of the headers; `bytes` is a constant. Not 0 if the frame ends before. */
static __always_inline long frame_read(void *ctx, enum hook hook, __u32 at, void *to, const __u32 bytes)
{
	void *from;

	if (hook != HOOK_XDP)
		return bpf_skb_load_bytes(ctx, at, to, bytes);
	from = xdp_bytes(ctx, at, bytes);
	if (!from)
		return -1;
	__builtin_memcpy(to, from, bytes);
	return 0;
}

static __always_inline void frame_write(void *ctx, enum hook hook, __u32 at, const void *from, const __u32 bytes)
{
	void *to;

	if (hook != HOOK_XDP) {
		bpf_skb_store_bytes(ctx, at, from, bytes, 0);
		return;
	}
	to = xdp_bytes(ctx, at, bytes);
	if (to)
		__builtin_memcpy(to, from, bytes);
}

/* Copy any part of the frame; `bytes` need not be a constant. */
static __always_inline long frame_copy(void *ctx, enum hook hook, __u32 at, void *to, __u32 bytes)
{
	return hook == HOOK_XDP ? bpf_xdp_load_bytes(ctx, at, to, bytes) : bpf_skb_load_bytes(ctx, at, to, bytes);
}

/*
 * Copy 1 to `most` bytes, a constant; not 0 if they are fewer or more. The verifier forgets bounds that were checked before: here they
 * are again, on a value that the compiler may not reload, and in the form that Linux 6.1 understands.
 */
static __always_inline long frame_copy_most(void *ctx, enum hook hook, __u32 at, void *to, __u32 bytes, const __u32 most)
{
	__u32 last = bytes - 1;

	__asm__ volatile("" : "+r"(last));
	return last < most ? frame_copy(ctx, hook, at, to, last + 1) : -1;
}

/* Write part of what no checksum of its own balances; `bytes` need not be a constant. A checksum over the whole packet follows it. */
static __always_inline long frame_store(void *ctx, enum hook hook, __u32 at, void *from, __u32 bytes)
{
	return hook == HOOK_XDP ? bpf_xdp_store_bytes(ctx, at, from, bytes)
				: bpf_skb_store_bytes(ctx, at, from, bytes, BPF_F_RECOMPUTE_CSUM);
}

/*
 * Make room before the IP header. `encapsulation` is BPF_F_ADJ_ROOM_ENCAP_*: what will stand there, so that the kernel can cut an
 * offloaded packet into segments that each have it. At XDP the room is before the Ethernet header, which is then to be written anew.
 */
static __always_inline long frame_make_room(void *ctx, enum hook hook, __u32 bytes, __u64 encapsulation)
{
	if (hook == HOOK_XDP)
		return bpf_xdp_adjust_head(ctx, -(int)bytes);
	return bpf_skb_adjust_room(ctx, bytes, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO | encapsulation);
}

static __always_inline __u32 frame_bytes(void *ctx, enum hook hook)
{
	return hook == HOOK_XDP ? bpf_xdp_get_buff_len(ctx) : ((struct __sk_buff *)ctx)->len;
}

static __always_inline __u32 frame_ifindex(void *ctx, enum hook hook)
{
	return hook == HOOK_XDP ? ((struct xdp_md *)ctx)->ingress_ifindex : ((struct __sk_buff *)ctx)->ifindex;
}

/* Segment size of an offloaded packet, 0 for an ordinary one. */
static __always_inline __u32 frame_gso_size(void *ctx, enum hook hook)
{
	return hook == HOOK_XDP ? 0 : ((struct __sk_buff *)ctx)->gso_size;
}

/* The firewall mark, which only a packet that the kernel has taken in can have. */
static __always_inline __u32 frame_mark(void *ctx, enum hook hook)
{
	return hook == HOOK_TC ? ((struct __sk_buff *)ctx)->mark : 0;
}

/* The EtherType in network order; 0 if there is none. */
static __always_inline __be16 frame_protocol(void *ctx, enum hook hook)
{
	__be16 protocol = 0;

	if (hook != HOOK_XDP)
		return ((struct __sk_buff *)ctx)->protocol;
	frame_read(ctx, hook, offsetof(struct ethhdr, h_proto), &protocol, sizeof(protocol));
	return protocol;
}

/*
 * Is the frame addressed to this host? On a bridge that floods, a standby sees the active's frames, too. At tc a VLAN tag may be
 * set aside in the skb: the packet is then still to come by on the VLAN's own interface.
 */
static __always_inline int frame_is_ours(void *ctx, enum hook hook)
{
	struct __sk_buff *skb = ctx;
	__u8 to[ETH_ALEN];
	struct mac *own;
	__u32 ifindex;

	if (hook == HOOK_INJECT)
		return 1;
	if (hook == HOOK_TC)
		return skb->pkt_type == PACKET_HOST && !skb->vlan_present;
	ifindex = frame_ifindex(ctx, hook);
	own = bpf_map_lookup_elem(&interfaces, &ifindex);
	return own && !frame_read(ctx, hook, 0, to, sizeof(to)) && !__builtin_memcmp(to, own->bytes, sizeof(to));
}

static __always_inline int pass_action(enum hook hook)
{
	return hook == HOOK_XDP ? XDP_PASS : TC_ACT_UNSPEC;
}

static __always_inline int drop_action(enum hook hook)
{
	return hook == HOOK_XDP ? XDP_DROP : TC_ACT_SHOT;
}
