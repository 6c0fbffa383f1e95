/**
 * All of replication as one function: what happened in, what to do out. It changes only the state it is handed, knows no clock, no
 * dice and no transport, so a cluster of them runs in virtual time from one seed.
 */
import { reportLag, settleFlushes, takeConfirmed } from "./acknowledge.ts";
import { addToBatch, batchDueMs, hasRoom, MAX_OFFER_BYTES } from "./batch.ts";
import { tellLiveness } from "./change.ts";
import { repairDifferences, sendDigest } from "./digest.ts";
import { answerIfApplied, sendHello } from "./hello.ts";
import { confirmChunk, startJoin } from "./join.ts";
import { updateReadiness } from "./readiness.ts";
import { receive } from "./receive.ts";
import { flushBatch } from "./send.ts";
import { serveChunk } from "./serve.ts";
import type { Random, SyncEffect, SyncEvent, SyncState, Turn } from "./sync-state.ts";
import { runTimers } from "./timers.ts";

type Handlers = {
  readonly [T in SyncEvent["type"]]: (turn: Turn, event: Extract<SyncEvent, { type: T }>) => void;
};

const HANDLERS: Handlers = {
  offered(turn, { records, count }) {
    const { batch } = turn.state;
    if (records.length > MAX_OFFER_BYTES) throw new Error(`invariant: offer of ${records.length} bytes`);
    if (!hasRoom(batch, records.length, count)) flushBatch(turn);
    addToBatch(batch, records, count, turn.nowMs);
    if (turn.nowMs >= batchDueMs(batch)) flushBatch(turn);
  },
  received: (turn, { frame }) => receive(turn, frame),
  connected: (turn) => setConnected(turn, true),
  disconnected: (turn) => setConnected(turn, false),
  tick: runTimers,
  applied(turn, { token }) {
    for (const applied of takeConfirmed(turn.state, token)) {
      if (applied.from.type === "chunk") confirmChunk(turn, applied.peer, applied.from);
      else reportLag(turn, applied);
      answerIfApplied(turn, applied.peer);
    }
  },
  owned(turn, owned) {
    const question = takeQuestion(turn.state, owned.request);
    if (question?.type === "chunk") serveChunk(turn, question.session, owned);
  },
  digest(turn, { request, buckets }) {
    const question = takeQuestion(turn.state, request);
    if (question?.type === "ownDigest") sendDigest(turn, buckets);
    if (question?.type === "peerDigest") repairDifferences(turn, question, buckets);
  },
  flush(turn, { id, deadlineMs }) {
    flushBatch(turn);
    turn.state.flushes.set(id, { sequence: turn.state.streamSequence, askedMs: turn.nowMs, deadlineMs });
    sendHello(turn);
  },
  forget({ state }, { peer }) {
    if (state.peers.get(peer)?.follow === "alone") state.peers.delete(peer);
  },
  described(turn, { revision, presence }) {
    turn.state.revision = revision;
    turn.state.presence = presence;
  },
};

/** Take one event at `nowMs` of a monotonic clock. Never throws, but for an offer above `MAX_OFFER_BYTES`. */
export function step(state: SyncState, event: SyncEvent, nowMs: number, random: Random): SyncEffect[] {
  const turn: Turn = { state, nowMs, random, effects: [] };
  const handle = HANDLERS[event.type] as (turn: Turn, event: SyncEvent) => void;
  handle(turn, event);
  for (const peer of state.peers.values()) {
    if (peer.follow === "joining" && peer.join === undefined) startJoin(turn, peer);
  }
  settleFlushes(turn);
  updateReadiness(turn);
  return turn.effects;
}

function setConnected(turn: Turn, isConnected: boolean): void {
  if (turn.state.isConnected === isConnected) return;
  turn.state.isConnected = isConnected;
  turn.state.connectionMs = turn.nowMs;
  for (const peer of turn.state.peers.values()) tellLiveness(turn, peer);
  sendHello(turn); // it carries the head of the stream: followers ask for what they missed
}

function takeQuestion(state: SyncState, request: number) {
  const question = state.questions.get(request);
  state.questions.delete(request);
  return question;
}
