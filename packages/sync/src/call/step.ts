/**
 * Calls between nodes as one function: what happened in, what to do out. It changes only the state it is handed, knows no clock, no
 * dice and no transport.
 */
import type { EndReason } from "../wire/call-message.ts";
import {
  addEnd,
  type CallEffect,
  type CallEnd,
  type CallEvent,
  type CallState,
  type CallTurn,
  madeKey,
} from "./call-state.ts";
import { addMessage, finish, hasRoom } from "./outgoing.ts";
import { receiveCall } from "./receive.ts";
import { drop, sendCredit, sendEnd, sendHail, sendParts } from "./send.ts";

type Handlers = {
  readonly [T in CallEvent["type"]]: (turn: CallTurn, event: Extract<CallEvent, { type: T }>) => void;
};

const HANDLERS: Handlers = {
  made(turn, { call, node: peer, request, timeoutMs }) {
    const { ends, limits } = turn.state;
    const key = madeKey(call);
    const made = [...ends.values()].filter((end) => end.isOurs).length;
    if (made >= limits.maxMade) return void turn.effects.push({ type: "ended", key, failure: "full" });
    const end = addEnd(turn, { key, call, peer, isOurs: true, timeoutMs });
    addMessage(end.outgoing, request, limits.partBytes);
    finish(end.outgoing);
    sendHail(turn, end);
  },
  received: (turn, { frame }) => receiveCall(turn, frame),
  answered: (turn, { key, bytes }) =>
    at(turn, key, (end) => {
      addMessage(end.outgoing, bytes, turn.state.limits.partBytes);
      sendParts(turn, end);
      if (hasRoom(end.outgoing)) turn.effects.push({ type: "room", key });
    }),
  finished: (turn, { key }) =>
    at(turn, key, (end) => {
      finish(end.outgoing);
      sendParts(turn, end);
    }),
  taken: (turn, { key }) =>
    at(turn, key, (end) => {
      end.incoming.untaken--;
      sendCredit(turn, end);
    }),
  given_up: (turn, { key, reason }) => at(turn, key, (end) => giveUp(turn, end, reason)),
  tick(turn) {
    for (const end of [...turn.state.ends.values()]) tick(turn, end);
  },
};

/** Take one event at `nowMs` of a monotonic clock. Never throws. */
export function callStep(
  state: CallState,
  event: CallEvent,
  nowMs: number,
  random: CallTurn["random"],
): CallEffect[] {
  const turn: CallTurn = { state, nowMs, random, effects: [] };
  const handle = HANDLERS[event.type] as (turn: CallTurn, event: CallEvent) => void;
  handle(turn, event);
  return turn.effects;
}

/** Calls that are over are asked for nothing more. */
function at({ state }: CallTurn, key: string, act: (end: CallEnd) => void): void {
  const end = state.ends.get(key);
  if (end) act(end);
}

function giveUp(turn: CallTurn, end: CallEnd, reason: EndReason): void {
  sendEnd(turn, end, reason);
  drop(turn, end, reason);
}

/** Signs of life both ways; what got lost is asked for with them. */
function tick(turn: CallTurn, end: CallEnd): void {
  const { nowMs, state } = turn;
  if (nowMs >= end.deadlineMs) giveUp(turn, end, "tooLate");
  else if (nowMs - end.heardMs >= state.limits.silenceMs) drop(turn, end, "silent");
  else if (end.challenge === undefined) sendHail(turn, end);
  else if (end.isOurs || end.incoming.next > 0) sendCredit(turn, end);
}
