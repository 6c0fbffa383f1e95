/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* SCTP (RFC 9260): what a packet says by its chunks, and its CRC32c after a change of ports. */
#pragma once

#include "hook.h"

struct sctp_header {
	__be16 source;
	__be16 destination;
	__be32 tag;
	__u32 check;
};

struct sctp_chunk {
	__u8 type;
	__u8 flags;
	__be16 bytes;
};

enum sctp_chunk_type {
	CHUNK_INIT = 1,
	CHUNK_INIT_ACK = 2,
	CHUNK_ABORT = 6,
	CHUNK_SHUTDOWN = 7,
	CHUNK_SHUTDOWN_ACK = 8,
	CHUNK_ERROR = 9,
	CHUNK_COOKIE_ECHO = 10,
	CHUNK_COOKIE_ACK = 11,
	CHUNK_SHUTDOWN_COMPLETE = 14,
};

static __always_inline __u32 sctp_event_of(__u8 type)
{
	switch (type) {
	case CHUNK_INIT:
		return SCTP_EVENT_INIT;
	case CHUNK_INIT_ACK:
		return SCTP_EVENT_INIT_ACK;
	case CHUNK_ABORT:
		return SCTP_EVENT_ABORT;
	case CHUNK_SHUTDOWN:
		return SCTP_EVENT_SHUTDOWN;
	case CHUNK_SHUTDOWN_ACK:
		return SCTP_EVENT_SHUTDOWN_ACK;
	case CHUNK_ERROR:
		return SCTP_EVENT_ERROR;
	case CHUNK_COOKIE_ECHO:
		return SCTP_EVENT_COOKIE_ECHO;
	case CHUNK_COOKIE_ACK:
		return SCTP_EVENT_COOKIE_ACK;
	case CHUNK_SHUTDOWN_COMPLETE:
		return SCTP_EVENT_SHUTDOWN_COMPLETE;
	default:
		return SCTP_EVENT_DATA;
	}
}

/* The event of a packet whose first chunk, which was read, is at `at`; the packet ends at `end`. */
static __always_inline __u32 sctp_event(void *ctx, enum hook hook, const struct sctp_chunk *first, __u32 at, __u32 end)
{
	__u32 event = sctp_event_of(first->type), bytes = bpf_ntohs(first->bytes);
	struct sctp_chunk second;

	if ((event != SCTP_EVENT_COOKIE_ECHO && event != SCTP_EVENT_COOKIE_ACK) || bytes < sizeof(*first))
		return event;
	at += (bytes + 3) & ~3u;
	if (at + sizeof(second) > end || frame_copy(ctx, hook, at, &second, sizeof(second)))
		return event;
	return second.type == CHUNK_ABORT ? SCTP_EVENT_ABORT : event;
}

/* Of CRC32c, reflected: bit 31 is the factor of x^0. */
#define CRC32C_POLYNOMIAL 0x82f63b78

/* The product of two polynomials over GF(2), modulo CRC32c's. */
static __noinline __u32 multiply(__u32 a, __u32 b)
{
	__u32 product = 0;

	for (int i = 0; i < 32; i++) {
		product ^= b & -(a >> 31);
		a <<= 1;
		b = (b >> 1) ^ (CRC32C_POLYNOMIAL & -(b & 1));
	}
	return product;
}

/*
 * The CRC of a packet whose first word, the ports, changed by `difference` (exclusive or). A CRC is linear: so does it change by the
 * CRC of the difference, followed by zeros, which is the difference times x^8 for each byte of the packet.
 */
static __always_inline __u32 patch_crc32c(__u32 check, __u32 difference, __u32 bytes)
{
	/* x^8, and each the square of the one before. */
	static const __u32 powers[16] = {
		0x00800000, 0x00008000, 0x82f63b78, 0x6ea2d55c, 0x18b8ea18, 0x510ac59a, 0xb82be955, 0xb8fdb1e7,
		0x88e56f72, 0x74c360a4, 0xe4172b16, 0x0d65762a, 0x35d73a62, 0x28461564, 0xbf455269, 0xe2ea32dc,
	};

#pragma unroll
	for (int i = 0; i < 16; i++)
		if (bytes >> i & 1)
			difference = multiply(difference, powers[i]);
	return check ^ difference;
}
