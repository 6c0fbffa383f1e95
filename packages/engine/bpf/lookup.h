/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tuples → records, under the rules of the shared record (docs/wire/record.md); endpoints → services. */
#pragma once

#include "parse.h"

#define READ_ONCE(word) (*(const volatile typeof(word) *)&(word))
#define WRITE_ONCE(word, value) (*(volatile typeof(word) *)&(word) = (value))

/* Losing takes another's change in between each time; a connection has few, and the verifier's work grows with each attempt. */
#define LIFE_ATTEMPTS 4
#define TICK_SHIFT 20

/* A live record that a packet belongs to, and a copy of all that the path uses of it. */
struct match {
	struct record *record;
	__u32 index;
	__u32 generation;
	__u32 is_output;
	__u32 is_masqueraded;
	/* Input: the destination. Output: the virtual address and port. */
	__be32 address[4];
	__be16 port;
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

/* Fill `m` with the live record whose own tuple is the packet's, in the flow's direction. False is a miss. */
static __always_inline int find_record(const struct flow_key6 *tuple, struct match *m, __u32 family)
{
	__u32 words = address_words(family), kind;
	struct flow_value *flow = lookup_flow(tuple, family);
	const __be32 *client, *virtual, *server;
	struct record *r;

	if (!flow)
		return 0;
	m->index = flow->index;
	m->is_output = flow->direction == DIRECTION_OUTPUT;
	r = m->record = lookup_record(m->index, family);
	if (!r)
		return 0;
	m->generation = READ_ONCE(r->generation);
	barrier(); /* the compiler's order only: x86 keeps loads in order; elsewhere the quarantine of records must cover it */
	kind = r->kind;
	if (!(m->generation & 1) || (r->life & LIFE_TEMPLATE) || (kind & 0xff) != tuple->protocol)
		return 0;
	m->is_masqueraded = (kind >> 8 & 0xff) == METHOD_MASQUERADE;
	client = &r->addresses[ADDRESS_CLIENT * words];
	virtual = &r->addresses[ADDRESS_VIRTUAL * words];
	server = &r->addresses[ADDRESS_DESTINATION * words];
	if (m->is_output) {
		copy_address(m->address, virtual, family);
		m->port = r->virtual_port;
		return same_address(server, tuple->source, family) && r->destination_port == tuple->source_port &&
		       same_address(client, tuple->destination, family) && r->client_port == tuple->destination_port;
	}
	copy_address(m->address, server, family);
	m->port = r->destination_port;
	return same_address(client, tuple->source, family) && r->client_port == tuple->source_port &&
	       same_address(virtual, tuple->destination, family) && r->virtual_port == tuple->destination_port;
}

/* Is the record still the one that was copied? */
static __always_inline int is_unchanged(const struct match *m)
{
	barrier();
	return READ_ONCE(m->record->generation) == m->generation;
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

/* The next value of the word `life`: state by the table, noOutput cleared by output, remote by any packet. */
static __always_inline __u32 next_life(__u32 life, const struct packet *p, __u32 is_output)
{
	__u32 zero = 0, row, direction, event, at;
	struct transition_tables *tables = bpf_map_lookup_elem(&transitions, &zero);

	if (!tables)
		return life;
	if (is_output)
		life &= ~LIFE_NO_OUTPUT;
	life &= ~LIFE_REMOTE;
	row = p->tuple.protocol == IPPROTO_TCP ? TRANSITION_PROTOCOLS_TCP : TRANSITION_PROTOCOLS_UDP;
	event = p->tuple.protocol == IPPROTO_TCP ? tcp_event(p->flags) : 0;
	direction = is_output ? DIRECTION_OUTPUT : life & LIFE_NO_OUTPUT ? DIRECTION_INPUT_ONLY : DIRECTION_INPUT;
	at = ((row * TRANSITION_DIRECTIONS + direction) * TRANSITION_EVENTS + event) * TRANSITION_STATES +
	     (life & (TRANSITION_STATES - 1));
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
static __always_inline void step_life(const struct packet *p, const struct match *m, __u32 family)
{
	__u32 before = READ_ONCE(m->record->life), seen, after;

	for (int i = 0; i < LIFE_ATTEMPTS; i++) {
		after = next_life(before, p, m->is_output);
		if (after == before)
			return;
		seen = __sync_val_compare_and_swap(&m->record->life, before, after);
		if (seen == before) {
			emit_event(m, before, after, family);
			return;
		}
		before = seen;
	}
}

/* Stamp and count. Bytes are as on the wire: each segment carries the headers again. */
static __always_inline void account(const struct packet *p, const struct match *m)
{
	__u64 bytes = p->bytes + (__u64)(p->segments - 1) * (p->header_bytes + p->transport_bytes);

	WRITE_ONCE(m->record->last_seen, (__u32)(bpf_ktime_get_coarse_ns() >> TICK_SHIFT));
	if (m->is_output) {
		__sync_fetch_and_add(&m->record->out_packets, p->segments);
		__sync_fetch_and_add(&m->record->out_bytes, bytes);
	} else {
		__sync_fetch_and_add(&m->record->in_packets, p->segments);
		__sync_fetch_and_add(&m->record->in_bytes, bytes);
	}
}

static __always_inline void endpoint_of(struct endpoint_key *key, const __be32 *address, __u32 family)
{
	__builtin_memset(key, 0, sizeof(*key));
	if (family == 6) {
		copy_address(key->address, address, 6);
	} else {
		key->address[2] = bpf_htonl(0xffff);
		key->address[3] = address[0];
	}
}

static __always_inline int is_vip(const __be32 *address, __u32 family)
{
	struct endpoint_key key;

	endpoint_of(&key, address, family);
	return bpf_map_lookup_elem(&services, &key) != NULL;
}

static __always_inline int is_masqueraded_address(const __be32 *address, __u32 family)
{
	struct endpoint_key key;

	endpoint_of(&key, address, family);
	return bpf_map_lookup_elem(&real_servers, &key) != NULL;
}

static __always_inline struct service_value *service_at_destination(const struct packet *p, __u32 family)
{
	struct endpoint_key key;

	endpoint_of(&key, p->tuple.destination, family);
	key.port = p->tuple.destination_port;
	key.protocol = p->tuple.protocol;
	return bpf_map_lookup_elem(&services, &key);
}

static __always_inline int is_from_real_server(const struct packet *p, __u32 family)
{
	struct endpoint_key key;

	endpoint_of(&key, p->tuple.source, family);
	key.port = p->tuple.source_port;
	key.protocol = p->tuple.protocol;
	return bpf_map_lookup_elem(&real_servers, &key) != NULL;
}
