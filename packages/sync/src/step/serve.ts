/** Answers to what followers of our stream ask for: snapshots, at their pace, and replays. */
import { peerSubject } from "../transport/subjects.ts";
import type { Bodies } from "../wire/message.ts";
import type { Refusal } from "./counts.ts";
import type { Peer } from "./peer.ts";
import { publish, sendControl, tellTable, toMicroseconds } from "./send.ts";
import type { Chunk, Session, Turn } from "./sync-state.ts";

/** Start a snapshot for a peer; the same question again means that chunks were lost. */
export function serveSnapshot(turn: Turn, peer: Peer, asked: Bodies["snapshotRequest"]): Refusal | undefined {
  const { state } = turn;
  if (asked.target !== state.epoch) return "wrong_target";
  const known = state.sessions.get(peer.name);
  if (known?.challenge === asked.challenge) resend(turn, known);
  else startSession(turn, peer, asked);
  return undefined;
}

function startSession(turn: Turn, peer: Peer, asked: Bodies["snapshotRequest"]): void {
  const { state, nowMs } = turn;
  const session: Session = {
    asker: peer.name,
    challenge: asked.challenge,
    buckets: asked.buckets,
    bucketIndex: 0,
    cursor: null,
    isReading: false,
    isRead: false,
    base: undefined,
    chunks: new Map(),
    nextChunk: 0,
    allowed: allowedFrom(turn, 0, asked.window),
    lastCredit: 0,
    touchedMs: nowMs,
  };
  state.sessions.set(peer.name, session);
  state.counts.happened.snapshotsServed++;
  readMore(turn, session);
}

/** The receiver has chunks below `next`. The same credit again means that the next one was lost. */
export function serveCredit(turn: Turn, peer: Peer, credit: Bodies["credit"]): Refusal | undefined {
  const session = turn.state.sessions.get(peer.name);
  if (session?.challenge !== credit.challenge) return "unasked";
  session.touchedMs = turn.nowMs;
  for (const chunk of session.chunks.keys()) if (chunk < credit.next) session.chunks.delete(chunk);
  if (session.isRead && session.chunks.size === 0) turn.state.sessions.delete(peer.name);
  if (credit.next === session.lastCredit) resend(turn, session);
  session.lastCredit = credit.next;
  session.allowed = Math.max(session.allowed, allowedFrom(turn, credit.next, credit.window));
  readMore(turn, session);
  return undefined;
}

/** The table read a piece, after all that has a number up to `base`: what comes above it is applied to the snapshot. */
export function serveChunk(
  turn: Turn,
  session: Session,
  owned: { records: Uint8Array; count: number; next: number | null },
): void {
  if (turn.state.sessions.get(session.asker) !== session) return;
  session.isReading = false;
  session.base ??= turn.state.streamSequence;
  session.cursor = owned.next;
  if (owned.next === null) session.bucketIndex++;
  session.isRead = owned.next === null && session.bucketIndex >= session.buckets.length;
  if (owned.count > 0 || session.isRead) {
    const { records, count } = owned;
    const chunk = { records, count, isLast: session.isRead, atUs: toMicroseconds(turn.nowMs) };
    session.chunks.set(session.nextChunk, chunk);
    sendChunk(turn, session, session.nextChunk++, chunk);
  }
  readMore(turn, session);
}

/** Send frames of our stream again, as they were. */
export function serveReplay(turn: Turn, peer: Peer, asked: Bodies["replayRequest"]): Refusal | undefined {
  const { state } = turn;
  if (asked.target !== state.epoch) return "wrong_target";
  const oldest = state.replay.oldest();
  if (asked.first >= oldest) sendAgain(turn, peer, asked);
  else sendControl(turn, "replayGone", { oldest }, { to: peer.name });
  return undefined;
}

function sendAgain(turn: Turn, peer: Peer, asked: Bodies["replayRequest"]): void {
  const { state } = turn;
  const { replayFrames, replayBurstBytes } = state.limits;
  const last = Math.min(asked.last, asked.first + replayFrames - 1);
  for (const frame of state.replay.read(asked.first, last, replayBurstBytes)) {
    state.counts.happened.framesReplayed++;
    publish(turn, peerSubject(state.cluster, peer.name), frame);
  }
}

function readMore(turn: Turn, session: Session): void {
  const { state } = turn;
  if (session.isReading || session.isRead || session.nextChunk >= session.allowed) return;
  session.isReading = true;
  const request = ++state.lastQuestion;
  state.questions.set(request, { type: "chunk", session });
  const bucket = session.buckets[session.bucketIndex] ?? null;
  const { cursor } = session;
  tellTable(turn, { type: "readOwned", request, bucket, cursor, maxBytes: state.limits.chunkBytes });
}

function resend(turn: Turn, session: Session): void {
  session.touchedMs = turn.nowMs;
  for (const [number, chunk] of session.chunks) sendChunk(turn, session, number, chunk);
}

function sendChunk(turn: Turn, session: Session, number: number, chunk: Chunk): void {
  const { records, count, isLast, atUs } = chunk;
  const { challenge, base } = session;
  const { isTableKept } = turn.state;
  const body = { challenge, base: base!, chunk: number, isLast, isTableKept, records };
  sendControl(turn, "snapshotChunk", body, { to: session.asker, count, atUs });
}

/** A receiver cannot make us keep more than our own window. */
function allowedFrom(turn: Turn, next: number, window: number): number {
  return next + Math.min(window, turn.state.limits.window);
}
