/** Templates of clients that have proven themselves: a connection of theirs was established. Those of others are worth little (Linux 6.1 `IP_VS_CTPL_S_ASSURED`). */
import { IP_PROTOCOL } from "../../packet/parse.ts";
import { PROTOCOLS } from "../../protocols/transitions.ts";
import { LIFE, RECORD } from "../layout.ts";
import { changeLife, protocolOf, type RecordArray, readCounter, readField } from "../record.ts";

/** Let the template of a connection that is in `state`, or has been, know that its client is what it seems to be. Returns the template's index if that is news, else -1. */
export function proveTemplate(r: RecordArray, index: number, state: number): number {
  const controller = readField(r, index, RECORD.controller) - 1;
  if (controller < 0 || !isProven(r, index, state)) return -1;
  const life = readField(r, controller, RECORD.life);
  if ((life & (LIFE.template | LIFE.assured)) !== LIFE.template) return -1;
  changeLife(r, controller, { clear: 0, set: LIFE.assured });
  return controller;
}

/** Whether the record is a template of this node whose client has not proven itself. */
export const isUnproven = (r: RecordArray, index: number): boolean =>
  (readField(r, index, RECORD.life) & (LIFE.template | LIFE.assured | LIFE.remote)) === LIFE.template;

/** A handshake was completed, or a datagram was answered. */
function isProven(r: RecordArray, index: number, state: number): boolean {
  const protocol = protocolOf(r, index);
  if (protocol === IP_PROTOCOL.udp) return readCounter(r, index, RECORD.outPackets) > 0;
  return PROTOCOLS[protocol]?.stateNames[state] === "ESTABLISHED";
}
