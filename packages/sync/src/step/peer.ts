/** What a node knows of one peer. Changed by the step function's parts only. */
import { Channel, channelOf, type FrameHeader } from "../wire/header.ts";
import type { Frame } from "../wire/seal.ts";
import { type ClockBounds, createClockBounds } from "./clock-bounds.ts";
import type { Refusal } from "./counts.ts";
import type { FollowState } from "./follow.ts";
import { createHeldFrames, type HeldFrames } from "./sequence.ts";

/** A frame of a peer's stream. */
export type StreamFrame = Extract<Frame, { kind: "delta" | "digest" }>;

/** A snapshot that we asked for: all of the peer's records, or the buckets in which digests differed. */
export interface Join {
  /** 32 random hexadecimal digits: only an answer to it is believed. */
  readonly challenge: string;
  /** Empty: all. */
  readonly buckets: readonly number[];
  readonly startedMs: number;
  /** Last request or credit. */
  askedMs: number;
  /** Last chunk received or applied. */
  progressMs: number;
  /** Number of the next chunk to receive, and of the next to be applied. */
  next: number;
  applied: number;
  /** Set by the first chunk: from then on stream frames are held. */
  base: number | undefined;
  unmentioned: "forget" | "adopt";
}

/** Missing stream frames that we asked for. */
export interface Repair {
  askedLast: number;
  askedMs: number;
  progressMs: number;
}

/** One peer. */
export interface Peer {
  readonly name: string;
  follow: FollowState;
  /** When `follow` last changed. */
  sinceMs: number;
  heardMs: number;
  /** The epoch that answered our challenge; its control numbers only rise. */
  epoch: string | undefined;
  control: number;
  /** An epoch that is authentic but may be a recording: good for a hint, never followed. */
  candidate: { readonly epoch: string; readonly control: number } | undefined;
  /** Epochs that were followed before, the latest last. */
  retired: string[];
  /** When we asked what `epoch` answered: nothing that it sends can be older. */
  askedMs: number;
  /** The epoch whose snapshot was loaded to the end. */
  loadedEpoch: string | undefined;
  /** `next` is where the stream goes on, also after a silence. */
  isPositioned: boolean;
  next: number;
  /** The highest stream number that is known to exist. */
  head: number;
  readonly held: HeldFrames<StreamFrame>;
  join: Join | undefined;
  repair: Repair | undefined;
  askAgainMs: number;
  /** What the table was told last by `setPeerLive`. */
  isThawed: boolean;
  revision: number;
  presence: Uint8Array;
  /** The last number of our stream that it applied; undefined while our stream is not live there. */
  acknowledged: number | undefined;
  /** It wants a hello as soon as this number is applied. */
  ackWanted: number | undefined;
  /** When what we hold of it was last compared with its digest, and in how many buckets they differed; undefined before. */
  compared: { readonly atMs: number; readonly differing: number } | undefined;
  readonly clock: ClockBounds;
  lastHello: { readonly atUs: number; readonly receivedMs: number } | undefined;
}

/** A peer of which nothing is known but its name. */
export function createPeer(name: string, nowMs: number): Peer {
  return {
    name,
    follow: "alone",
    sinceMs: nowMs,
    heardMs: nowMs,
    epoch: undefined,
    control: 0,
    candidate: undefined,
    retired: [],
    askedMs: nowMs,
    loadedEpoch: undefined,
    isPositioned: false,
    next: 0,
    head: 0,
    held: createHeldFrames(),
    join: undefined,
    repair: undefined,
    askAgainMs: 0,
    isThawed: false,
    revision: 0,
    presence: new Uint8Array(0),
    acknowledged: undefined,
    ackWanted: undefined,
    compared: undefined,
    clock: createClockBounds(),
    lastHello: undefined,
  };
}

/** How far a sender's epoch is to be trusted: it answered our challenge, or it is merely authentic. */
export type Standing = "proven" | "candidate";

/** Judge a header before its frame is opened: the standing that the frame will have if it is authentic, or why it is refused. */
export function standingOf(peer: Peer | undefined, h: FrameHeader): Standing | Refusal {
  const isStream = channelOf(h.kind) === Channel.stream;
  if (peer?.retired.includes(h.epoch)) return "retired_epoch";
  if (peer === undefined || h.epoch !== peer.epoch) {
    if (isStream) return "foreign_epoch";
    const { candidate } = peer ?? {};
    return candidate?.epoch === h.epoch && h.sequence <= candidate.control ? "replayed" : "candidate";
  }
  if (!isStream) return h.sequence <= peer.control ? "replayed" : "proven";
  return peer.isPositioned && h.sequence < peer.next ? "duplicate" : "proven";
}

/** Remember the control number of an authentic control frame. A life that was not heard of before is asked at once. */
export function noteControl(peer: Peer, h: FrameHeader): void {
  if (h.epoch === peer.epoch) {
    peer.control = h.sequence;
    return;
  }
  if (h.epoch !== peer.candidate?.epoch) {
    peer.askAgainMs = 0;
    if (peer.follow === "joining") peer.join = undefined;
  }
  peer.candidate = { epoch: h.epoch, control: h.sequence };
}

const RETIRED_EPOCHS = 8;

/** Follow the epoch of a frame that answered our challenge. All that was known of another epoch's stream is forgotten. */
export function learnEpoch(peer: Peer, h: FrameHeader, askedMs: number): void {
  if (peer.epoch === h.epoch) return;
  if (peer.epoch !== undefined) peer.retired = [...peer.retired, peer.epoch].slice(-RETIRED_EPOCHS);
  peer.epoch = h.epoch;
  peer.compared = undefined;
  peer.askedMs = askedMs;
  peer.control = h.sequence;
  peer.candidate = undefined;
  peer.isPositioned = false;
  peer.next = 0;
  peer.head = 0;
  peer.held.clear();
  peer.repair = undefined;
  peer.acknowledged = undefined;
  peer.ackWanted = undefined;
  peer.lastHello = undefined;
  Object.assign(peer.clock, createClockBounds());
}
