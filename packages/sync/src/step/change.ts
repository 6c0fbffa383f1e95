/** Moving a peer's follow state, with what every such move entails. */
import type { FollowEvent } from "./follow.ts";
import { follow } from "./follow.ts";
import type { Peer } from "./peer.ts";
import { tellTable } from "./send.ts";
import type { Turn } from "./sync-state.ts";

/** Step the follow state. Nothing happens where the table has an empty cell. */
export function change(turn: Turn, peer: Peer, event: FollowEvent): void {
  const from = peer.follow;
  const to = follow(from, event);
  if (to === from) return;
  peer.follow = to;
  peer.sinceMs = turn.nowMs;
  if (to !== "repairing") peer.repair = undefined;
  if (to === "alone" || to === "joining") peer.join = undefined;
  if (to === "joining" || to === "loading") peer.isPositioned = false;
  if (event === "snapshotEnd") peer.isPositioned = true;
  turn.effects.push({ type: "followed", peer: peer.name, from, to, event });
  tellLiveness(turn, peer);
}

/** Tell the table whether timers of the peer's records may run: only while its stream reaches us. */
export function tellLiveness(turn: Turn, peer: Peer): void {
  const live = peer.follow === "live" && turn.state.isConnected;
  if (live === peer.isThawed) return;
  peer.isThawed = live;
  tellTable(turn, { type: "setPeerLive", peer: peer.name, live });
}
