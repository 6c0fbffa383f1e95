/** A snapshot in: asked for with a challenge, taken chunk by chunk, and the stream that went on meanwhile after it. */
import { CHALLENGE_BYTES } from "../wire/codec.ts";
import type { Frame } from "../wire/seal.ts";
import { change } from "./change.ts";
import type { Refusal } from "./counts.ts";
import { type Join, learnEpoch, type Peer } from "./peer.ts";
import { sendControl, tellTable } from "./send.ts";
import { applyRecords, checkGap, drain } from "./stream.ts";
import type { Turn } from "./sync-state.ts";

type ChunkFrame = Extract<Frame, { kind: "snapshotChunk" }>;

/** Ask for a snapshot of `buckets` (none named: of all). The answer to an earlier question is not believed any more. */
export function startJoin(turn: Turn, peer: Peer, buckets: readonly number[] = []): void {
  const { nowMs } = turn;
  const challenge = turn.random(CHALLENGE_BYTES).toHex();
  peer.join = {
    challenge,
    buckets,
    startedMs: nowMs,
    askedMs: nowMs,
    progressMs: nowMs,
    next: 0,
    applied: 0,
    base: undefined,
    unmentioned: "forget",
  };
  turn.state.counts.happened.snapshotsRequested++;
  ask(turn, peer, peer.join);
}

/** Ask again for what did not come: the whole snapshot, or the chunks after those that are applied. */
export function askAgain(turn: Turn, peer: Peer, join: Join): void {
  join.askedMs = turn.nowMs;
  if (join.base === undefined) ask(turn, peer, join);
  else sendCredit(turn, peer, join);
}

function ask(turn: Turn, peer: Peer, join: Join): void {
  const target = peer.candidate?.epoch ?? peer.epoch;
  if (target === undefined) return;
  const { challenge, buckets } = join;
  const { window } = turn.state.limits;
  sendControl(turn, "snapshotRequest", { challenge, target, window, buckets }, { to: peer.name });
}

function sendCredit(turn: Turn, peer: Peer, join: Join): void {
  const { challenge, applied: next } = join;
  sendControl(turn, "credit", { challenge, next, window: turn.state.limits.window }, { to: peer.name });
}

/** Take a chunk, if it is the next one of the snapshot that we asked for. */
export function receiveChunk(turn: Turn, peer: Peer, frame: ChunkFrame): Refusal | undefined {
  const { header, body } = frame;
  const { join } = peer;
  if (join === undefined || body.challenge !== join.challenge || body.chunk !== join.next) return "unasked";
  if (body.chunk === 0 && !begin(turn, peer, join, frame)) return "too_late";
  join.next++;
  join.progressMs = turn.nowMs;
  const { challenge, chunk, isLast, records } = body;
  const from = { type: "chunk", challenge, chunk, isLast } as const;
  applyRecords(turn, peer, { records, count: header.count, atUs: header.atUs, from });
  return undefined;
}

/** The first chunk proves that its epoch is alive. False if there is nothing to load, or it is too late for it. */
function begin(turn: Turn, peer: Peer, join: Join, { header, body }: ChunkFrame): boolean {
  const isFollowed = peer.follow === "live" || peer.follow === "repairing";
  if (isFollowed && peer.epoch === header.epoch) {
    const isRepair = join.buckets.length > 0 && peer.follow === "live";
    if (isRepair && peer.next <= body.base + 1) return beginReload(turn, peer, join, body.base);
    peer.join = undefined; // or the peer did not restart after all
    return false;
  }
  learnEpoch(peer, header, join.startedMs);
  join.unmentioned = body.isTableKept || peer.loadedEpoch === peer.epoch ? "forget" : "adopt";
  change(turn, peer, "snapshotStart");
  peer.held.dropThrough(body.base);
  peer.next = body.base + 1;
  peer.head = Math.max(peer.head, body.base);
  return beginReload(turn, peer, join, body.base);
}

function beginReload(turn: Turn, peer: Peer, join: Join, base: number): true {
  join.base = base;
  tellTable(turn, { type: "beginReload", peer: peer.name, buckets: join.buckets });
  return true;
}

/** The table confirmed a chunk: go on with the next, or let the stream in after the last. */
export function confirmChunk(
  turn: Turn,
  peer: Peer,
  confirmed: { challenge: string; chunk: number; isLast: boolean },
): void {
  const { join } = peer;
  if (join?.challenge !== confirmed.challenge) return;
  join.applied = confirmed.chunk + 1;
  join.progressMs = turn.nowMs;
  join.askedMs = turn.nowMs;
  sendCredit(turn, peer, join);
  if (confirmed.isLast) finish(turn, peer, join);
}

function finish(turn: Turn, peer: Peer, join: Join): void {
  drain(turn, peer); // before the end of the reload: what the stream mentions is not gone
  const { unmentioned } = join;
  tellTable(turn, { type: "endReload", peer: peer.name, unmentioned, handicapMs: handicapMs(turn) });
  peer.join = undefined;
  peer.loadedEpoch = peer.epoch;
  change(turn, peer, "snapshotEnd");
  checkGap(turn, peer);
}

/** More than clocks can be wrong by, and another for every node: the lowest name keeps what several adopt. */
function handicapMs({ state }: Turn): number {
  const lower = [...state.peers.keys()].filter((name) => name < state.node);
  return lower.length * 1000;
}
