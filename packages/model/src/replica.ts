/** The words between replication and the connection table, which lives on another thread: one-way calls in order, answers in order. */

/** What replication asks of the table; peers by name, records encoded (`connection.ts`) and concatenated. */
export type ReplicaCall =
  /**
   * Merge `count` concatenated records that `peer` owns. They were true at most `delayMs` ago: add that to
   * their ages, which are rounded up (so of two nodes, never both think that the other saw the later packet).
   * A record that the peer owns already is replaced; one that another node owns goes to whoever saw the later packet (the
   * smaller age; the lower name if equal). Answered by `applied`.
   */
  | { type: "apply"; peer: string; token: number; records: Uint8Array; count: number; delayMs: number }
  /** All that `peer` owns in these buckets (none named: in all) is suspect until a record mentions it. A second call starts anew. */
  | { type: "beginReload"; peer: string; buckets: readonly number[] }
  /**
   * What is still suspect is gone: `forget` it. Or the peer lost its table in a restart: `adopt` it, so that this node owns and
   * publishes it, as if its last packet came `handicapMs` earlier: of several nodes that adopt the same, one prevails.
   */
  | { type: "endReload"; peer: string; unmentioned: "forget" | "adopt"; handicapMs: number }
  /**
   * Read what this node owns, of one bucket or (null) of all, from `cursor` on (null: from the start), at most `maxBytes` of whole
   * records. A record that is owned throughout the reading is read at least once. Answered by `owned`.
   */
  | {
      type: "readOwned";
      request: number;
      bucket: number | null;
      cursor: number | null;
      maxBytes: number;
    }
  /** One checksum per bucket over the stable fields of what this node owns and has offered. Answered by `digest`. */
  | { type: "digestOwned"; request: number }
  /** The same over what is held of `peer`. Answered by `digest`. */
  | { type: "digestOf"; request: number; peer: string }
  /** Timers of records owned by `peer` run only while its stream is live. A peer that was never named is not live. */
  | { type: "setPeerLive"; peer: string; live: boolean };

/** What the table answers, in the order of the calls. */
export type ReplicaAnswer =
  /** All `apply` calls up to and including this token are done. */
  | { type: "applied"; token: number }
  /** What was offered before this answer is older than it. `next` is null at the end. */
  | { type: "owned"; request: number; records: Uint8Array; count: number; next: number | null }
  /** As many buckets on every node, at most 1024. What was offered before this answer is included. */
  | { type: "digest"; request: number; buckets: Uint32Array };
