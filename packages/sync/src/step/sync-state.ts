/** The state that the step function moves, and the events and effects at its border. */
import type { ReplicaAnswer, ReplicaCall } from "@tandem/model";
import type { Seal } from "../wire/seal.ts";
import { type Batch, createBatch } from "./batch.ts";
import { type Counts, createCounts } from "./counts.ts";
import type { FollowEvent, FollowState } from "./follow.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Namesake } from "./namesake.ts";
import type { Peer } from "./peer.ts";
import { createReplayRing, type ReplayRing } from "./replay.ts";
import type { Stranger } from "./stranger.ts";

/** What can happen. */
export type SyncEvent =
  /** Encoded records of connections that this node owns: changed, ended, refreshed or taken over. The bytes must not change afterwards. */
  | { type: "offered"; records: Uint8Array; count: number }
  | { type: "received"; frame: Uint8Array }
  | { type: "connected" }
  | { type: "disconnected" }
  | { type: "tick" }
  | ReplicaAnswer
  /** Ask for `flushed` when followers have applied all that was offered up to now, or at `deadlineMs`. */
  | { type: "flush"; id: number; deadlineMs: number }
  /** A peer is gone for good. One that is heard is kept. */
  | { type: "forget"; peer: string }
  /** What this node says of itself. */
  | { type: "described"; revision: number; presence: Uint8Array };

/** What there is to do. */
export type SyncEffect =
  | { type: "publish"; subject: string; frame: Uint8Array }
  | { type: "table"; call: ReplicaCall }
  | { type: "followed"; peer: string; from: FollowState; to: FollowState; event: FollowEvent }
  /** Records of `peer` were applied this long after it flushed them, by our clock mapped to its (clock-bounds.ts). */
  | { type: "lag"; peer: string; lagMs: number }
  | { type: "flushed"; id: number; isAcknowledged: boolean }
  | { type: "readiness"; isReady: boolean };

/** `random(n)` gives n unpredictable bytes. */
export type Random = (sizeBytes: number) => Uint8Array;

/** What a node starts with. */
export interface SyncOptions {
  readonly cluster: string;
  readonly node: string;
  /** 32 random hexadecimal digits, new at each start: it keys every frame that we send. */
  readonly epoch: string;
  readonly seal: Seal;
  /** The table outlived the last restart, so what we do not mention in a snapshot is gone and not merely forgotten. */
  readonly isTableKept: boolean;
  readonly limits?: Partial<Limits>;
}

/** A snapshot that we are sending to a peer. */
export interface Session {
  readonly asker: string;
  readonly challenge: string;
  readonly buckets: readonly number[];
  /** Position of the reading: index into `buckets`, and the table's cursor. */
  bucketIndex: number;
  cursor: number | null;
  isReading: boolean;
  isRead: boolean;
  base: number | undefined;
  /** Chunks that were sent and not acknowledged. */
  readonly chunks: Map<number, Chunk>;
  nextChunk: number;
  /** Chunks below this number may be sent. */
  allowed: number;
  lastCredit: number;
  touchedMs: number;
}

/** A piece of a snapshot. */
export interface Chunk {
  readonly records: Uint8Array;
  readonly count: number;
  readonly isLast: boolean;
  readonly atUs: number;
}

/** A question to the table that is not answered yet. */
export type Question =
  | { readonly type: "chunk"; readonly session: Session }
  | { readonly type: "ownDigest" }
  | {
      readonly type: "peerDigest";
      readonly peer: string;
      readonly epoch: string;
      readonly theirs: Uint32Array;
    };

/** Records that the table was given and has not confirmed. */
export interface Applying {
  readonly token: number;
  readonly peer: Peer;
  readonly epoch: string;
  /** When they were true, in the owner's clock. */
  readonly atUs: number;
  readonly from:
    | { readonly type: "delta"; readonly sequence: number }
    | {
        readonly type: "chunk";
        readonly challenge: string;
        readonly chunk: number;
        readonly isLast: boolean;
      };
}

/** Somebody waits until followers have applied our stream up to `sequence`. */
export interface Flush {
  readonly sequence: number;
  readonly askedMs: number;
  readonly deadlineMs: number;
}

/** Everything that replication knows. Changed by the step function's parts only. */
export interface SyncState {
  readonly cluster: string;
  readonly node: string;
  readonly epoch: string;
  readonly seal: Seal;
  readonly isTableKept: boolean;
  readonly limits: Limits;
  readonly counts: Counts;
  readonly peers: Map<string, Peer>;
  readonly sessions: Map<string, Session>;
  readonly questions: Map<number, Question>;
  readonly applying: Applying[];
  readonly flushes: Map<number, Flush>;
  readonly batch: Batch;
  readonly replay: ReplayRing;
  /** Last number used in each number space. */
  streamSequence: number;
  controlSequence: number;
  lastQuestion: number;
  lastToken: number;
  isConnected: boolean;
  /** When `isConnected` last changed, or the start. */
  connectionMs: number;
  helloMs: number;
  digestMs: number;
  tickMs: number;
  revision: number;
  presence: Uint8Array;
  isReady: boolean;
  /** When it last was synced or alone. */
  readyMs: number;
  namesake: Namesake | undefined;
  stranger: Stranger | undefined;
}

/** A node at its start: nobody known, not connected. */
export function createSyncState(options: SyncOptions, nowMs: number): SyncState {
  const { limits: changed, ...fixed } = options;
  const limits = { ...LIMITS, ...changed };
  return {
    ...fixed,
    limits,
    counts: createCounts(),
    peers: new Map(),
    sessions: new Map(),
    questions: new Map(),
    applying: [],
    flushes: new Map(),
    batch: createBatch(),
    replay: createReplayRing(limits.replayBytes),
    streamSequence: 0,
    controlSequence: 0,
    lastQuestion: 0,
    lastToken: 0,
    isConnected: false,
    connectionMs: nowMs,
    helloMs: nowMs - limits.helloMs,
    digestMs: nowMs,
    tickMs: nowMs,
    revision: 0,
    presence: new Uint8Array(0),
    isReady: false,
    readyMs: nowMs,
    namesake: undefined,
    stranger: undefined,
  };
}

/** One run of the step function: what its parts are handed. They change `state` and append to `effects`. */
export interface Turn {
  readonly state: SyncState;
  readonly nowMs: number;
  readonly random: Random;
  readonly effects: SyncEffect[];
}
