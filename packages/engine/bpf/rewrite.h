/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TTL, addresses, ports and their checksums, in place. Checksums change by RFC 1624, equation 3, whichever hook it is. */
#pragma once

#include "checksum.h"
#include "lookup.h"

static __always_inline __u32 transport_check_at(const struct packet *p)
{
	__u32 at = L3_AT + p->header_bytes;

	if (p->tuple.protocol == IPPROTO_TCP)
		return at + offsetof(struct tcphdr, check);
	return at + (p->tuple.protocol == IPPROTO_UDP ? offsetof(struct udphdr, check)
						      : offsetof(struct sctp_header, check));
}

/*
 * Patch the transport checksum by hand. UDP: 0 means "none" and stays; what becomes 0 is written 0xffff (RFC 768).
 */
static __always_inline void patch_transport_xdp(void *ctx, const struct packet *p, __u32 addresses, __u32 ports)
{
	__u16 check = patch_checksum(p->check, addresses);

	if (p->tuple.protocol == IPPROTO_UDP && !p->check)
		return;
	check = patch_checksum(check, ports);
	if (p->tuple.protocol == IPPROTO_UDP && !check)
		check = 0xffff;
	frame_write(ctx, HOOK_XDP, transport_check_at(p), &check, sizeof(check));
}

/* The same through the kernel, which knows whether the checksum is still to be finished (then ports do not count yet). */
static __always_inline void patch_transport_tc(void *ctx, const struct packet *p, __u32 addresses, __u32 ports)
{
	__u32 at = transport_check_at(p);
	__u64 flags = p->tuple.protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;

	bpf_l4_csum_replace(ctx, at, 0, addresses, flags | BPF_F_PSEUDO_HDR);
	if (ports)
		bpf_l4_csum_replace(ctx, at, 0, ports, flags);
}

/* Addresses do not count for SCTP. A CRC of 0 is one that the sender left to its hardware: it stays. */
static __always_inline void patch_sctp(void *ctx, enum hook hook, const struct packet *p, __be32 ports)
{
	__u32 check = patch_crc32c(p->check, ports, p->bytes - p->header_bytes);

	if (p->check)
		frame_write(ctx, hook, transport_check_at(p), &check, sizeof(check));
}

/* Both ports of a tuple as one word, as packets have them. */
static __always_inline __be32 ports_of(const struct flow_key6 *tuple)
{
	return *(const __be32 *)&tuple->source_port;
}

/* Write the addresses and ports that the packet leaves with, and patch the transport checksum. */
static __always_inline void translate(void *ctx, enum hook hook, struct packet *p, const struct match *m, __u32 family)
{
	const struct flow_key6 *before = &p->tuple, *after = &m->leaving;
	__be32 ports_before = ports_of(before), ports_after = ports_of(after);
	const __u32 words = address_words(family);
	__u32 addresses = fold32(difference_of(before->source, after->source, words) +
				 difference_of(before->destination, after->destination, words));
	__u32 ports = 0;

	if (ports_before != ports_after) {
		ports = fold32(difference_of(&ports_before, &ports_after, 1));
		frame_write(ctx, hook, L3_AT + p->header_bytes, &ports_after, sizeof(ports_after));
	}
	if (p->tuple.protocol == IPPROTO_SCTP) {
		if (ports)
			patch_sctp(ctx, hook, p, ports_before ^ ports_after);
	} else if (hook == HOOK_XDP) {
		patch_transport_xdp(ctx, p, addresses, ports);
	} else {
		patch_transport_tc(ctx, p, addresses, ports);
	}
	if (family == 6) {
		copy_address(p->ip.v6.saddr.s6_addr32, after->source, 6);
		copy_address(p->ip.v6.daddr.s6_addr32, after->destination, 6);
		return;
	}
	p->ip.v4.check = patch_checksum(p->ip.v4.check, addresses);
	p->ip.v4.saddr = after->source[0];
	p->ip.v4.daddr = after->destination[0];
}

static __always_inline void decrement_ttl(struct packet *p, __u32 family)
{
	if (family == 6) {
		p->ip.v6.hop_limit--;
		return;
	}
	/* TTL is the high byte of its word: one less there is ~old + new = 0xfeff in network order. */
	p->ip.v4.ttl--;
	p->ip.v4.check = patch_checksum(p->ip.v4.check, bpf_htons(0xfeff));
}

/* IPv6 has no header checksum that makes up for the change: at tc a checksum over the whole packet must follow it. */
static __always_inline void write_ip(void *ctx, enum hook hook, const struct packet *p, __u32 at, __u32 family)
{
	if (family == 4)
		frame_write(ctx, hook, at, &p->ip.v4, sizeof(p->ip.v4));
	else if (hook == HOOK_XDP)
		frame_write(ctx, hook, at, &p->ip.v6, sizeof(p->ip.v6));
	else
		bpf_skb_store_bytes(ctx, at, &p->ip.v6, sizeof(p->ip.v6), BPF_F_RECOMPUTE_CSUM);
}

/* TTL minus one; the other side's view of addresses and ports where there is one. */
static __always_inline void rewrite(void *ctx, enum hook hook, struct packet *p, const struct match *m, __u32 family)
{
	if (m->is_translated)
		translate(ctx, hook, p, m, family);
	decrement_ttl(p, family);
	write_ip(ctx, hook, p, L3_AT, family);
}
