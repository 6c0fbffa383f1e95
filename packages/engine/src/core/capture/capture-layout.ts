/**
 * What the fast path and the daemon share of a capture. Not among the layouts that a pinned instance must have in common with the daemon that adopts
 * it: these maps live and die with the programs.
 */

/** What is to be shown, in bytes. The programs read it for every packet, so it lies where they need no lookup. */
export const CAPTURE = {
  /** u32: 0 nothing is shown; another number each time that something else is. */
  epoch: 0,
  /** u32: id of the service; 0 any, or none. */
  service: 4,
  /** u64: a bit for each reason. */
  reasons: 8,
  /** The client's address as in an endpoint key, its port in network order (0: any), and whether there is one (u8). */
  client: 16,
  clientPort: 32,
  hasClient: 34,
  /** u64: packets that found no room in the ring. */
  lost: 40,
  size: 48,
} as const;

/** Head of an entry in the ring of captured packets, in bytes; the packet's first ones follow, from its IP header on. */
export const CAPTURED = {
  /** u64: CLOCK_MONOTONIC. */
  timeNs: 0,
  /** Address as in an endpoint key. */
  client: 8,
  /** u32 each. */
  ifindex: 24,
  packetBytes: 28,
  service: 32,
  destination: 36,
  /** u16, network order. */
  clientPort: 40,
  /** u8 each: `REASONS` number, 4 or 6, `CAPTURED_FROM`. */
  reason: 42,
  family: 43,
  from: 44,
  size: 48,
} as const;
/** Who has sent it. */
export const CAPTURED_FROM = { unknown: 0, client: 1, server: 2 } as const;

/** Most bytes of a packet that are shown. */
export const CAPTURED_BYTES = 128;
/** Size of the ring: some 5,700 packets. */
export const CAPTURE_RING_BYTES = 1 << 20;
