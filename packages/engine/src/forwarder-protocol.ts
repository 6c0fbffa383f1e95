/**
 * What the engine (main thread) and the forwarder (worker thread) say to each other. Commands are carried out in the order
 * sent, answers come in the same order, so "everything before this" needs no other fence.
 */
import type { Document } from "@tandem/model";

/** Effective weights by destination id; a destination that is not named has its configured weight. */
export type EffectiveWeights = ReadonlyMap<number, number>;

/** Orders that need no answer. */
export type ForwarderOrder =
  /** Concatenated encoded records (`model/connection.ts`) that a peer owns. `peer` is a slot, 1..254. */
  | { type: "apply"; peer: number; records: Uint8Array; count: number }
  | { type: "beginReload"; peer: number }
  | { type: "endReload"; peer: number }
  /** While false, records of this peer do not expire. */
  | { type: "peerLive"; peer: number; live: boolean }
  | { type: "weights"; weights: EffectiveWeights }
  | { type: "stop" };

/** Questions, and the answer of each. */
export interface ForwarderQuestions {
  program: { ask: { document: Document; weights: EffectiveWeights }; answer: { changes: number } };
  ping: { ask: object; answer: object };
  /** Records that this node owns from `cursor` on, at most `maxBytes`; `next` is null after the last. `bucket` narrows to one digest bucket. */
  readOwned: {
    ask: { cursor: number; maxBytes: number; bucket?: number };
    answer: { records: Uint8Array; count: number; next: number | null };
  };
  /** Digest over the records of an owner: a peer's slot, or 0 for this node. */
  digest: { ask: { owner: number }; answer: { buckets: Uint32Array } };
  counts: { ask: object; answer: ForwarderCounts };
  list: { ask: { cursor: number; limit: number }; answer: { rows: ConnectionRow[]; next: number | null } };
}

export type QuestionName = keyof ForwarderQuestions;
export type Ask<Q extends QuestionName> = ForwarderQuestions[Q]["ask"];
export type Answer<Q extends QuestionName> = ForwarderQuestions[Q]["answer"];

export type ForwarderCommand =
  | ForwarderOrder
  | { [Q in QuestionName]: { type: "question"; id: number; name: Q; ask: Ask<Q> } }[QuestionName];

export type ForwarderEvent =
  | { type: "ready"; adopted: number; repaired: number }
  | { type: "answer"; id: number; answer: unknown }
  | { type: "refusal"; id: number; message: string }
  /** Records that changed here and are worth sending: encoded, concatenated, in order of change. */
  | { type: "records"; records: Uint8Array; count: number }
  /** The forwarder cannot go on: the message is for the operator. `failure` is an LbError's, where it was one. */
  | { type: "failed"; message: string; failure?: unknown };

export interface ForwarderCounts {
  connections: number;
  capacity: number;
  /** Connections by owner slot; 0 is this node. */
  owned: Map<number, number>;
  /** Packets by reason name, fast path and core together. */
  packets: Map<string, number>;
  destinations: DestinationCounts[];
}

export interface DestinationCounts {
  serviceId: number;
  destinationId: number;
  effectiveWeight: number;
  activeConnections: number;
  inactiveConnections: number;
  connections: number;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

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
  owner: number;
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
