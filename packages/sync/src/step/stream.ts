/** A peer's stream in: frames in order to the table, early ones held, missing ones asked for. */
import { change } from "./change.ts";
import { greatestAgeMs } from "./clock-bounds.ts";
import type { Refusal } from "./counts.ts";
import type { Peer, StreamFrame } from "./peer.ts";
import { sendControl, tellTable } from "./send.ts";
import { placeOf } from "./sequence.ts";
import type { Applying, Turn } from "./sync-state.ts";

/** Take a stream frame of the epoch that we follow. */
export function receiveStream(turn: Turn, peer: Peer, frame: StreamFrame): Refusal | undefined {
  const { sequence } = frame.header;
  if (peer.follow === "joining" || peer.follow === "alone") return "not_following";
  if (placeOf(peer.next, sequence) === "duplicate") return "duplicate";
  peer.head = Math.max(peer.head, sequence);
  const refusal = hold(turn, peer, frame);
  if (!isHolding(peer)) drain(turn, peer);
  checkGap(turn, peer);
  return refusal;
}

/** While a snapshot is being loaded, the stream waits: a chunk must not undo a later delta. */
const isHolding = (peer: Peer): boolean => peer.join?.base !== undefined;

/** Hand all frames that are in order to the table. */
export function drain(turn: Turn, peer: Peer): void {
  for (let frame = peer.held.take(peer.next); frame !== undefined; frame = peer.held.take(peer.next)) {
    peer.next++;
    if (peer.repair) peer.repair.progressMs = turn.nowMs;
    if (frame.kind === "delta") applyDelta(turn, peer, frame);
    else compareDigest(turn, peer, frame.body.buckets);
  }
}

/** Compare where the stream stands with what is known to exist, and ask for what is missing. */
export function checkGap(turn: Turn, peer: Peer): void {
  if (isHolding(peer)) return;
  const isMissing = peer.next <= peer.head;
  if (peer.follow === "live" && isMissing) {
    turn.state.counts.happened.gaps++;
    change(turn, peer, "gap");
    askReplay(turn, peer);
  } else if (peer.follow === "repairing" && !isMissing) {
    change(turn, peer, "repaired");
  } else if (peer.follow === "repairing" && peer.next > (peer.repair?.askedLast ?? 0)) {
    askReplay(turn, peer);
  }
}

/** Ask for the first missing range, a burst at a time. */
export function askReplay(turn: Turn, peer: Peer): void {
  const first = peer.next;
  const end = peer.held.first() ?? peer.head + 1;
  const last = Math.min(end - 1, first + turn.state.limits.replayFrames - 1);
  const progressMs = peer.repair?.progressMs ?? turn.nowMs;
  peer.repair = { askedLast: last, askedMs: turn.nowMs, progressMs };
  turn.state.counts.happened.replaysRequested++;
  sendControl(turn, "replayRequest", { target: peer.epoch!, first, last }, { to: peer.name });
}

/** Give records to the table, and remember what they were until it confirms them. */
export function applyRecords(
  turn: Turn,
  peer: Peer,
  given: { records: Uint8Array; count: number; atUs: number; from: Applying["from"] },
): void {
  const { state } = turn;
  const { records, count, atUs, from } = given;
  const token = ++state.lastToken;
  const ageMs = greatestAgeMs(peer.clock, atUs / 1000, turn.nowMs);
  const delayMs = Math.ceil(Math.min(ageMs, turn.nowMs - peer.askedMs));
  state.applying.push({ token, peer, epoch: peer.epoch!, atUs, from });
  state.counts.happened.recordsReceived += count;
  tellTable(turn, { type: "apply", peer: peer.name, token, records, count, delayMs });
}

function applyDelta(turn: Turn, peer: Peer, frame: Extract<StreamFrame, { kind: "delta" }>): void {
  const { count, atUs, sequence } = frame.header;
  applyRecords(turn, peer, { records: frame.body.records, count, atUs, from: { type: "delta", sequence } });
}

/** The table answers in order, so this asks for exactly what it holds as of the digest's number. */
function compareDigest(turn: Turn, peer: Peer, theirs: Uint32Array): void {
  if (peer.follow !== "live" || peer.join !== undefined) return;
  const request = ++turn.state.lastQuestion;
  turn.state.questions.set(request, { type: "peerDigest", peer: peer.name, epoch: peer.epoch!, theirs });
  tellTable(turn, { type: "digestOf", request, peer: peer.name });
}

function hold(turn: Turn, peer: Peer, frame: StreamFrame): Refusal | undefined {
  const sizeBytes = frame.kind === "delta" ? frame.body.records.length : frame.body.buckets.byteLength;
  if (!peer.held.hold(frame.header.sequence, frame, sizeBytes)) return "duplicate";
  if (peer.held.sizeBytes() <= turn.state.limits.heldBytes) return undefined;
  giveUpHeld(turn, peer);
  return "overflow";
}

/** A snapshot or replay that takes too long is begun anew; a comparison is dropped, and the stream goes on by replay. */
function giveUpHeld(turn: Turn, peer: Peer): void {
  peer.held.clear();
  peer.join = undefined;
  change(turn, peer, peer.follow === "loading" ? "stalled" : "gone");
}

/** The peer cannot send again what is older than `oldest`. */
export function receiveReplayGone(turn: Turn, peer: Peer, oldest: number): undefined {
  if (peer.follow === "repairing" && peer.next < oldest) change(turn, peer, "gone");
}
