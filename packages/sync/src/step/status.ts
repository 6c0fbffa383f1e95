/** What operators are shown of replication. */
import { appliedOf } from "./acknowledge.ts";
import type { Counts } from "./counts.ts";
import type { FollowState } from "./follow.ts";
import { hasNamesake } from "./namesake.ts";
import { isAlone, isSynced } from "./readiness.ts";
import { strangerIn } from "./stranger.ts";
import type { SyncState } from "./sync-state.ts";

/** One peer, and how we and it follow each other. */
export interface PeerStatus {
  readonly node: string;
  readonly state: FollowState;
  readonly sinceMs: number;
  readonly epoch: string | undefined;
  /** Last number of its stream that our table holds, and that is known to exist. */
  readonly applied: number;
  readonly head: number;
  /** Last number of our stream that its table holds; undefined while our stream is not live there. */
  readonly acknowledged: number | undefined;
  /** Time since what we hold of it was last compared with its digest, and buckets that differed then; undefined before. */
  readonly compared: { readonly msAgo: number; readonly differing: number } | undefined;
  readonly revision: number;
  readonly presence: Uint8Array;
  /** How well its clock is known, and so how exact `lag` is: twice the greatest error, in ms; Infinity before an echo. */
  readonly clockWidthMs: number;
}

/** A node and its peers. */
export interface ReplicationStatus {
  readonly epoch: string;
  readonly isConnected: boolean;
  /** Synced or alone, or so a moment ago: this is what VRRP goes by. */
  readonly isReady: boolean;
  readonly isSynced: boolean;
  readonly isAlone: boolean;
  /** Another node uses our name, too. */
  readonly hasNamesake: boolean;
  /** The name that somebody claims who uses another cluster key; undefined: nobody does. */
  readonly stranger: string | undefined;
  /** Last number of our own stream. */
  readonly sequence: number;
  readonly peers: readonly PeerStatus[];
  readonly counts: Counts;
}

/** What operators are shown. `nowMs` is the clock that the state runs on. */
export function statusOf(state: SyncState, nowMs: number): ReplicationStatus {
  return {
    epoch: state.epoch,
    isConnected: state.isConnected,
    isReady: state.isReady,
    isSynced: isSynced(state),
    isAlone: isAlone(state, nowMs),
    hasNamesake: hasNamesake(state, nowMs),
    stranger: strangerIn(state, nowMs),
    sequence: state.streamSequence,
    peers: [...state.peers.values()].map((peer) => ({
      node: peer.name,
      state: peer.follow,
      sinceMs: nowMs - peer.sinceMs,
      epoch: peer.epoch,
      applied: appliedOf(state, peer),
      head: peer.head,
      acknowledged: peer.acknowledged,
      compared: peer.compared && {
        msAgo: nowMs - peer.compared.atMs,
        differing: peer.compared.differing,
      },
      revision: peer.revision,
      presence: peer.presence,
      clockWidthMs: peer.clock.highMs - peer.clock.lowMs,
    })),
    counts: state.counts,
  };
}
