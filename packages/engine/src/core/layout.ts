/**
 * Layouts that the fast path and TypeScript share, as data: the one place where an offset is written.
 * `bpf/layout.h` is generated from these tables; docs/wire/record.md draws the record and names the writer of each word.
 */

/** Word (32-bit) offsets of what every record starts with, whatever its family. */
export const RECORD = {
  /** Odd: alive. Even: free or dead. Rises by one at each of birth and death. */
  generation: 0,
  /** State (bits 0-7) and flags (`LIFE`), changed by compare-and-swap only. */
  life: 1,
  /** IP protocol (0-7), forwarding method (8-15), family 4 or 6 (16-23), tunnel type (24-31). */
  kind: 2,
  /** Time of the last packet, in ticks of 2^20 ns on CLOCK_MONOTONIC, modulo 2^32. */
  lastSeen: 3,
  serviceId: 4,
  destinationId: 5,
  /** Two ports of 16 bits in network order, in this order in memory: client, virtual. */
  clientPorts: 6,
  /** Two ports of 16 bits in network order: destination, local (source port of full NAT). */
  serverPorts: 7,
  /** 64-bit counters: client to server ("in") and back ("out"); bytes are IP lengths as on the wire. */
  inPackets: 8,
  inBytes: 10,
  outPackets: 12,
  outBytes: 14,
  /** Slot of the peer that owns the connection; 0 is this node. */
  owner: 16,
  /** Record index + 1 of the persistence template or control connection this one hangs on; 0 none. */
  controller: 17,
  /** Tunnel port (16 bits, network order, first in memory) and flags. */
  tunnel: 18,
  /** Index + 1 into the sequence offsets of helpers (FTP); 0 none. */
  sequences: 19,
  /** Addresses start here: client, virtual, destination, local; 1 word each for IPv4, 4 for IPv6. */
  addresses: 20,
} as const;

export const RECORD_WORDS = { 4: RECORD.addresses + 4, 6: RECORD.addresses + 16 } as const;
export const RECORD_BYTES = { 4: RECORD_WORDS[4] * 4, 6: RECORD_WORDS[6] * 4 } as const;
export const ADDRESS_WORDS = { 4: 1, 6: 4 } as const;

/** Order of the four addresses after `RECORD.addresses`. */
export const ADDRESS = { client: 0, virtual: 1, destination: 2, local: 3 } as const;

/** The word `RECORD.life`. */
export const LIFE = {
  stateMask: 0xff,
  /** This director is not expected to see replies (direct route, tunnel). An output packet clears it. */
  noOutput: 1 << 8,
  /** A peer owns the connection. The first packet that the fast path sees here clears it, with an event. */
  remote: 1 << 9,
  /** A persistence template: never matches a packet. */
  template: 1 << 10,
} as const;

/** One state event, in words: what changed and what it was. Events are hints: the record is the truth. */
export const EVENT = { familyIndex: 0, generation: 1, before: 2, after: 3 } as const;
export const EVENT_BYTES = 16;
/** Set in `EVENT.familyIndex` for an IPv6 record; the other 31 bits are the index. */
export const EVENT_IPV6 = 0x8000_0000;

/** Keys of the flow maps, in bytes. Ports and addresses in network order; `protocol` is followed by three zero bytes. */
export const FLOW_KEY = {
  4: { source: 0, destination: 4, sourcePort: 8, destinationPort: 10, protocol: 12, size: 16 },
  6: { source: 0, destination: 16, sourcePort: 32, destinationPort: 34, protocol: 36, size: 40 },
} as const;
/** Value of a flow map, in words. */
export const FLOW_VALUE = { index: 0, direction: 1, size: 8 } as const;

/** Side that a packet of a connection comes from; the transition tables' first index. `inputOnly` is input while `LIFE.noOutput` is set. */
export const DIRECTION = { input: 0, output: 1, inputOnly: 2 } as const;

/** Key of the `services` and `real_servers` maps, in bytes; IPv4 as ::ffff:a.b.c.d. Port 0 and protocol 0 together: "this address is a VIP". */
export const ENDPOINT_KEY = { address: 0, port: 16, protocol: 18, size: 20 } as const;
/** Value of `services`, in words: id and flags. `real_servers` holds the number of destinations that share the endpoint. */
export const SERVICE_VALUE = { id: 0, flags: 1, size: 8 } as const;
export const SERVICE_FLAG = {
  /** Mid-stream TCP without a flow goes to the core instead of being dropped. */
  sloppy: 1 << 0,
} as const;

/**
 * TCP's event of one segment: the first flag present, asked in the order rst, syn, fin, ack; none of them sends the connection to
 * CLOSE. The numbers are rows of the transition tables (Linux `ip_vs_proto_tcp.c`, `tcp_state_idx`).
 */
export const TCP_EVENT = { syn: 0, fin: 1, ack: 2, rst: 3, none: 4 } as const;
/** Transition tables in one BPF array value: [protocol row][direction 3][event 8][state 16] → next state, one byte each. */
export const TRANSITIONS = {
  protocols: { tcp: 0, udp: 1, sctp: 2 },
  directions: 3,
  events: 8,
  states: 16,
} as const;
export const TRANSITION_BYTES = 3 * TRANSITIONS.directions * TRANSITIONS.events * TRANSITIONS.states;

/** Head of an entry in the upcall ring, in bytes; the packet follows from its IP header on. */
export const UPCALL = {
  /** u32 each. */
  ifindex: 0,
  packetBytes: 4,
  /** u16 each: GSO segment size (0: no GSO) and count. */
  gsoSize: 8,
  gsoSegments: 10,
  /** u8 each: `Reason` number, upcall class, family 4 or 6, spare. */
  reason: 12,
  class: 13,
  family: 14,
  size: 16,
} as const;

/**
 * Classes of upcalls with the share of the ring (in 1/8) that may be filled before packets of the class are dropped. A flood of
 * one class leaves room for the ones below it, without a clock or a token.
 */
export const UPCALL_CLASSES = {
  new: { number: 0, eighths: 4 },
  fragment: { number: 1, eighths: 5 },
  icmp: { number: 2, eighths: 6 },
  midStream: { number: 3, eighths: 8 },
} as const;
export type UpcallClass = keyof typeof UPCALL_CLASSES;

/**
 * What the source MAC of an injected frame says to the program at the far end of the injection veth:
 * byte 0 is 2 (locally administered), byte 1 one of these, bytes 2-5 the record index, little endian (`via` only).
 */
export const INJECT = {
  /** A packet of a known flow: forward it as the fast path does, a SYN too; a miss is dropped. */
  flow: 0,
  /** Complete as it stands: route it by its own destination address. */
  route: 1,
  /** Complete as it stands: send it to the destination address of the IPv4 (2) or IPv6 (3) record. */
  via4: 2,
  via6: 3,
} as const;

/** What `meta` says of a pinned instance, in words; a daemon adopts only what equals its own. */
export const META = { layoutHash: 0, records4: 1, records6: 2, size: 16 } as const;
