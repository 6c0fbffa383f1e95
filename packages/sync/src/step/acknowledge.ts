/** What the table has confirmed, and who waits for it: acknowledgements given and taken. */
import { likelyAgeMs } from "./clock-bounds.ts";
import type { Peer } from "./peer.ts";
import type { Applying, Flush, SyncState, Turn } from "./sync-state.ts";

/** The last number of a peer's stream whose records the table has confirmed; 0 before a snapshot is loaded. */
export function appliedOf(state: SyncState, peer: Peer): number {
  if (!peer.isPositioned) return 0;
  const first = state.applying.find(
    (a) => a.peer === peer && a.epoch === peer.epoch && a.from.type === "delta",
  );
  return first?.from.type === "delta" ? first.from.sequence - 1 : peer.next - 1;
}

/** Take out what the table has confirmed with `token`, in order, without what belongs to an epoch that is over. */
export function takeConfirmed(state: SyncState, token: number): Applying[] {
  const firstOpen = state.applying.findIndex((a) => a.token > token);
  const confirmed = state.applying.splice(0, firstOpen < 0 ? state.applying.length : firstOpen);
  return confirmed.filter((a) => a.epoch === a.peer.epoch);
}

/** Report how long a delta took from its owner's flush into our table; nothing before the clocks are known. */
export function reportLag(turn: Turn, applied: Applying): void {
  const lagMs = likelyAgeMs(applied.peer.clock, applied.atUs / 1000, turn.nowMs);
  if (lagMs !== undefined) turn.effects.push({ type: "lag", peer: applied.peer.name, lagMs });
}

/** Answer those who wait for followers: yes when every follower has said since that it applied the number, no at the deadline. */
export function settleFlushes(turn: Turn): void {
  const { state, nowMs, effects } = turn;
  for (const [id, flush] of state.flushes) {
    const isAcknowledged = haveFollowersApplied(state, flush);
    if (!isAcknowledged && nowMs < flush.deadlineMs) continue;
    state.flushes.delete(id);
    effects.push({ type: "flushed", id, isAcknowledged });
  }
}

/** False if nobody follows: then nobody has it. */
function haveFollowersApplied(state: SyncState, flush: Flush): boolean {
  const followers = [...state.peers.values()].filter(
    (p) => p.follow !== "alone" && p.acknowledged !== undefined,
  );
  const hasApplied = (p: Peer): boolean =>
    p.acknowledged! >= flush.sequence && p.lastHello!.receivedMs > flush.askedMs;
  return followers.length > 0 && followers.every(hasApplied);
}
