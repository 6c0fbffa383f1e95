/** Frames of calls in: refused and counted, or authenticated and handed to the end of the call that they name. */

import type { CallName } from "../wire/call-message.ts";
import { CHALLENGE_BYTES } from "../wire/codec.ts";
import { type CallKind, decodeHeader, type FrameHeader, isCallKind } from "../wire/header.ts";
import { type Frame as AnyFrame, openFrame } from "../wire/seal.ts";
import {
  addEnd,
  type CallEnd,
  type CallRefusal,
  type CallState,
  type CallTurn,
  madeKey,
  servedKey,
} from "./call-state.ts";
import { accept } from "./incoming.ts";
import { confirm, hasRoom, isDone } from "./outgoing.ts";
import { drop, sendCredit, sendEnd, sendParts, sendWelcome } from "./send.ts";

type Frame = Extract<AnyFrame, { kind: CallKind }>;
type FrameOf<K extends CallKind> = Extract<Frame, { kind: K }>;
type Receive = {
  readonly [K in CallKind]: (turn: CallTurn, frame: FrameOf<K>) => CallRefusal | undefined;
};

const RECEIVE: Receive = {
  callHail: receiveHail,
  callWelcome: receiveWelcome,
  callPart: (turn, frame) => atEnd(turn, frame, receivePart),
  callCredit: (turn, frame) => atEnd(turn, frame, receiveCredit),
  callEnd: (turn, frame) => atEnd(turn, frame, receiveEnd),
};

/** Take one frame from the transport. Whatever its bytes are, nothing is thrown. */
export function receiveCall(turn: CallTurn, bytes: Uint8Array): void {
  const refusal = judge(turn, bytes);
  if (refusal) turn.state.refused[refusal]++;
}

function judge(turn: CallTurn, bytes: Uint8Array): CallRefusal | undefined {
  const { state } = turn;
  const header = decodeHeader(bytes);
  if (typeof header === "string") return header;
  if (!isCallKind(header.kind)) return "malformed";
  if (!state.seal.hasKey(header.keyId)) return "unknown_key";
  const frame = openFrame(state.seal, header, bytes);
  if (typeof frame === "string") return frame;
  if (header.node === state.node) return "own_name";
  return (RECEIVE[header.kind] as (turn: CallTurn, frame: AnyFrame) => CallRefusal | undefined)(turn, frame);
}

/** The same hail again means that its welcome was lost. Being played again, it gets a challenge that nobody has ever answered. */
function receiveHail(turn: CallTurn, { header, body }: FrameOf<"callHail">): CallRefusal | undefined {
  const { state } = turn;
  const { call, timeoutMs } = body;
  const key = servedKey(header.node, call);
  const known = state.ends.get(key);
  if (known && known.peerEpoch !== header.epoch) return "unknown_call";
  if (!known && !makeRoom(turn)) {
    sendEnd(turn, { peer: header.node, call, challenge: undefined }, "busy");
    return "too_many";
  }
  const end = known ?? addEnd(turn, { key, call, peer: header.node, isOurs: false, timeoutMs });
  end.peerEpoch = header.epoch;
  end.challenge ??= turn.random(CHALLENGE_BYTES).toHex();
  sendWelcome(turn, end);
  return undefined;
}

/** A hail that nobody went on with makes room for others. */
function makeRoom({ state, nowMs }: CallTurn): boolean {
  const served = [...state.ends.values()].filter((end) => !end.isOurs);
  if (served.length < state.limits.maxServed) return true;
  const { patienceMs } = state.limits;
  const idle = served.find((end) => end.incoming.next === 0 && nowMs - end.heardMs >= patienceMs);
  return idle !== undefined && state.ends.delete(idle.key);
}

/** Whoever repeats our random number lives now. */
function receiveWelcome(turn: CallTurn, { header, body }: FrameOf<"callWelcome">): CallRefusal | undefined {
  const end = turn.state.ends.get(madeKey(body.call));
  if (end?.peer !== header.node || end.challenge !== undefined) return "unknown_call";
  end.challenge = body.challenge;
  end.peerEpoch = header.epoch;
  end.heardMs = turn.nowMs;
  sendParts(turn, end);
  return undefined;
}

function atEnd<F extends { header: FrameHeader; body: CallName }>(
  turn: CallTurn,
  frame: F,
  act: (turn: CallTurn, end: CallEnd, body: F["body"]) => CallRefusal | undefined,
): CallRefusal | undefined {
  const end = findEnd(turn.state, frame);
  if (!end) return "unknown_call";
  end.heardMs = turn.nowMs;
  return act(turn, end, frame.body);
}

/** A call of ours that was not welcomed yet can only be ended: its own number proves the freshness of that. */
function findEnd(
  state: CallState,
  { header, body }: { header: FrameHeader; body: CallName },
): CallEnd | undefined {
  const end = state.ends.get(madeKey(body.call)) ?? state.ends.get(servedKey(header.node, body.call));
  if (end?.peer !== header.node) return undefined;
  if (end.challenge === undefined) return header.kind === "callEnd" ? end : undefined;
  return end.challenge === body.challenge && end.peerEpoch === header.epoch ? end : undefined;
}

function receivePart(
  turn: CallTurn,
  end: CallEnd,
  body: FrameOf<"callPart">["body"],
): CallRefusal | undefined {
  const { state, effects } = turn;
  const accepted = accept(end.incoming, body, state.limits);
  if (accepted === "duplicate") return accepted;
  const isSecond = !end.isOurs && end.incoming.untaken > 1; // a call has one request
  if (accepted === "tooLarge" || isSecond) {
    const reason = isSecond ? "broken" : "tooLarge";
    sendEnd(turn, end, reason);
    drop(turn, end, reason);
    return undefined;
  }
  for (const bytes of accepted.messages) effects.push(messageOf(end, bytes));
  const { incoming } = end;
  if (incoming.isEnded || incoming.next - incoming.told >= state.limits.window / 2) sendCredit(turn, end);
  if (incoming.isEnded && end.isOurs) drop(turn, end);
  return undefined;
}

function messageOf(end: CallEnd, bytes: Uint8Array) {
  const { key, peer, isOurs } = end;
  if (isOurs) return { type: "message", key, bytes } as const;
  return { type: "requested", key, peer, request: bytes } as const;
}

function receiveCredit(turn: CallTurn, end: CallEnd, credit: FrameOf<"callCredit">["body"]): undefined {
  const { outgoing } = end;
  sendParts(turn, end, confirm(outgoing, credit, turn.nowMs));
  sendParts(turn, end);
  if (end.isOurs) return;
  if (isDone(outgoing)) drop(turn, end);
  else if (hasRoom(outgoing)) turn.effects.push({ type: "room", key: end.key });
}

function receiveEnd(turn: CallTurn, end: CallEnd, { reason }: FrameOf<"callEnd">["body"]): undefined {
  drop(turn, end, reason);
}
