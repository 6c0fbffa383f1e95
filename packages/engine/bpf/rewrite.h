/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TTL, addresses, ports and their checksums, in place. Checksums change by RFC 1624, equation 3, whichever hook it is. */
#pragma once

#include "lookup.h"

static __always_inline __u16 fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static __always_inline __u16 patch_checksum(__u16 checksum, __u32 difference)
{
	return ~fold((__u64)(__u16)~checksum + difference);
}

static __always_inline __u32 transport_check_at(const struct packet *p)
{
	__u32 at = p->tuple.protocol == IPPROTO_TCP ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check);

	return L3_AT + p->header_bytes + at;
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

/* Write `address` and `port` over the packet's destination (input) or source (output), and patch the transport checksum. */
static __always_inline void translate(void *ctx, enum hook hook, struct packet *p, struct match *m, __u32 family)
{
	__u32 bytes = address_words(family) * 4, addresses, ports = 0;
	__be32 *before = m->is_output ? p->tuple.source : p->tuple.destination;
	__be16 port = m->is_output ? p->tuple.source_port : p->tuple.destination_port;

	addresses = bpf_csum_diff(before, bytes, m->address, bytes, 0);
	if (port != m->port) {
		__u32 at = L3_AT + p->header_bytes + (m->is_output ? 0 : 2);

		ports = (__u32)(__u16)~port + m->port;
		frame_write(ctx, hook, at, &m->port, sizeof(m->port));
	}
	if (hook == HOOK_XDP)
		patch_transport_xdp(ctx, p, addresses, ports);
	else
		patch_transport_tc(ctx, p, addresses, ports);
	if (family == 6) {
		copy_address(m->is_output ? p->ip.v6.saddr.s6_addr32 : p->ip.v6.daddr.s6_addr32, m->address, 6);
		return;
	}
	p->ip.v4.check = patch_checksum(p->ip.v4.check, addresses);
	if (m->is_output)
		p->ip.v4.saddr = m->address[0];
	else
		p->ip.v4.daddr = m->address[0];
}

/* IPv6 has no header checksum that makes up for the change: at tc a checksum over the whole packet must follow it. */
static __always_inline void write_ip6(void *ctx, enum hook hook, struct ipv6hdr *ip)
{
	if (hook == HOOK_XDP)
		frame_write(ctx, hook, L3_AT, ip, sizeof(*ip));
	else
		bpf_skb_store_bytes(ctx, L3_AT, ip, sizeof(*ip), BPF_F_RECOMPUTE_CSUM);
}

/* TTL minus one; masquerade: the other side's view of addresses and ports. */
static __always_inline void rewrite(void *ctx, enum hook hook, struct packet *p, struct match *m, __u32 family)
{
	if (m->is_masqueraded)
		translate(ctx, hook, p, m, family);
	if (family == 4) {
		/* TTL is the high byte of its word: one less there is ~old + new = 0xfeff in network order. */
		p->ip.v4.ttl--;
		p->ip.v4.check = patch_checksum(p->ip.v4.check, bpf_htons(0xfeff));
		frame_write(ctx, hook, L3_AT, &p->ip.v4, sizeof(p->ip.v4));
	} else {
		p->ip.v6.hop_limit--;
		write_ip6(ctx, hook, &p->ip.v6);
	}
}
