/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps shared with the daemon, and the shapes of what they hold. Sizes that depend on the configuration are set at load. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>
#include <stddef.h>

#include <bpf/bpf_helpers.h>

#include "layout.h"

/* Set at load, by tests: leave what was done with the last packet in `observed`. */
const volatile __u32 observe = 0;

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
	__u32 tunnel;
	__u32 sequences;
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
};

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
SAME_WORD(struct record, tunnel, RECORD_TUNNEL);
SAME_WORD(struct record, sequences, RECORD_SEQUENCES);
SAME_WORD(struct record, addresses, RECORD_ADDRESSES);
SAME_WORD(struct state_event, family_index, EVENT_FAMILY_INDEX);
SAME_WORD(struct state_event, generation, EVENT_GENERATION);
SAME_WORD(struct state_event, before, EVENT_BEFORE);
SAME_WORD(struct state_event, after, EVENT_AFTER);
SAME_WORD(struct flow_value, index, FLOW_VALUE_INDEX);
SAME_WORD(struct flow_value, direction, FLOW_VALUE_DIRECTION);
SAME_WORD(struct service_value, id, SERVICE_VALUE_ID);
SAME_WORD(struct service_value, flags, SERVICE_VALUE_FLAGS);

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
SAME_BYTE(struct upcall_head, ifindex, UPCALL_IFINDEX);
SAME_BYTE(struct upcall_head, packet_bytes, UPCALL_PACKET_BYTES);
SAME_BYTE(struct upcall_head, gso_size, UPCALL_GSO_SIZE);
SAME_BYTE(struct upcall_head, gso_segments, UPCALL_GSO_SEGMENTS);
SAME_BYTE(struct upcall_head, reason, UPCALL_REASON);
SAME_BYTE(struct upcall_head, class, UPCALL_CLASS);
SAME_BYTE(struct upcall_head, family, UPCALL_FAMILY);

_Static_assert(sizeof(struct flow_key4) == FLOW_KEY_4_SIZE, "flow_key4");
_Static_assert(sizeof(struct flow_key6) == FLOW_KEY_6_SIZE, "flow_key6");
_Static_assert(sizeof(struct flow_value) == FLOW_VALUE_SIZE, "flow_value");
_Static_assert(sizeof(struct endpoint_key) == ENDPOINT_KEY_SIZE, "endpoint_key");
_Static_assert(sizeof(struct service_value) == SERVICE_VALUE_SIZE, "service_value");
_Static_assert(sizeof(struct state_event) == EVENT_BYTES, "state_event");
_Static_assert(sizeof(struct upcall_head) == UPCALL_SIZE, "upcall_head");

/* Sizes that the daemon sets at load stand here as 1 (arrays, hashes) or one page (rings). */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record4);
} connections4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record6);
} connections6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct flow_key4);
	__type(value, struct flow_value);
} flows4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct flow_key6);
	__type(value, struct flow_value);
} flows6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct endpoint_key);
	__type(value, struct service_value);
} services SEC(".maps");

/* A set: endpoints and addresses of masqueraded destinations. The value says nothing. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct endpoint_key);
	__type(value, __u32);
} real_servers SEC(".maps");

struct transition_tables {
	__u8 next[TRANSITION_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct transition_tables);
} transitions SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, REASON_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} upcalls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} lost_events SEC(".maps");

/* What the pinned maps were made for; only the daemon reads and writes it. */
struct meta {
	__u32 words[META_SIZE / 4];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct meta);
} meta SEC(".maps");

/* Interface → its own MAC, for XDP, which sees frames before the kernel has judged whom they are for. */
struct mac {
	__u8 bytes[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct mac);
} interfaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct observation);
} observed SEC(".maps");
