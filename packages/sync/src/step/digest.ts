/** Running streams compared: the owner's digest goes into its stream, followers repair the buckets that differ. */
import { startJoin } from "./join.ts";
import { flushBatch, sendStream, tellTable } from "./send.ts";
import type { Question, Turn } from "./sync-state.ts";

/** Ask the table for the digest of what we own. */
export function askOwnDigest(turn: Turn): void {
  const request = ++turn.state.lastQuestion;
  turn.state.digestMs = turn.nowMs;
  turn.state.questions.set(request, { type: "ownDigest" });
  tellTable(turn, { type: "digestOwned", request });
}

/** Our digest holds for what was offered before it: that goes first. */
export function sendDigest(turn: Turn, buckets: Uint32Array): void {
  flushBatch(turn);
  sendStream(turn, "digest", { buckets }, buckets.length);
}

/** What we hold of a peer against what it says: ask for the buckets that differ. */
export function repairDifferences(
  turn: Turn,
  asked: Extract<Question, { type: "peerDigest" }>,
  ours: Uint32Array,
): void {
  const peer = turn.state.peers.get(asked.peer);
  if (peer?.follow !== "live" || peer.epoch !== asked.epoch || peer.join !== undefined) return;
  turn.state.counts.happened.digestsCompared++;
  const differing = differingBuckets(ours, asked.theirs);
  peer.compared = { atMs: turn.nowMs, differing: differing.length };
  if (differing.length === 0) return;
  turn.state.counts.happened.bucketsRepaired += differing.length;
  startJoin(turn, peer, differing);
}

/** Numbers of the buckets in which two digests differ; none if they do not have the same shape. */
function differingBuckets(ours: Uint32Array, theirs: Uint32Array): number[] {
  if (ours.length !== theirs.length) return [];
  return [...ours.keys()].filter((bucket) => ours[bucket] !== theirs[bucket]);
}
