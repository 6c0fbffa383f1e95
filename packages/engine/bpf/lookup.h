/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tuples → records, under the rules of the shared record (docs/wire/record.md); endpoints → services. */
#pragma once

#include "parse.h"

#define READ_ONCE(word) (*(const volatile typeof(word) *)&(word))
#define WRITE_ONCE(word, value) (*(volatile typeof(word) *)&(word) = (value))

/* Losing takes another's change in between each time; a connection has few, and the verifier's work grows with each attempt. */
#define LIFE_ATTEMPTS 4
#define TICK_SHIFT 20

/* In `real_servers`, with port 0: the address is where a tunnel ends. */
#define TUNNEL_END_PROTOCOL 255

/* A copy of all that the path uses of the live record that a packet belongs to. */
struct match {
	__u32 index;
	__u32 generation;
	__u32 life;
	__u32 method;
	__u32 destination_id;
	__u32 is_output;
	__u32 is_translated;
	/* The tuple to look a route up for. It is also what the packet leaves with, if it is translated. */
	struct flow_key6 leaving;
};

static __always_inline struct flow_value *lookup_flow(const struct flow_key6 *tuple, __u32 family)
{
	struct flow_key4 key = {
		.source = { tuple->source[0] },
		.destination = { tuple->destination[0] },
		.source_port = tuple->source_port,
		.destination_port = tuple->destination_port,
		.protocol = tuple->protocol,
	};

	return family == 4 ? bpf_map_lookup_elem(&flows4, &key) : bpf_map_lookup_elem(&flows6, tuple);
}

static __always_inline struct record *lookup_record(__u32 index, __u32 family)
{
	return family == 4 ? bpf_map_lookup_elem(&connections4, &index) : bpf_map_lookup_elem(&connections6, &index);
}

static __always_inline int is_translating(__u32 method)
{
	return method == METHOD_MASQUERADE || method == METHOD_FULL_NAT;
}

/*
 * Fill `m` from the live record whose own tuple is the packet's, in the flow's direction. NULL is a miss. `unknown_port` is
 * LIFE_NO_CLIENT_PORT to find only connections whose client's port is not known, 0 to find only others.
 */
static __always_inline struct record *find_record(const struct flow_key6 *tuple, struct match *m, __u32 unknown_port,
						  __u32 family)
{
	__u32 words = address_words(family), kind;
	struct flow_value *flow = lookup_flow(tuple, family);
	const __be32 *client, *virtual, *server, *local;
	struct record *r;

	if (!flow)
		return NULL;
	m->index = flow->index;
	m->is_output = flow->direction == DIRECTION_OUTPUT;
	r = lookup_record(m->index, family);
	if (!r)
		return NULL;
	m->generation = READ_ONCE(r->generation);
	barrier(); /* the compiler's order only: x86 keeps loads in order; elsewhere the quarantine of records must cover it */
	kind = r->kind;
	m->life = r->life;
	if (!(m->generation & 1) || (m->life & (LIFE_TEMPLATE | LIFE_NO_CLIENT_PORT)) != unknown_port ||
	    (kind & 0xff) != tuple->protocol)
		return NULL;
	m->method = kind >> 8 & 0xff;
	m->is_translated = is_translating(m->method);
	m->destination_id = r->destination_id;
	m->leaving = *tuple;
	client = &r->addresses[ADDRESS_CLIENT * words];
	virtual = &r->addresses[ADDRESS_VIRTUAL * words];
	server = &r->addresses[ADDRESS_DESTINATION * words];
	local = &r->addresses[ADDRESS_LOCAL * words];
	if (m->is_output) {
		__be16 client_port = r->client_port, port = client_port;
		const __be32 *peer = client;

		if (m->is_translated) {
			copy_address(m->leaving.source, virtual, family);
			m->leaving.source_port = r->virtual_port;
		}
		if (m->method == METHOD_FULL_NAT) {
			copy_address(m->leaving.destination, client, family);
			m->leaving.destination_port = client_port;
			peer = local;
			port = r->local_port;
		}
		return same_address(server, tuple->source, family) && r->destination_port == tuple->source_port &&
				       same_address(peer, tuple->destination, family) && port == tuple->destination_port
			       ? r
			       : NULL;
	}
	if (m->is_translated || m->method == METHOD_DIRECT_ROUTE) {
		copy_address(m->leaving.destination, server, family);
		m->leaving.destination_port = r->destination_port;
	}
	if (m->method == METHOD_FULL_NAT) {
		copy_address(m->leaving.source, local, family);
		m->leaving.source_port = r->local_port;
	}
	return same_address(client, tuple->source, family) && r->client_port == tuple->source_port &&
			       same_address(virtual, tuple->destination, family) &&
			       r->virtual_port == tuple->destination_port
		       ? r
		       : NULL;
}

/* Is the record still the one that was copied? */
static __always_inline int is_unchanged(const struct record *r, const struct match *m)
{
	barrier();
	return READ_ONCE(r->generation) == m->generation;
}

static __always_inline int is_known_in(const struct flow_key6 *tuple, __u32 unknown_port, __u32 family)
{
	struct match m;
	struct record *r = find_record(tuple, &m, unknown_port, family);

	return r && is_unchanged(r, &m);
}

static __noinline int is_known4(const struct flow_key6 *tuple, __u32 unknown_port)
{
	return is_known_in(tuple, unknown_port, 4);
}

static __noinline int is_known6(const struct flow_key6 *tuple, __u32 unknown_port)
{
	return is_known_in(tuple, unknown_port, 6);
}

/* Is there such a record? For what is not asked of every packet. */
static __always_inline int is_known(const struct flow_key6 *tuple, __u32 unknown_port, __u32 family)
{
	return family == 4 ? is_known4(tuple, unknown_port) : is_known6(tuple, unknown_port);
}

static __always_inline __u32 transition_row(__u8 protocol)
{
	if (protocol == IPPROTO_TCP)
		return TRANSITION_PROTOCOLS_TCP;
	return protocol == IPPROTO_UDP ? TRANSITION_PROTOCOLS_UDP : TRANSITION_PROTOCOLS_SCTP;
}

/* The next value of the word `life`: state by the table, noOutput cleared by output, remote by any packet. */
static __always_inline __u32 next_life(__u32 life, const struct packet *p, __u32 is_output)
{
	__u32 zero = 0, direction, at;
	struct transition_tables *tables = bpf_map_lookup_elem(&transitions, &zero);

	if (!tables)
		return life;
	if (is_output)
		life &= ~LIFE_NO_OUTPUT;
	life &= ~LIFE_REMOTE;
	direction = is_output ? DIRECTION_OUTPUT : life & LIFE_NO_OUTPUT ? DIRECTION_INPUT_ONLY : DIRECTION_INPUT;
	at = transition_row(p->tuple.protocol) * TRANSITION_DIRECTIONS + direction;
	at = (at * TRANSITION_EVENTS + p->event) * TRANSITION_STATES + (life & (TRANSITION_STATES - 1));
	__asm__ volatile("" : "+r"(at)); /* the compiler would check a part of the sum */
	if (at >= TRANSITION_BYTES)
		return life;
	return (life & ~LIFE_STATE_MASK) | tables->next[at];
}

static __always_inline void emit_event(const struct match *m, __u32 before, __u32 after, __u32 family)
{
	struct state_event event = {
		.family_index = family == 4 ? m->index : m->index | EVENT_IPV6,
		.generation = m->generation,
		.before = before,
		.after = after,
	};
	__u32 zero = 0;
	__u64 *lost;

	if (!bpf_ringbuf_output(&events, &event, sizeof(event), 0))
		return;
	lost = bpf_map_lookup_elem(&lost_events, &zero);
	if (lost)
		__sync_fetch_and_add(lost, 1);
}

/* Step the state. The daemon changes `life`, too: whoever loses the compare-and-swap looks again. */
static __always_inline void step_life(struct record *r, const struct packet *p, const struct match *m, __u32 family)
{
	__u32 before = READ_ONCE(r->life), seen, after;

	for (int i = 0; i < LIFE_ATTEMPTS; i++) {
		after = next_life(before, p, m->is_output);
		if (after == before)
			return;
		seen = __sync_val_compare_and_swap(&r->life, before, after);
		if (seen == before) {
			emit_event(m, before, after, family);
			return;
		}
		before = seen;
	}
}

/* Stamp and count. Bytes are as on the wire: each segment carries the headers again. */
static __always_inline void account(struct record *r, const struct packet *p, __u32 is_output)
{
	__u64 bytes = p->bytes + (__u64)(p->segments - 1) * (p->header_bytes + p->transport_bytes);

	WRITE_ONCE(r->last_seen, (__u32)(bpf_ktime_get_coarse_ns() >> TICK_SHIFT));
	if (is_output) {
		__sync_fetch_and_add(&r->out_packets, p->segments);
		__sync_fetch_and_add(&r->out_bytes, bytes);
	} else {
		__sync_fetch_and_add(&r->in_packets, p->segments);
		__sync_fetch_and_add(&r->in_bytes, bytes);
	}
}

/* As endpoint keys have it: IPv4 as ::ffff:a.b.c.d. */
static __always_inline void mapped_address(__be32 *to, const __be32 *from, __u32 family)
{
	if (family == 6) {
		copy_address(to, from, 6);
		return;
	}
	to[0] = to[1] = 0;
	to[2] = bpf_htonl(0xffff);
	to[3] = from[0];
}

static __always_inline void endpoint_of(struct endpoint_key *key, const __be32 *address, __u32 family)
{
	__builtin_memset(key, 0, sizeof(*key));
	mapped_address(key->address, address, family);
}

/* What `services` says of the address alone; NULL: it is no VIP. */
static __always_inline struct service_value *find_vip(const __be32 *address, __u32 family)
{
	struct endpoint_key key;

	endpoint_of(&key, address, family);
	return bpf_map_lookup_elem(&services, &key);
}

static __always_inline int is_vip(const __be32 *address, __u32 family)
{
	return find_vip(address, family) != NULL;
}

/* Is the endpoint in `real_servers`? Ports in network order; see docs/packet-path.md for what port 0 means there. */
static __always_inline int is_real_server(const __be32 *address, __be16 port, __u8 protocol, __u32 family)
{
	struct endpoint_key key;

	endpoint_of(&key, address, family);
	key.port = port;
	key.protocol = protocol;
	return bpf_map_lookup_elem(&real_servers, &key) != NULL;
}

static __always_inline int is_translated_address(const __be32 *address, __u32 family)
{
	return is_real_server(address, 0, 0, family);
}

static __always_inline int is_tunnel_end(const __be32 *address, __u32 family)
{
	return is_real_server(address, 0, TUNNEL_END_PROTOCOL, family);
}

/* Number of the near end of the injection pair. */
static __always_inline __u32 injection_link(void)
{
	__u32 zero = 0;
	struct policy *rules_of_all = bpf_map_lookup_elem(&policy, &zero);

	return rules_of_all ? rules_of_all->injection : 0;
}

static __always_inline __u32 policy_flags(void)
{
	__u32 zero = 0;
	struct policy *rules_of_all = bpf_map_lookup_elem(&policy, &zero);

	return rules_of_all ? rules_of_all->flags : 0;
}
