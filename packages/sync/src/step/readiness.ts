/** Whether this node may serve: VRRP priority hangs on it, so it comes at once and goes late. */
import type { SyncState, Turn } from "./sync-state.ts";

/** Somebody's stream is live, and there is nobody whose stream is not, but for those who are lost or do not answer. */
export function isSynced(state: SyncState): boolean {
  const states = [...state.peers.values()].map((peer) => peer.follow);
  return states.includes("live") && states.every((s) => s === "live" || s === "alone");
}

/** There is nobody to be synced with: no peer answered in time, or NATS is out of reach. */
export function isAlone(state: SyncState, nowMs: number): boolean {
  const { noAnswerMs, outageMs } = state.limits;
  const patienceMs = state.isConnected ? noAnswerMs : outageMs;
  const isQuiet = [...state.peers.values()].every((peer) => peer.follow === "alone");
  return isQuiet && nowMs - state.connectionMs >= patienceMs;
}

/**
 * Ready as soon as synced or alone; not ready only after `graceMs` of neither. A peer that starts, or a gap, must not move the
 * VIP away from a node that has been serving.
 */
export function updateReadiness(turn: Turn): void {
  const { state, nowMs } = turn;
  if (isSynced(state) || isAlone(state, nowMs)) state.readyMs = nowMs;
  else if (!state.isReady || nowMs - state.readyMs <= state.limits.graceMs) return;
  const isReady = state.readyMs === nowMs;
  if (isReady === state.isReady) return;
  state.isReady = isReady;
  turn.effects.push({ type: "readiness", isReady });
}
