/** How a node follows one peer's stream, whatever its VRRP role. */

/** How a peer is followed: not at all, asked, being loaded, up to date, or with a gap. */
export type FollowState = "alone" | "joining" | "loading" | "live" | "repairing";

/** What moves the state. */
export type FollowEvent =
  /** A frame of the peer was heard, and nothing of its stream is known. */
  | "peerSeen"
  /** The peer whose stream was live is back, in the same epoch. */
  | "peerResumed"
  /** Nothing heard for `lostMs`, or NATS out of reach for `outageMs`. */
  | "peerLost"
  /** No snapshot came within `noAnswerMs`. */
  | "noAnswer"
  /** The first chunk that answers our challenge. */
  | "snapshotStart"
  | "snapshotEnd"
  /** A snapshot stopped half-way, or more deltas came meanwhile than could be kept. */
  | "stalled"
  /** Stream numbers are missing. */
  | "gap"
  | "repaired"
  /** The missing numbers cannot be had any more. */
  | "gone";

/** An empty cell means: stay. `snapshotStart` in a live state is the answer of a peer that restarted. */
const FOLLOW: Record<FollowState, Partial<Record<FollowEvent, FollowState>>> = {
  alone: { peerSeen: "joining", peerResumed: "repairing" },
  joining: { snapshotStart: "loading", noAnswer: "alone", peerLost: "alone" },
  loading: { snapshotEnd: "live", stalled: "joining", peerLost: "alone" },
  live: { gap: "repairing", snapshotStart: "loading", peerLost: "alone" },
  repairing: { repaired: "live", gone: "joining", snapshotStart: "loading", peerLost: "alone" },
};

/** The state after `event`. Never throws. */
export function follow(state: FollowState, event: FollowEvent): FollowState {
  return FOLLOW[state][event] ?? state;
}
