/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets for those who look, each as it came in, with what became of it. While nobody looks, a packet costs two glances at `capture.epoch`.
 */
#pragma once

#include "lookup.h"
#include "way.h"

/* What is to be shown: written by the daemon, in memory of the programs' own, so that no lookup is needed. */
struct capture {
	__u32 epoch;
	__u32 service;
	__u64 reasons;
	__be32 client[4];
	__be16 client_port;
	__u8 has_client;
	__u8 zero[5];
	__u64 lost;
};

volatile struct capture capture SEC(".data.capture") = {};

struct captured {
	__u64 time_ns;
	__be32 client[4];
	__u32 ifindex;
	__u32 packet_bytes;
	__u32 service;
	__u32 destination;
	__be16 client_port;
	__u8 reason;
	__u8 family;
	__u8 from;
	__u8 zero[3];
	__u8 bytes[CAPTURED_BYTES];
};

SAME_BYTE(struct capture, epoch, CAPTURE_EPOCH);
SAME_BYTE(struct capture, service, CAPTURE_SERVICE);
SAME_BYTE(struct capture, reasons, CAPTURE_REASONS);
SAME_BYTE(struct capture, client, CAPTURE_CLIENT);
SAME_BYTE(struct capture, client_port, CAPTURE_CLIENT_PORT);
SAME_BYTE(struct capture, has_client, CAPTURE_HAS_CLIENT);
SAME_BYTE(struct capture, lost, CAPTURE_LOST);
SAME_BYTE(struct captured, time_ns, CAPTURED_TIME_NS);
SAME_BYTE(struct captured, client, CAPTURED_CLIENT);
SAME_BYTE(struct captured, ifindex, CAPTURED_IFINDEX);
SAME_BYTE(struct captured, packet_bytes, CAPTURED_PACKET_BYTES);
SAME_BYTE(struct captured, service, CAPTURED_SERVICE);
SAME_BYTE(struct captured, destination, CAPTURED_DESTINATION);
SAME_BYTE(struct captured, client_port, CAPTURED_CLIENT_PORT);
SAME_BYTE(struct captured, reason, CAPTURED_REASON);
SAME_BYTE(struct captured, family, CAPTURED_FAMILY);
SAME_BYTE(struct captured, from, CAPTURED_FROM);
SAME_BYTE(struct captured, bytes, CAPTURED_SIZE);
_Static_assert(sizeof(struct capture) == CAPTURE_SIZE, "capture");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, CAPTURE_RING_BYTES);
} captured SEC(".maps");

/* The packet that this CPU has in hand. */
struct sighting {
	/* Of the capture that it is kept for; 0: for none. */
	__u32 epoch;
	struct captured seen;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sighting);
} sightings SEC(".maps");

static __always_inline struct sighting *this_sighting(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&sightings, &zero);
}

static __always_inline __u8 frame_family(void *ctx, enum hook hook)
{
	__be16 protocol = frame_protocol(ctx, hook);

	return protocol == bpf_htons(ETH_P_IP) ? 4 : protocol == bpf_htons(ETH_P_IPV6) ? 6 : 0;
}

/* Before anything is decided or rewritten: keep the packet's first bytes. */
static __always_inline __u32 see_packet(void *ctx, enum hook hook)
{
	__u32 bytes = frame_bytes(ctx, hook) - L3_AT, epoch = capture.epoch;
	struct sighting *s = this_sighting();

	if (!s)
		return 0;
	s->epoch = 0;
	s->seen.time_ns = bpf_ktime_get_ns();
	s->seen.ifindex = frame_ifindex(ctx, hook);
	s->seen.packet_bytes = bytes;
	s->seen.family = frame_family(ctx, hook);
	if (!s->seen.family)
		return 0;
	if (bytes > CAPTURED_BYTES)
		bytes = CAPTURED_BYTES;
	if (!frame_copy_most(ctx, hook, L3_AT, s->seen.bytes, bytes, CAPTURED_BYTES))
		s->epoch = epoch;
	return 0;
}

VERIFIED_ALONE __u32 see_packet_tc(struct __sk_buff *skb)
{
	return see_packet(skb, HOOK_TC);
}

VERIFIED_ALONE __u32 see_packet_xdp(struct xdp_md *xdp)
{
	return see_packet(xdp, HOOK_XDP);
}

/* Whose packet it is, if it is a connection's. False if it is none's. */
static __always_inline int credit_connection(struct captured *c, const struct packet *p, __u32 family)
{
	struct flow_key6 tuple = p->tuple; /* Linux 6.1 takes no key from where an argument of VERIFIED_ALONE points */
	struct way *way = this_way();
	struct record *r;

	if (!way)
		return 0;
	r = find_record(&tuple, &way->match, 0, family);
	if (!r)
		return 0;
	c->service = r->service_id;
	c->destination = way->match.destination_id;
	c->from = way->match.is_output ? CAPTURED_FROM_SERVER : CAPTURED_FROM_CLIENT;
	mapped_address(c->client, &r->addresses[ADDRESS_CLIENT * address_words(family)], family);
	c->client_port = r->client_port;
	return is_unchanged(r, &way->match);
}

/* … and if it is not: for a service, or a server's to nobody. */
static __always_inline void credit_packet(struct captured *c, const struct packet *p, __u32 family)
{
	int is_reply = c->reason == REASON_UNMATCHED_REPLY || c->reason == REASON_UNMATCHED_HOST;

	c->service = p->service;
	c->destination = 0;
	c->from = is_reply ? CAPTURED_FROM_SERVER : p->service ? CAPTURED_FROM_CLIENT : CAPTURED_FROM_UNKNOWN;
	mapped_address(c->client, is_reply ? p->tuple.destination : p->tuple.source, family);
	c->client_port = is_reply ? p->tuple.destination_port : p->tuple.source_port;
}

static __always_inline void credit(struct captured *c, const struct packet *p, __u32 family)
{
	if (!credit_connection(c, p, family))
		credit_packet(c, p, family);
}

static __always_inline int is_wanted(const struct captured *c)
{
	if (capture.service && capture.service != c->service)
		return 0;
	if (!capture.has_client)
		return 1;
	return (!capture.client_port || capture.client_port == c->client_port) && capture.client[0] == c->client[0] &&
	       capture.client[1] == c->client[1] && capture.client[2] == c->client[2] &&
	       capture.client[3] == c->client[3];
}

/* When all is decided: show the packet that was kept, if it is one of those that are looked for. */
VERIFIED_ALONE __u32 show_packet(struct packet *p, __u32 reason)
{
	struct sighting *s = this_sighting();
	struct captured *c;

	if (!p || !s || !s->epoch || s->epoch != capture.epoch)
		return 0;
	if (!(capture.reasons & 1ull << (reason & (REASON_SLOTS - 1))))
		return 0;
	c = &s->seen;
	c->reason = reason;
	if (p->bytes && p->bytes < c->packet_bytes)
		c->packet_bytes = p->bytes;
	if (c->family == 4)
		credit(c, p, 4);
	else
		credit(c, p, 6);
	if (is_wanted(c) && bpf_ringbuf_output(&captured, c, sizeof(*c), BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(&capture.lost, 1);
	return 0;
}
