/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets for the core: a head and the bytes, in entries of a few sizes, because the verifier wants each size as a constant. */
#pragma once

#include "parse.h"

#define UPCALL_SMALL (256 - UPCALL_SIZE)
#define UPCALL_MEDIUM (2048 - UPCALL_SIZE)
#define UPCALL_LARGE 65536

struct upcall_class {
	__u8 number;
	__u8 eighths;
};

static __always_inline struct upcall_class class_of(__u32 reason)
{
	switch (reason) {
	case REASON_NEW_FLOW:
	case REASON_SYN_ON_FLOW:
	case REASON_EXPECTED:
		return (struct upcall_class){ UPCALL_CLASS_NEW_NUMBER, UPCALL_CLASS_NEW_EIGHTHS };
	case REASON_FRAGMENT:
		return (struct upcall_class){ UPCALL_CLASS_FRAGMENT_NUMBER, UPCALL_CLASS_FRAGMENT_EIGHTHS };
	case REASON_ICMP_RELATED:
	case REASON_ICMP_ABOUT_TUNNEL:
	case REASON_ICMP_ABOUT_UNKNOWN:
	case REASON_UNMATCHED_REFUSED:
		return (struct upcall_class){ UPCALL_CLASS_ICMP_NUMBER, UPCALL_CLASS_ICMP_EIGHTHS };
	default:
		return (struct upcall_class){ UPCALL_CLASS_MID_STREAM_NUMBER, UPCALL_CLASS_MID_STREAM_EIGHTHS };
	}
}

static __always_inline int class_has_room(struct upcall_class class)
{
	__u64 used = bpf_ringbuf_query(&upcalls, BPF_RB_AVAIL_DATA);
	__u64 size = bpf_ringbuf_query(&upcalls, BPF_RB_RING_SIZE);

	return used * 8 <= size * class.eighths;
}

/* `capacity` is a constant. False if the ring is full or the frame cannot be read. */
static __always_inline int send_upcall_sized(void *ctx, enum hook hook, const struct packet *p, __u32 reason,
					     const __u32 capacity)
{
	struct upcall_head *head = bpf_ringbuf_reserve(&upcalls, UPCALL_SIZE + capacity, 0);
	__u32 bytes = p->bytes;

	if (!head)
		return 0;
	*head = (struct upcall_head){
		.ifindex = p->ifindex,
		.packet_bytes = bytes,
		.gso_size = p->gso_size,
		.gso_segments = p->segments,
		.reason = reason,
		.class = class_of(reason).number,
		.family = p->family,
		.mark = p->mark,
		.mtu = p->mtu,
	};
	if (frame_copy_most(ctx, hook, L3_AT, head + 1, bytes, capacity)) {
		bpf_ringbuf_discard(head, 0);
		return 0;
	}
	bpf_ringbuf_submit(head, 0);
	return 1;
}

/* Hand the packet to the core. False if its class has used up its share of the ring. */
static __always_inline int send_upcall(void *ctx, enum hook hook, const struct packet *p, __u32 reason)
{
	if (!class_has_room(class_of(reason)))
		return 0;
	if (p->bytes <= UPCALL_SMALL)
		return send_upcall_sized(ctx, hook, p, reason, UPCALL_SMALL);
	if (p->bytes <= UPCALL_MEDIUM)
		return send_upcall_sized(ctx, hook, p, reason, UPCALL_MEDIUM);
	return send_upcall_sized(ctx, hook, p, reason, UPCALL_LARGE);
}
