/** Frames out: numbered, sealed, kept for replay, and published while connected. */
import type { ReplicaCall } from "@tandem/model";
import { peerSubject, streamSubject } from "../transport/subjects.ts";
import type { SyncKind } from "../wire/header.ts";
import type { Bodies } from "../wire/message.ts";
import { sealFrame } from "../wire/seal.ts";
import { takeBatch } from "./batch.ts";
import type { Turn } from "./sync-state.ts";

type StreamKind = "delta" | "digest";
type ControlKind = Exclude<SyncKind, StreamKind>;

/** Call the connection table. */
export function tellTable(turn: Turn, call: ReplicaCall): void {
  turn.effects.push({ type: "table", call });
}

/** Send what was offered so far as one delta. */
export function flushBatch(turn: Turn): void {
  if (turn.state.batch.count === 0) return;
  const { records, count } = takeBatch(turn.state.batch);
  turn.state.counts.happened.recordsSent += count;
  sendStream(turn, "delta", { records }, count);
}

/**
 * Number a frame of our stream. It is kept and numbered while disconnected too, though not published: followers see that the
 * stream went on and ask for what they missed.
 */
export function sendStream<K extends StreamKind>(turn: Turn, kind: K, body: Bodies[K], count: number): void {
  const { state } = turn;
  const sequence = ++state.streamSequence;
  const frame = sealFrame(state.seal, headerFor(turn, kind, { sequence, count }), body);
  state.replay.push(sequence, frame);
  publish(turn, streamSubject(state.cluster, state.node), frame);
}

/** What a control frame needs besides its body. */
export interface ControlOptions {
  /** The peer that it is for; everybody if absent. */
  readonly to?: string;
  readonly count?: number;
  /** When the content was true; now if absent. */
  readonly atUs?: number;
}

/** Send a control frame, unless disconnected: then it is lost, and its sender's timer sends another. */
export function sendControl<K extends ControlKind>(
  turn: Turn,
  kind: K,
  body: Bodies[K],
  options: ControlOptions = {},
): void {
  const { state } = turn;
  if (!state.isConnected) return;
  const { to, count = 0, atUs } = options;
  const header = headerFor(turn, kind, { sequence: ++state.controlSequence, count, atUs });
  const subject =
    to === undefined ? streamSubject(state.cluster, state.node) : peerSubject(state.cluster, to);
  publish(turn, subject, sealFrame(state.seal, header, body));
}

/** Hand a sealed frame to the transport, if it is connected. */
export function publish(turn: Turn, subject: string, frame: Uint8Array): void {
  if (!turn.state.isConnected) return;
  turn.state.counts.happened.framesSent++;
  turn.state.counts.happened.bytesSent += frame.length;
  turn.effects.push({ type: "publish", subject, frame });
}

/** A monotonic time in whole microseconds. */
export const toMicroseconds = (ms: number): number => Math.round(ms * 1000);

function headerFor<K extends SyncKind>(
  turn: Turn,
  kind: K,
  fields: { sequence: number; count: number; atUs?: number | undefined },
) {
  const { state } = turn;
  return {
    kind,
    keyId: state.seal.keyId,
    count: fields.count,
    revision: state.revision,
    sequence: fields.sequence,
    atUs: fields.atUs ?? toMicroseconds(turn.nowMs),
    epoch: state.epoch,
    node: state.node,
  };
}
