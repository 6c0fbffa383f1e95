/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Headers → what the path needs of them. docs/packet-path.md says what "fits" means. */
#pragma once

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "hook.h"
#include "sctp.h"

#define IP_FRAGMENT 0x3fff /* more fragments, or an offset */
#define IP_OFFSET 0x1fff

#define FLAG_FIN 0x01
#define FLAG_SYN 0x02
#define FLAG_RST 0x04
#define FLAG_ACK 0x10

#define ICMP_HEADER_BYTES 8
#define PORTS_BYTES 4

union ip_header {
	struct iphdr v4;
	struct ipv6hdr v6;
};

/* No larger: in Linux 6.1 the injection program needs all of the stack that there is. */
struct packet {
	/* For IPv4 only the first word of each address counts; ports are 0 until the transport header was parsed. */
	struct flow_key6 tuple;
	union ip_header ip;
	__u32 ifindex;
	__u32 family;
	__u32 bytes; /* from the IP header to the end that it names */
	__u32 header_bytes;
	__u32 transport_bytes; /* of the transport header */
	__u32 gso_size;
	__u32 segments;
	__u32 check;   /* of the transport header */
	__u32 mark;    /* for the core, with some reasons: else 0 */
	__u32 mtu;     /* of a way out that is too narrow: else 0 */
	__u32 service; /* that it is for, without a flow: else 0 */
	int action;    /* the program's result, but for what passes */
	__u8 event;    /* TCP_EVENT, SCTP_EVENT or 0 */
	__u8 ttl;
	__u8 flags;    /* of TCP */
	__u8 is_fragment;
};

enum parsed {
	PARSED,
	MISFIT,	    /* the destination address was read, but the headers do not fit */
	UNREADABLE, /* not even that */
};

static __always_inline __u32 address_words(__u32 family)
{
	return family == 4 ? 1 : 4;
}

static __always_inline void copy_address(__be32 *to, const __be32 *from, __u32 family)
{
	to[0] = from[0];
	if (family == 4)
		return;
	to[1] = from[1];
	to[2] = from[2];
	to[3] = from[3];
}

static __always_inline int same_address(const __be32 *a, const __be32 *b, __u32 family)
{
	if (family == 4)
		return a[0] == b[0];
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static __always_inline enum parsed parse_ip4(void *ctx, enum hook hook, struct packet *p)
{
	struct iphdr *ip = &p->ip.v4;

	if (frame_read(ctx, hook, L3_AT, ip, sizeof(*ip)))
		return UNREADABLE;
	p->tuple.source[0] = ip->saddr;
	p->tuple.destination[0] = ip->daddr;
	p->tuple.protocol = ip->protocol;
	p->ttl = ip->ttl;
	p->is_fragment = (ip->frag_off & bpf_htons(IP_FRAGMENT)) != 0;
	p->header_bytes = ip->ihl * 4;
	p->bytes = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || p->header_bytes < sizeof(*ip) || p->header_bytes > p->bytes)
		return MISFIT;
	return L3_AT + p->bytes > frame_bytes(ctx, hook) ? MISFIT : PARSED;
}

static __always_inline enum parsed parse_ip6(void *ctx, enum hook hook, struct packet *p)
{
	struct ipv6hdr *ip = &p->ip.v6;

	if (frame_read(ctx, hook, L3_AT, ip, sizeof(*ip)))
		return UNREADABLE;
	copy_address(p->tuple.source, ip->saddr.s6_addr32, 6);
	copy_address(p->tuple.destination, ip->daddr.s6_addr32, 6);
	p->tuple.protocol = ip->nexthdr;
	p->ttl = ip->hop_limit;
	p->is_fragment = ip->nexthdr == IPPROTO_FRAGMENT;
	p->header_bytes = sizeof(*ip);
	p->bytes = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	if (ip->version != 6)
		return MISFIT;
	return L3_AT + p->bytes > frame_bytes(ctx, hook) ? MISFIT : PARSED;
}

static __always_inline enum parsed parse_ip(void *ctx, enum hook hook, struct packet *p, __u32 family)
{
	p->family = family;
	p->ifindex = frame_ifindex(ctx, hook);
	p->gso_size = frame_gso_size(ctx, hook);
	p->segments = 1;
	return family == 4 ? parse_ip4(ctx, hook, p) : parse_ip6(ctx, hook, p);
}

static __always_inline __u32 tcp_event(__u8 flags)
{
	if (flags & FLAG_RST)
		return TCP_EVENT_RST;
	if (flags & FLAG_SYN)
		return TCP_EVENT_SYN;
	if (flags & FLAG_FIN)
		return TCP_EVENT_FIN;
	return flags & FLAG_ACK ? TCP_EVENT_ACK : TCP_EVENT_NONE;
}

static __always_inline enum parsed parse_tcp(void *ctx, enum hook hook, struct packet *p, __u32 at, __u32 room)
{
	struct tcphdr tcp;

	if (room < sizeof(tcp) || frame_read(ctx, hook, at, &tcp, sizeof(tcp)))
		return MISFIT;
	p->tuple.source_port = tcp.source;
	p->tuple.destination_port = tcp.dest;
	p->transport_bytes = tcp.doff * 4;
	p->flags = ((__u8 *)&tcp)[13];
	p->event = tcp_event(p->flags);
	p->check = tcp.check;
	return p->transport_bytes < sizeof(tcp) || p->transport_bytes > room ? MISFIT : PARSED;
}

static __always_inline enum parsed parse_udp(void *ctx, enum hook hook, struct packet *p, __u32 at, __u32 room)
{
	struct udphdr udp;

	if (room < sizeof(udp) || frame_read(ctx, hook, at, &udp, sizeof(udp)))
		return MISFIT;
	p->tuple.source_port = udp.source;
	p->tuple.destination_port = udp.dest;
	p->transport_bytes = sizeof(udp);
	p->check = udp.check;
	return PARSED;
}

static __always_inline enum parsed parse_sctp(void *ctx, enum hook hook, struct packet *p, __u32 at, __u32 room)
{
	struct {
		struct sctp_header header;
		struct sctp_chunk first;
	} sctp;

	if (room < sizeof(sctp) || frame_read(ctx, hook, at, &sctp, sizeof(sctp)))
		return MISFIT;
	p->tuple.source_port = sctp.header.source;
	p->tuple.destination_port = sctp.header.destination;
	p->transport_bytes = sizeof(sctp.header);
	p->check = sctp.header.check;
	p->event = sctp_event(ctx, hook, &sctp.first, at + sizeof(sctp.header), at + room);
	return PARSED;
}

static __always_inline int is_transport(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP;
}

/* TCP, UDP or SCTP; the IP header was parsed. */
static __always_inline enum parsed parse_transport(void *ctx, enum hook hook, struct packet *p)
{
	__u32 at = L3_AT + p->header_bytes, room = p->bytes - p->header_bytes, payload;
	enum parsed parsed = p->tuple.protocol == IPPROTO_TCP	? parse_tcp(ctx, hook, p, at, room)
			     : p->tuple.protocol == IPPROTO_UDP ? parse_udp(ctx, hook, p, at, room)
								: parse_sctp(ctx, hook, p, at, room);

	if (parsed != PARSED)
		return parsed;
	payload = room - p->transport_bytes;
	if (p->gso_size && payload > p->gso_size)
		p->segments = (payload + p->gso_size - 1) / p->gso_size;
	return PARSED;
}

/* Length of the largest packet that this one is sent as. The transport header was parsed. */
static __always_inline __u32 segment_bytes(const struct packet *p)
{
	return p->segments > 1 ? p->header_bytes + p->transport_bytes + p->gso_size : p->bytes;
}

/* Does a service of its protocol take the packet for the first one of a connection? */
static __always_inline int opens_flow(const struct packet *p)
{
	if (p->tuple.protocol == IPPROTO_TCP)
		return (p->flags & (FLAG_SYN | FLAG_RST)) == FLAG_SYN;
	return p->tuple.protocol == IPPROTO_UDP || p->event == SCTP_EVENT_INIT;
}

/* Does the client seem to start anew? */
static __always_inline int reopens_flow(const struct packet *p)
{
	if (p->tuple.protocol == IPPROTO_TCP)
		return (p->flags & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN;
	return p->tuple.protocol == IPPROTO_SCTP && p->event == SCTP_EVENT_INIT;
}

static __always_inline int aborts_flow(const struct packet *p)
{
	return p->tuple.protocol == IPPROTO_TCP ? p->flags & FLAG_RST : p->event == SCTP_EVENT_ABORT;
}

/* Put the protocol of a fragmented IPv6 packet in place of the Fragment header's, if that header is whole. */
static __always_inline void parse_fragment6(void *ctx, enum hook hook, struct packet *p)
{
	__u8 header[8];

	if (p->bytes >= p->header_bytes + sizeof(header) &&
	    !frame_read(ctx, hook, L3_AT + p->header_bytes, header, sizeof(header)))
		p->tuple.protocol = header[0];
}

static __always_inline int is_icmp(const struct packet *p, __u32 family)
{
	return p->tuple.protocol == (family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

static __always_inline int is_icmp_error(__u8 type, __u32 family)
{
	if (family == 6)
		return type >= 1 && type <= 4;
	/* destination unreachable, source quench, time exceeded, parameter problem */
	return type == 3 || type == 4 || type == 11 || type == 12;
}

/* Protocol and addresses of the packet that an ICMP error quotes at `at`, turned round; the length of its IP header, 0 if unreadable. */
static __always_inline __u32 parse_quoted_ip(void *ctx, enum hook hook, __u32 at, struct flow_key6 *about,
					     __u32 family)
{
	union ip_header ip = {};

	if (family == 4) {
		if (frame_read(ctx, hook, at, &ip.v4, sizeof(ip.v4)) || ip.v4.version != 4 || ip.v4.ihl < 5 ||
		    (ip.v4.frag_off & bpf_htons(IP_OFFSET)))
			return 0;
		about->source[0] = ip.v4.daddr;
		about->destination[0] = ip.v4.saddr;
		about->protocol = ip.v4.protocol;
		return ip.v4.ihl * 4;
	}
	if (frame_read(ctx, hook, at, &ip.v6, sizeof(ip.v6)) || ip.v6.version != 6)
		return 0;
	copy_address(about->source, ip.v6.daddr.s6_addr32, 6);
	copy_address(about->destination, ip.v6.saddr.s6_addr32, 6);
	about->protocol = ip.v6.nexthdr;
	return sizeof(ip.v6);
}

/* What can be read of the packet that an ICMP error is about. */
enum quoted {
	QUOTED_NOTHING, /* or it is no error */
	QUOTED_IP,
	QUOTED_TUPLE, /* of TCP, UDP or SCTP */
};

/* The flow that an ICMP error is about, as the tuple of a packet in the other direction. */
static __always_inline enum quoted parse_icmp_error(void *ctx, enum hook hook, const struct packet *p,
					    struct flow_key6 *about, __u32 family)
{
	__u32 quoted_at = L3_AT + p->header_bytes + ICMP_HEADER_BYTES, end = L3_AT + p->bytes, ports_at, header;
	__be16 ports[2];
	__u8 type;

	if (quoted_at > end || frame_read(ctx, hook, L3_AT + p->header_bytes, &type, 1) ||
	    !is_icmp_error(type, family))
		return QUOTED_NOTHING;
	header = parse_quoted_ip(ctx, hook, quoted_at, about, family);
	ports_at = quoted_at + header;
	if (!header || ports_at > end)
		return QUOTED_NOTHING;
	if (!is_transport(about->protocol) || ports_at + PORTS_BYTES > end ||
	    frame_read(ctx, hook, ports_at, ports, sizeof(ports)))
		return QUOTED_IP;
	about->source_port = ports[1];
	about->destination_port = ports[0];
	return QUOTED_TUPLE;
}
