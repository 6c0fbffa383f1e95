/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the maps hold, byte by byte as core/layout.ts has it. */
#pragma once

#include <linux/types.h>
#include <stddef.h>

#include "layout.h"

/* The shared connection record (docs/wire/record.md). Addresses are 1 word each for IPv4 and 4 for IPv6. */
struct record {
	__u32 generation;
	__u32 life;
	__u32 kind;
	__u32 last_seen;
	__u32 service_id;
	__u32 destination_id;
	__be16 client_port;
	__be16 virtual_port;
	__be16 destination_port;
	__be16 local_port;
	__u64 in_packets;
	__u64 in_bytes;
	__u64 out_packets;
	__u64 out_bytes;
	__u32 owner;
	__u32 controller;
	__u32 mark;
	__u32 annex;
	__be32 addresses[];
};

struct record4 {
	__u8 bytes[RECORD_BYTES_4];
} __attribute__((aligned(8)));

struct record6 {
	__u8 bytes[RECORD_BYTES_6];
} __attribute__((aligned(8)));

struct flow_key4 {
	__be32 source[1];
	__be32 destination[1];
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 zero[3];
};

struct flow_key6 {
	__be32 source[4];
	__be32 destination[4];
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 zero[3];
};

struct flow_value {
	__u32 index;
	__u32 direction;
};

struct endpoint_key {
	__be32 address[4];
	__be16 port;
	__u8 protocol;
	__u8 zero;
};

struct service_value {
	__u32 id;
	__u32 flags;
};

/* An address stands in these as in an endpoint key: IPv4 as ::ffff:a.b.c.d. */

struct mark_key {
	__u32 mark;
	__u32 family;
};

struct client_key {
	__u32 bits;
	__u32 service;
	__be32 address[4];
};

struct rule {
	__be32 source[4];
	__be32 source_mask[4];
	__be32 destination[4];
	__be32 destination_mask[4];
	__u32 mark;
	__u32 ifindex;
	__u16 source_first;
	__u16 source_last;
	__u16 destination_first;
	__u16 destination_last;
	__u8 protocol;
	__u8 family;
	__u8 zero[2];
};

/* Addresses as in packets: IPv4 in the first word. */
struct tunnel {
	__u8 family;
	__u8 type;
	__u8 flags;
	__u8 zero;
	__be16 port;
	__u16 spare;
	__be32 source[4];
	__be32 destination[4];
};

struct policy {
	__u32 flags;
	__u32 rules;
	__u32 budget;
	__u32 injection;
};

struct budget_key {
	__be32 prefix[4];
};

struct budget {
	__u32 window;
	__u32 used;
};

struct state_event {
	__u32 family_index;
	__u32 generation;
	__u32 before;
	__u32 after;
};

struct upcall_head {
	__u32 ifindex;
	__u32 packet_bytes;
	__u16 gso_size;
	__u16 gso_segments;
	__u8 reason;
	__u8 class;
	__u8 family;
	__u8 spare;
	__u32 mark;
	__u32 mtu;
};

/* As much as bpf_csum_diff takes at a time in Linux 6.1. */
#define PIECE_BYTES 512

struct observation {
	__u32 verdict;
	__u32 reason;
	__u32 next_hop_bytes;
	__be32 next_hop[4];
};

#define SAME_WORD(type, field, word) _Static_assert(offsetof(type, field) == (word) * 4, #field)
SAME_WORD(struct record, generation, RECORD_GENERATION);
SAME_WORD(struct record, life, RECORD_LIFE);
SAME_WORD(struct record, kind, RECORD_KIND);
SAME_WORD(struct record, last_seen, RECORD_LAST_SEEN);
SAME_WORD(struct record, service_id, RECORD_SERVICE_ID);
SAME_WORD(struct record, destination_id, RECORD_DESTINATION_ID);
SAME_WORD(struct record, client_port, RECORD_CLIENT_PORTS);
SAME_WORD(struct record, destination_port, RECORD_SERVER_PORTS);
SAME_WORD(struct record, in_packets, RECORD_IN_PACKETS);
SAME_WORD(struct record, in_bytes, RECORD_IN_BYTES);
SAME_WORD(struct record, out_packets, RECORD_OUT_PACKETS);
SAME_WORD(struct record, out_bytes, RECORD_OUT_BYTES);
SAME_WORD(struct record, owner, RECORD_OWNER);
SAME_WORD(struct record, controller, RECORD_CONTROLLER);
SAME_WORD(struct record, mark, RECORD_MARK);
SAME_WORD(struct record, annex, RECORD_ANNEX);
SAME_WORD(struct record, addresses, RECORD_ADDRESSES);
SAME_WORD(struct state_event, family_index, EVENT_FAMILY_INDEX);
SAME_WORD(struct state_event, generation, EVENT_GENERATION);
SAME_WORD(struct state_event, before, EVENT_BEFORE);
SAME_WORD(struct state_event, after, EVENT_AFTER);
SAME_WORD(struct flow_value, index, FLOW_VALUE_INDEX);
SAME_WORD(struct flow_value, direction, FLOW_VALUE_DIRECTION);
SAME_WORD(struct service_value, id, SERVICE_VALUE_ID);
SAME_WORD(struct service_value, flags, SERVICE_VALUE_FLAGS);
SAME_WORD(struct mark_key, mark, MARK_KEY_MARK);
SAME_WORD(struct mark_key, family, MARK_KEY_FAMILY);
SAME_WORD(struct policy, flags, POLICY_FLAGS);
SAME_WORD(struct policy, rules, POLICY_RULES);
SAME_WORD(struct policy, budget, POLICY_BUDGET);
SAME_WORD(struct policy, injection, POLICY_INJECTION);
SAME_WORD(struct budget, window, BUDGET_WINDOW);
SAME_WORD(struct budget, used, BUDGET_USED);

#define SAME_BYTE(type, field, byte) _Static_assert(offsetof(type, field) == (byte), #field)
SAME_BYTE(struct flow_key4, source, FLOW_KEY_4_SOURCE);
SAME_BYTE(struct flow_key4, destination, FLOW_KEY_4_DESTINATION);
SAME_BYTE(struct flow_key4, source_port, FLOW_KEY_4_SOURCE_PORT);
SAME_BYTE(struct flow_key4, destination_port, FLOW_KEY_4_DESTINATION_PORT);
SAME_BYTE(struct flow_key4, protocol, FLOW_KEY_4_PROTOCOL);
SAME_BYTE(struct flow_key6, source, FLOW_KEY_6_SOURCE);
SAME_BYTE(struct flow_key6, destination, FLOW_KEY_6_DESTINATION);
SAME_BYTE(struct flow_key6, source_port, FLOW_KEY_6_SOURCE_PORT);
SAME_BYTE(struct flow_key6, destination_port, FLOW_KEY_6_DESTINATION_PORT);
SAME_BYTE(struct flow_key6, protocol, FLOW_KEY_6_PROTOCOL);
SAME_BYTE(struct endpoint_key, address, ENDPOINT_KEY_ADDRESS);
SAME_BYTE(struct endpoint_key, port, ENDPOINT_KEY_PORT);
SAME_BYTE(struct endpoint_key, protocol, ENDPOINT_KEY_PROTOCOL);
SAME_BYTE(struct client_key, bits, CLIENT_KEY_BITS);
SAME_BYTE(struct client_key, service, CLIENT_KEY_SERVICE);
SAME_BYTE(struct client_key, address, CLIENT_KEY_ADDRESS);
SAME_BYTE(struct rule, source, RULE_SOURCE);
SAME_BYTE(struct rule, source_mask, RULE_SOURCE_MASK);
SAME_BYTE(struct rule, destination, RULE_DESTINATION);
SAME_BYTE(struct rule, destination_mask, RULE_DESTINATION_MASK);
SAME_BYTE(struct rule, mark, RULE_MARK);
SAME_BYTE(struct rule, ifindex, RULE_IFINDEX);
SAME_BYTE(struct rule, source_first, RULE_SOURCE_FIRST);
SAME_BYTE(struct rule, source_last, RULE_SOURCE_LAST);
SAME_BYTE(struct rule, destination_first, RULE_DESTINATION_FIRST);
SAME_BYTE(struct rule, destination_last, RULE_DESTINATION_LAST);
SAME_BYTE(struct rule, protocol, RULE_PROTOCOL);
SAME_BYTE(struct rule, family, RULE_FAMILY);
SAME_BYTE(struct tunnel, family, TUNNEL_FAMILY);
SAME_BYTE(struct tunnel, type, TUNNEL_TYPE);
SAME_BYTE(struct tunnel, flags, TUNNEL_FLAGS);
SAME_BYTE(struct tunnel, port, TUNNEL_PORT);
SAME_BYTE(struct tunnel, source, TUNNEL_SOURCE);
SAME_BYTE(struct tunnel, destination, TUNNEL_DESTINATION);
SAME_BYTE(struct upcall_head, ifindex, UPCALL_IFINDEX);
SAME_BYTE(struct upcall_head, packet_bytes, UPCALL_PACKET_BYTES);
SAME_BYTE(struct upcall_head, gso_size, UPCALL_GSO_SIZE);
SAME_BYTE(struct upcall_head, gso_segments, UPCALL_GSO_SEGMENTS);
SAME_BYTE(struct upcall_head, reason, UPCALL_REASON);
SAME_BYTE(struct upcall_head, class, UPCALL_CLASS);
SAME_BYTE(struct upcall_head, family, UPCALL_FAMILY);
SAME_BYTE(struct upcall_head, mark, UPCALL_MARK);
SAME_BYTE(struct upcall_head, mtu, UPCALL_MTU);

_Static_assert(sizeof(struct flow_key4) == FLOW_KEY_4_SIZE, "flow_key4");
_Static_assert(sizeof(struct flow_key6) == FLOW_KEY_6_SIZE, "flow_key6");
_Static_assert(sizeof(struct flow_value) == FLOW_VALUE_SIZE, "flow_value");
_Static_assert(sizeof(struct endpoint_key) == ENDPOINT_KEY_SIZE, "endpoint_key");
_Static_assert(sizeof(struct service_value) == SERVICE_VALUE_SIZE, "service_value");
_Static_assert(sizeof(struct mark_key) == MARK_KEY_SIZE, "mark_key");
_Static_assert(sizeof(struct client_key) == CLIENT_KEY_SIZE, "client_key");
_Static_assert(sizeof(struct rule) == RULE_SIZE, "rule");
_Static_assert(sizeof(struct tunnel) == TUNNEL_SIZE, "tunnel");
_Static_assert(sizeof(struct policy) == POLICY_SIZE, "policy");
_Static_assert(sizeof(struct budget) == BUDGET_SIZE, "budget");
_Static_assert(sizeof(struct state_event) == EVENT_BYTES, "state_event");
_Static_assert(sizeof(struct upcall_head) == UPCALL_SIZE, "upcall_head");
