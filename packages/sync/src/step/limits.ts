/** Every interval and bound of replication, with its reason. A cluster's nodes need not agree on them. */
export const LIMITS = {
  /** Life sign and acknowledgements; also how soon the loss of a stream's last frame is noticed. */
  helloMs: 250,
  /** Six hellos: a pause of the peer's main thread (a garbage collection, a large document) is shorter. */
  lostMs: 1500,
  /** A node is not kept from serving by a peer that does not answer. */
  noAnswerMs: 3000,
  /** …nor by NATS; reconnecting to another server of a cluster takes less. */
  outageMs: 5000,
  /** Readiness outlasts a peer's restart, a reload and `noAnswerMs`: a VIP must not move because of them. */
  graceMs: 4000,
  /** After `noAnswer`, when the peer is asked again. */
  askAgainMs: 10_000,
  /** Unanswered requests and credits are sent again after this. */
  retryMs: 250,
  /** A snapshot or a replay without progress is given up. */
  stalledMs: 3000,
  /** A running stream is compared this often. */
  digestMs: 10_000,
  /** Snapshot chunks under way at once, and their size: 128 KiB per round trip, about 1,200 records per read. */
  window: 8,
  chunkBytes: 16 * 1024,
  /** Most that one replay request brings: the receiver asks for more when it has them. */
  replayFrames: 64,
  replayBurstBytes: 256 * 1024,
  /** Sent frames that are kept: some 600,000 records, 12 s of 50,000 a second. */
  replayBytes: 8 * 1024 * 1024,
  /** Frames of one peer that wait for a snapshot or a replay. */
  heldBytes: 8 * 1024 * 1024,
  /** A snapshot whose receiver fell silent is forgotten. */
  sessionMs: 10_000,
  maxPeers: 64,
  /** How often timers are looked at. */
  tickMs: 50,
} as const;
/** The same, changed for a test. */
export type Limits = { readonly [K in keyof typeof LIMITS]: number };
