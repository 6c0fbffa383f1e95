/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Points 7.1 to 7.4: the firewall mark of a packet, and the service that it is for. Asked of packets without a flow only. */
#pragma once

#include "lookup.h"

#define PORT_FTP 21
#define PORT_FTP_DATA 20
#define FIRST_UNPRIVILEGED_PORT 1024

/* What the rules are asked about: a tuple with addresses as in endpoint keys and ports in host order. */
struct question {
	__be32 source[4];
	__be32 destination[4];
	__u32 ifindex;
	__u32 family;
	__u16 source_port;
	__u16 destination_port;
	__u8 protocol;
	__u8 has_ports;
	/* The answer: 0 if no rule matches. */
	__u32 mark;
};

static __always_inline int is_outside(const __be32 *address, const __be32 *prefix, const __be32 *mask)
{
	return (((address[0] ^ prefix[0]) & mask[0]) | ((address[1] ^ prefix[1]) & mask[1]) |
		((address[2] ^ prefix[2]) & mask[2]) | ((address[3] ^ prefix[3]) & mask[3])) != 0;
}

static __always_inline int rule_matches(const struct rule *r, const struct question *q)
{
	if ((r->family && r->family != q->family) || (r->protocol && r->protocol != q->protocol) ||
	    (r->ifindex && r->ifindex != q->ifindex))
		return 0;
	if (is_outside(q->source, r->source, r->source_mask) ||
	    is_outside(q->destination, r->destination, r->destination_mask))
		return 0;
	return !q->has_ports ||
	       (q->source_port >= r->source_first && q->source_port <= r->source_last &&
		q->destination_port >= r->destination_first && q->destination_port <= r->destination_last);
}

/* One step of a search: ask rule `slot`; true if it is found. */
static long ask_rule(__u32 slot, void *question)
{
	struct rule *r = bpf_map_lookup_elem(&rules, &slot);
	struct question *q = question;

	if (!r || !rule_matches(r, q))
		return 0;
	q->mark = r->mark;
	return 1;
}

/* The mark that the packet came with, or that the rules give to `tuple`: the packet's own or, of an ICMP error, what it is about. */
static __always_inline __u32 mark_of(void *ctx, enum hook hook, const struct packet *p, const struct flow_key6 *tuple,
				     __u32 family)
{
	__u32 zero = 0, mark = frame_mark(ctx, hook);
	struct policy *all = bpf_map_lookup_elem(&policy, &zero);
	struct question q;

	if (mark || !all || !all->rules)
		return mark;
	mapped_address(q.source, tuple->source, family);
	mapped_address(q.destination, tuple->destination, family);
	q.ifindex = p->ifindex;
	q.family = family;
	q.source_port = bpf_ntohs(tuple->source_port);
	q.destination_port = bpf_ntohs(tuple->destination_port);
	q.protocol = tuple->protocol;
	q.has_ports = !p->is_fragment;
	q.mark = 0;
	bpf_loop(all->rules, ask_rule, &q, 0);
	return q.mark;
}

static __always_inline struct service_value *service_of_mark(__u32 mark, __u32 family)
{
	struct mark_key key = { .mark = mark, .family = family };

	return mark ? bpf_map_lookup_elem(&marked, &key) : NULL;
}

static __always_inline int is_ftp_data(const struct packet *p)
{
	__u16 port = bpf_ntohs(p->tuple.destination_port);

	return p->tuple.protocol == IPPROTO_TCP && (port == PORT_FTP_DATA || port >= FIRST_UNPRIVILEGED_PORT);
}

/* The service at the packet's destination, which is a VIP. */
static __always_inline struct service_value *service_at_destination(const struct packet *p, __u32 family)
{
	struct service_value *service;
	struct endpoint_key key;

	endpoint_of(&key, p->tuple.destination, family);
	key.protocol = p->tuple.protocol;
	key.port = p->tuple.destination_port;
	service = bpf_map_lookup_elem(&services, &key);
	if (service)
		return service;
	key.port = bpf_htons(PORT_FTP);
	if (is_ftp_data(p) && (service = bpf_map_lookup_elem(&services, &key)) && (service->flags & SERVICE_FLAG_FTP))
		return service;
	key.port = 0;
	return bpf_map_lookup_elem(&services, &key);
}
