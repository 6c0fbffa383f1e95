/** Frames of calls out. */
import { callSubject } from "../transport/subjects.ts";
import { type CallBodies, type EndReason, NO_CHALLENGE } from "../wire/call-message.ts";
import type { CallKind } from "../wire/header.ts";
import type { Bodies } from "../wire/message.ts";
import { sealFrame } from "../wire/seal.ts";
import type { CallEnd, CallFailure, CallTurn } from "./call-state.ts";
import { windowLeft } from "./incoming.ts";
import { type Part, takeSendable } from "./outgoing.ts";

/** Ask to be welcomed. */
export function sendHail(turn: CallTurn, { peer, call, timeoutMs }: CallEnd): void {
  send(turn, peer, "callHail", { call, timeoutMs });
}

/** Welcome a call, with its challenge. */
export function sendWelcome(turn: CallTurn, end: CallEnd): void {
  send(turn, end.peer, "callWelcome", nameOf(end));
}

/** Send what may be sent. */
export function sendParts(
  turn: CallTurn,
  end: CallEnd,
  parts = takeSendable(end.outgoing, turn.nowMs),
): void {
  for (const [number, part] of parts) sendPart(turn, end, number, part);
}

function sendPart(turn: CallTurn, end: CallEnd, number: number, part: Part): void {
  send(turn, end.peer, "callPart", { ...nameOf(end), number, ...part });
}

/** Confirm what has come. */
export function sendCredit(turn: CallTurn, end: CallEnd): void {
  const { incoming } = end;
  incoming.told = incoming.next;
  const window = windowLeft(incoming, turn.state.limits.window);
  send(turn, end.peer, "callCredit", { ...nameOf(end), next: incoming.next, window });
}

/** Tell the peer that a call is over. */
export function sendEnd(
  turn: CallTurn,
  end: Pick<CallEnd, "peer" | "call" | "challenge">,
  reason: EndReason,
): void {
  send(turn, end.peer, "callEnd", { ...nameOf(end), reason });
}

/** Forget a call, and tell our side that it is over. */
export function drop(turn: CallTurn, end: CallEnd, failure?: CallFailure): void {
  if (!turn.state.ends.delete(end.key)) return;
  turn.effects.push({ type: "ended", key: end.key, failure });
}

const nameOf = ({ call, challenge = NO_CHALLENGE }: Pick<CallEnd, "call" | "challenge">) => ({
  call,
  challenge,
});

function send<K extends CallKind>(turn: CallTurn, to: string, kind: K, body: CallBodies[K]): void {
  const { state, nowMs } = turn;
  const { cluster, node, epoch, seal } = state;
  const sequence = ++state.sequence;
  const fixed = { keyId: seal.keyId, count: 0, revision: 0, atUs: Math.round(nowMs * 1000) };
  const frame = sealFrame(seal, { ...fixed, kind, sequence, epoch, node }, body as Bodies[K]);
  turn.effects.push({ type: "publish", subject: callSubject(cluster, to), frame });
}
