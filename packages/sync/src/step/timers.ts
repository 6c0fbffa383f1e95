/** What time brings: hellos, digests, requests sent again, and the end of patience. */
import { batchDueMs } from "./batch.ts";
import { change } from "./change.ts";
import { askOwnDigest } from "./digest.ts";
import type { FollowState } from "./follow.ts";
import { sendHello } from "./hello.ts";
import { askAgain } from "./join.ts";
import type { Peer } from "./peer.ts";
import { flushBatch } from "./send.ts";
import { askReplay, checkGap, drain } from "./stream.ts";
import type { SyncState, Turn } from "./sync-state.ts";

/** When the next `tick` is wanted, in ms of the local clock. */
export function tickDueMs(state: SyncState): number {
  return Math.min(state.tickMs + state.limits.tickMs, batchDueMs(state.batch));
}

/** Do all that is due. */
export function runTimers(turn: Turn): void {
  const { state, nowMs } = turn;
  if (nowMs >= batchDueMs(state.batch)) flushBatch(turn);
  if (nowMs < state.tickMs + state.limits.tickMs) return; // it came for the batch
  state.tickMs = nowMs;
  if (nowMs - state.helloMs >= state.limits.helloMs) sendHello(turn);
  if (nowMs - state.digestMs >= state.limits.digestMs) askOwnDigest(turn);
  for (const peer of state.peers.values()) {
    if (isLost(turn, peer)) change(turn, peer, "peerLost");
    else PATIENCE[peer.follow](turn, peer);
  }
  for (const session of state.sessions.values()) {
    if (nowMs - session.touchedMs > state.limits.sessionMs) state.sessions.delete(session.asker);
  }
}

/** Silence counts only while we could hear; without NATS everybody is lost after a while. */
function isLost({ state, nowMs }: Turn, peer: Peer): boolean {
  const { lostMs, outageMs } = state.limits;
  if (!state.isConnected) return nowMs - state.connectionMs >= outageMs;
  return nowMs - Math.max(peer.heardMs, state.connectionMs) >= lostMs;
}

/** What is done in each state when a request stays unanswered. */
const PATIENCE: Record<FollowState, (turn: Turn, peer: Peer) => void> = {
  alone: () => {},
  joining(turn, peer) {
    const { noAnswerMs, askAgainMs } = turn.state.limits;
    if (turn.nowMs - peer.sinceMs >= noAnswerMs) {
      peer.askAgainMs = turn.nowMs + askAgainMs;
      change(turn, peer, "noAnswer");
    } else askAgainInTime(turn, peer);
  },
  loading(turn, peer) {
    if (isStalled(turn, peer)) change(turn, peer, "stalled");
    else askAgainInTime(turn, peer);
  },
  live(turn, peer) {
    if (isStalled(turn, peer)) abandonJoin(turn, peer);
    else askAgainInTime(turn, peer);
  },
  repairing(turn, peer) {
    const { retryMs, stalledMs } = turn.state.limits;
    const { repair } = peer;
    if (repair === undefined) checkGap(turn, peer);
    else if (turn.nowMs - repair.progressMs >= stalledMs) change(turn, peer, "gone");
    else if (turn.nowMs - repair.askedMs >= retryMs) askReplay(turn, peer);
  },
};

function askAgainInTime(turn: Turn, peer: Peer): void {
  const { join } = peer;
  if (join && turn.nowMs - join.askedMs >= turn.state.limits.retryMs) askAgain(turn, peer, join);
}

function isStalled(turn: Turn, peer: Peer): boolean {
  return peer.join !== undefined && turn.nowMs - peer.join.progressMs >= turn.state.limits.stalledMs;
}

/** A comparison, or a suspicion, that led nowhere: the stream goes on as it was. */
function abandonJoin(turn: Turn, peer: Peer): void {
  peer.join = undefined;
  drain(turn, peer);
  checkGap(turn, peer);
}
