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
  /** IP protocol (0-7), forwarding method (8-15), family 4 or 6 (16-23). */
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
  /** Firewall mark of the service that the connection belongs to; 0 none. */
  mark: 18,
  /** Slot of what the daemon keeps beside the record (`ANNEX`): its number + 1; 0 none. */
  annex: 19,
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
  /** Every packet of the connection goes to the core first: a helper reads it, or its end is to be told. */
  watched: 1 << 11,
  /** Packets of the client are dropped: the destination is gone and may return. */
  held: 1 << 12,
  /** The client's port is not known yet: the flow's key has port 0, and the first packet that meets it goes to the core. */
  noClientPort: 1 << 13,
  /** A template whose client has proven itself (a connection of it was established); a connection: unused. */
  assured: 1 << 14,
} as const;

/** One state event, in words: what changed and what it was. Events are hints: the record is the truth. */
export const EVENT = { familyIndex: 0, generation: 1, before: 2, after: 3 } as const;
export const EVENT_BYTES = 16;
/** Set in `EVENT.familyIndex` for an IPv6 record; the other 31 bits are the index. */
export const EVENT_IPV6 = 0x8000_0000;

/** What is kept beside records (core/table/annex.ts): slots of `bytes` each, of which the first is a length; only the daemon reads and writes them. */
export const ANNEX = { bytes: 256, slots: 16_384 } as const;

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
  /** Any packet may open a connection (TCP but RST, SCTP but ABORT). */
  sloppy: 1 << 0,
  /** Prefixes in `clients` say who is served. */
  filtered: 1 << 1,
  /** With `filtered`: a client that no prefix matches is not served. */
  allowListed: 1 << 2,
  /** Of an address alone (port 0, protocol 0): connections to it may expect a client whose port is not known yet. */
  expects: 1 << 3,
  /** Port 21 of TCP: port 20 and every unprivileged port of the address belong to it, too. */
  ftp: 1 << 4,
} as const;

/** Key of `marked`, in words: firewall mark, family 4 or 6. Its value is `SERVICE_VALUE`. */
export const MARK_KEY = { mark: 0, family: 1, size: 8 } as const;

/** Key of `clients` (longest prefix match), in bytes: number of bits that count (32 of the service's id, then of the address), service id, address (IPv4 as ::ffff:a.b.c.d). */
export const CLIENT_KEY = { bits: 0, service: 4, address: 8, size: 24 } as const;
/** Value of `clients`. */
export const CLIENT_VALUE = { allow: 1, deny: 2, size: 4 } as const;

/** One classifier rule, in bytes; addresses as in endpoint keys, so IPv4 masks have 96 leading ones. Ports in host order. */
export const RULE = {
  source: 0,
  sourceMask: 16,
  destination: 32,
  destinationMask: 48,
  /** u32 each; interface 0: any. */
  mark: 64,
  ifindex: 68,
  /** u16 each, both limits included. */
  sourceFirst: 72,
  sourceLast: 74,
  destinationFirst: 76,
  destinationLast: 78,
  /** u8 each: 0 is any protocol, any family. */
  protocol: 80,
  family: 81,
  size: 84,
} as const;
export const RULE_SLOTS = 64;

/** Value of `tunnels` (key: destination id), in bytes. Addresses: 4 words, IPv4 in the first. Ports in network order. */
export const TUNNEL = {
  /** u8 each: outer family, `TUNNEL_NUMBERS`, `TUNNEL_FLAG`. */
  family: 0,
  type: 1,
  flags: 2,
  port: 4,
  source: 8,
  destination: 24,
  size: 40,
} as const;
export const TUNNEL_FLAG = {
  /** The outer header of gue and gre carries a checksum. */
  checksum: 1 << 0,
  /** gue: remote checksum offload. */
  remoteChecksum: 1 << 1,
} as const;

/** Value of `policy` (one entry), in words. */
export const POLICY = {
  flags: 0,
  /** Classifier rules in use, from the first. */
  rules: 1,
  /** New flows per source prefix and window (2^30 ns) that go to the core; 0: no limit. */
  budget: 2,
  /** Interface that cuts offloaded packets: the near end of the injection pair. Not part of a document's policy, and kept when that changes. */
  injection: 3,
  size: 16,
} as const;
export const POLICY_FLAG = {
  /** Mid-stream TCP and SCTP to a service without a flow is left to the host instead of being dropped. */
  midStreamToHost: 1 << 0,
  /** What comes from a masqueraded destination without a flow is left to the host. */
  unmatchedToHost: 1 << 1,
  /** … or goes to the core, which refuses it. */
  unmatchedRefused: 1 << 2,
  /** An ICMP error to a VIP about no flow goes to the core, which may schedule it. */
  scheduleIcmp: 1 << 3,
  /** Tunnels fragment what does not fit instead of refusing it. */
  tunnelsFragment: 1 << 4,
} as const;

/** Bits of a source address that share a budget. */
export const BUDGET_PREFIX = { 4: 24, 6: 56 } as const;
/** Value of `budgets` (key: 4 words, the prefix as an endpoint's address), in words. */
export const BUDGET = { window: 0, used: 1, size: 8 } as const;

/**
 * TCP's event of one segment: the first flag present, asked in the order rst, syn, fin, ack; none of them sends the connection to
 * CLOSE. The numbers are rows of the transition tables (Linux `ip_vs_proto_tcp.c`, `tcp_state_idx`).
 */
export const TCP_EVENT = { syn: 0, fin: 1, ack: 2, rst: 3, none: 4 } as const;
/**
 * SCTP's event of one packet: its first chunk; COOKIE-ECHO or COOKIE-ACK followed by ABORT is an abort. All chunks that stand here under no other
 * name are data. The numbers are rows of the transition tables (Linux `ip_vs_proto_sctp.c`, `sctp_events`).
 */
export const SCTP_EVENT = {
  data: 0,
  init: 1,
  initAck: 2,
  cookieEcho: 3,
  cookieAck: 4,
  shutdown: 5,
  shutdownAck: 6,
  shutdownComplete: 7,
  error: 8,
  abort: 9,
} as const;
/** Transition tables in one BPF array value: [protocol row][direction 3][event 8][state 16] → next state, one byte each. */
export const TRANSITIONS = {
  protocols: { tcp: 0, udp: 1, sctp: 2 },
  directions: 3,
  events: 16,
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
  /** u32: firewall mark of the packet, or of the classifier rule that it matches; 0 none. */
  mark: 16,
  /** u32: `fib_frag_needed`: MTU of the way out in bytes; 0 otherwise. */
  mtu: 20,
  size: 24,
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
  /** Not ours after all: up to the host's own stack. */
  host: 4,
} as const;

/** What `meta` says of a pinned instance, in words; a daemon adopts only what equals its own. */
export const META = { layoutHash: 0, records4: 1, records6: 2, size: 16 } as const;
