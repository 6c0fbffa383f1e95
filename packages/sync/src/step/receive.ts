/** The way in: a frame is refused and counted, or authenticated and handed to the part that its kind belongs to. */
import { Channel, channelOf, decodeHeader, isCallKind, type SyncKind } from "../wire/header.ts";
import { type Frame as AnyFrame, openFrame } from "../wire/seal.ts";
import { change } from "./change.ts";
import type { Refusal } from "./counts.ts";
import { receiveHello } from "./hello.ts";
import { receiveChunk, startJoin } from "./join.ts";
import { hearNamesake } from "./namesake.ts";
import { createPeer, noteControl, type Peer, type Standing, standingOf } from "./peer.ts";
import { serveCredit, serveReplay, serveSnapshot } from "./serve.ts";
import { hearStranger } from "./stranger.ts";
import { receiveReplayGone, receiveStream } from "./stream.ts";
import type { SyncState, Turn } from "./sync-state.ts";

type Frame = Extract<AnyFrame, { kind: SyncKind }>;

/** What a kind of frame does: nothing but a reason for refusing it, or its effect. */
type Receive = {
  readonly [K in SyncKind]: (
    turn: Turn,
    peer: Peer,
    frame: Extract<Frame, { kind: K }>,
    standing: Standing,
  ) => Refusal | undefined;
};

const RECEIVE: Receive = {
  delta: receiveStream,
  digest: receiveStream,
  hello: (turn, peer, frame, standing) => receiveHello(turn, peer, standing, frame),
  snapshotRequest: (turn, peer, frame) => serveSnapshot(turn, peer, frame.body),
  snapshotChunk: receiveChunk,
  credit: (turn, peer, frame) => serveCredit(turn, peer, frame.body),
  replayRequest: (turn, peer, frame) => serveReplay(turn, peer, frame.body),
  replayGone: (turn, peer, frame, standing) =>
    standing === "proven" ? receiveReplayGone(turn, peer, frame.body.oldest) : "foreign_epoch",
};

/** Take one frame from the transport. Whatever its bytes are, nothing is thrown. */
export function receive(turn: Turn, bytes: Uint8Array): void {
  const { happened, refused } = turn.state.counts;
  happened.framesReceived++;
  happened.bytesReceived += bytes.length;
  const refusal = judge(turn, bytes);
  if (refusal) refused[refusal]++;
}

/** Cheap tests first, authentication next; only then is anything changed. */
function judge(turn: Turn, bytes: Uint8Array): Refusal | undefined {
  const { state } = turn;
  const header = decodeHeader(bytes);
  if (typeof header === "string") return header;
  if (isCallKind(header.kind)) return "malformed"; // calls have a subject of their own
  if (header.node === state.node && header.epoch === state.epoch) return undefined; // our own voice
  if (!state.seal.hasKey(header.keyId)) return "unknown_key";
  const standing = standingOf(state.peers.get(header.node), header);
  if (standing !== "proven" && standing !== "candidate") return standing;
  const frame = openFrame(state.seal, header, bytes);
  if (frame === "forged") hearStranger(state, header.node, turn.nowMs);
  if (typeof frame === "string") return frame;
  if (header.node === state.node) {
    hearNamesake(state, turn.nowMs);
    return "own_name";
  }
  const peer = state.peers.get(header.node) ?? addPeer(turn, header.node);
  return peer === undefined ? "too_many_peers" : accept(turn, peer, frame as Frame, standing);
}

function accept(turn: Turn, peer: Peer, frame: Frame, standing: Standing): Refusal | undefined {
  if (channelOf(frame.kind) === Channel.control) noteControl(peer, frame.header);
  if (standing === "proven") noteProven(turn, peer);
  else noteCandidate(turn, peer);
  const receiveKind = RECEIVE[frame.kind] as (
    turn: Turn,
    peer: Peer,
    frame: Frame,
    standing: Standing,
  ) => Refusal | undefined;
  return receiveKind(turn, peer, frame, standing);
}

/** A peer that we follow, or did, lives. */
function noteProven(turn: Turn, peer: Peer): void {
  peer.heardMs = turn.nowMs;
  peer.candidate = undefined; // there is no other life
  if (peer.follow === "alone" && peer.isPositioned) change(turn, peer, "peerResumed");
  else noteSeen(turn, peer);
}

/** Somebody speaks for the peer who did not prove that it is alive: ask, which also tells it of us. A recording keeps nobody alive whom we follow. */
function noteCandidate(turn: Turn, peer: Peer): void {
  if (peer.follow === "alone" || peer.follow === "joining") peer.heardMs = turn.nowMs;
  noteSeen(turn, peer);
  const isFollowed = peer.follow === "live" || peer.follow === "repairing";
  if (isFollowed && peer.join === undefined) startJoin(turn, peer);
}

function noteSeen(turn: Turn, peer: Peer): void {
  if (peer.follow === "alone" && turn.nowMs >= peer.askAgainMs) change(turn, peer, "peerSeen");
}

/** Undefined if there are too many; a peer that never answered makes room. */
function addPeer(turn: Turn, name: string): Peer | undefined {
  const { state, nowMs } = turn;
  if (state.peers.size >= state.limits.maxPeers && !forgetUnproven(state)) return undefined;
  const peer = createPeer(name, nowMs);
  state.peers.set(name, peer);
  return peer;
}

function forgetUnproven(state: SyncState): boolean {
  const unproven = [...state.peers.values()].find((p) => p.follow === "alone" && p.epoch === undefined);
  return unproven !== undefined && state.peers.delete(unproven.name);
}
