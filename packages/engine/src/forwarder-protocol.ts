/**
 * What the engine (main thread) and the forwarder (worker thread) say to each other. Commands are carried out in the order
 * sent, answers come in the same order, so "everything before this" needs no other fence.
 */
import type { Document } from "@tandem/model";

/** Effective weights by destination id; a destination that is not named has its configured weight. */
export type EffectiveWeights = ReadonlyMap<number, number>;

/** What replication asks of the connection table, in order; peers by name, records encoded (`model/connection.ts`) and concatenated. */
export type ReplicaCall =
  /**
   * Merge records that `peer` owns; they were true at most `delayMs` ago. One that the peer owns already is replaced; of one that another node
   * owns the later packet decides (the smaller age; the lower name if equal). Answered by `applied`.
   */
  | { type: "apply"; peer: string; token: number; records: Uint8Array; count: number; delayMs: number }
  /** All that `peer` owns in these digest buckets (none named: in all) is suspect until a record mentions it. */
  | { type: "beginReload"; peer: string; buckets: readonly number[] }
  /** What is still suspect is gone, or this node's own, as if its last packet came `handicapMs` earlier. */
  | { type: "endReload"; peer: string; unmentioned: "forget" | "adopt"; handicapMs: number }
  /** Records that this node owns from `cursor` on (null: the start), at most `maxBytes`. Answered by `owned`. */
  | {
      type: "readOwned";
      request: number;
      bucket: number | null;
      cursor: number | null;
      maxBytes: number;
    }
  /** Digest of what this node owns and has offered, or of what is held of a peer. Answered by `digest`. */
  | { type: "digestOwned"; request: number }
  | { type: "digestOf"; request: number; peer: string }
  /** Records of a peer expire only while its stream is live. A peer that was never named is not live. */
  | { type: "setPeerLive"; peer: string; live: boolean };

/** What the table answers to a `ReplicaCall`, in the order of the calls. */
export type ReplicaAnswer =
  | { type: "applied"; token: number }
  /** `next` is null at the end. What was offered before this answer is older than it. */
  | { type: "owned"; request: number; records: Uint8Array; count: number; next: number | null }
  | { type: "digest"; request: number; buckets: Uint32Array };

/** Orders that need no answer. */
export type ForwarderOrder =
  | { type: "weights"; weights: EffectiveWeights }
  | { type: "replica"; call: ReplicaCall }
  | { type: "stop" };

/** Questions, and the answer of each. */
export interface ForwarderQuestions {
  /**
   * Run this document, with these weights. The first one also adopts the connections of a former daemon. Refused if the data plane
   * does not take it: what ran before goes on, as far as the data plane lets it.
   */
  program: {
    ask: { document: Document; weights: EffectiveWeights };
    answer: { changes: number; adopted: number; repaired: number };
  };
  /** Whether it still turns, and what keeps packets from it (`DataPlane.faults`). */
  ping: { ask: object; answer: { faults: readonly string[] } };
  counts: { ask: object; answer: ForwarderCounts };
  /** Every configured destination. Reads all records at once: some 10 to 30 ms with 500,000 of them, so not to be asked all the time. */
  destinations: { ask: object; answer: DestinationCounts[] };
  /** Connections from `cursor` on; an answer may have fewer than `limit`, or none, before the last one, whose `next` is null. */
  list: { ask: { cursor: number; limit: number }; answer: { rows: ConnectionRow[]; next: number | null } };
}

/** Name of a question. */
export type QuestionName = keyof ForwarderQuestions;
/** What a question has to say. */
export type Ask<Q extends QuestionName> = ForwarderQuestions[Q]["ask"];
/** What is answered to a question. */
export type Answer<Q extends QuestionName> = ForwarderQuestions[Q]["answer"];

/** A question on its way; `id` is the asker's, and stands on the answer. */
export type Question = {
  [Q in QuestionName]: { type: "question"; id: number; name: Q; ask: Ask<Q> };
}[QuestionName];
/** What goes to the forwarder. */
export type ForwarderCommand = ForwarderOrder | Question;

/** What comes from the forwarder. */
export type ForwarderEvent =
  /** `isTableKept`: the records of a former daemon are there. */
  | { type: "ready"; isTableKept: boolean }
  | { type: "answer"; id: number; answer: unknown }
  /** The question could not be answered; the forwarder goes on. `failure` is an LbError's. */
  | { type: "refusal"; id: number; failure: unknown }
  /** Records that changed here and are worth sending: encoded, concatenated, in order of change. */
  | { type: "records"; records: Uint8Array; count: number }
  | { type: "replica"; answer: ReplicaAnswer }
  /** The forwarder cannot go on. `failure` is an LbError's, where it was one. */
  | { type: "failed"; message: string; failure?: unknown };

/** The node's table and traffic at one moment. */
export interface ForwarderCounts {
  /** Living connections, own and peers'. */
  connections: number;
  /** Records of both families. */
  capacity: number;
  /** Connections by owner: peers by name, this node by the empty name. What a former daemon held of its peers counts as this node's until they claim it. */
  owned: Map<string, number>;
  /** Packets by reason name, fast path and core together. */
  packets: Map<string, number>;
  /** Peers' records by what became of them (`APPLY_OUTCOMES`), since the daemon started. */
  merged: Map<string, number>;
}

/** A configured destination: its weight, its connections now, and all that it ever had since the daemon started or adopted it. */
export interface DestinationCounts {
  serviceId: number;
  destinationId: number;
  effectiveWeight: number;
  activeConnections: number;
  inactiveConnections: number;
  /** Connections made here. */
  connections: number;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** One connection, readable: addresses as text, ports as numbers, method and protocol as `METHOD_NUMBERS` and `PROTOCOL_NUMBERS`. */
export interface ConnectionRow {
  protocol: number;
  state: string;
  client: string;
  clientPort: number;
  virtual: string;
  virtualPort: number;
  destination: string;
  destinationPort: number;
  method: number;
  serviceId: number;
  destinationId: number;
  /** Seconds until it expires if no packet comes. */
  expiresInSeconds: number;
  /** Name of the owning peer; empty for this node. */
  owner: string;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** A running forwarder as the engine sees it. Two implementations: a worker thread, and in-process over the in-memory data plane. */
export interface ForwarderLink {
  send(command: ForwarderCommand): void;
  onEvent(handler: (event: ForwarderEvent) => void): void;
  /** Resolves when the forwarder is gone. */
  closed(): Promise<void>;
}
