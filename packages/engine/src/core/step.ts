/** What a packet of a flow does to the flow's record (docs/packet-path.md, points 6.8 and 6.9), for the fast path's twin and for packets that the core sends by itself. */
import type { ParsedPacket } from "../packet/parse.ts";
import { transitionAt } from "../protocols/transitions.ts";
import { DIRECTION, LIFE, RECORD } from "./layout.ts";
import { eventOf, transitionRow } from "./packet-event.ts";
import { addToCounter, exchangeLife, type RecordArray, readField, writeField } from "./record.ts";

/** A packet as its record sees it. Reused by whoever steps. */
export interface Step {
  /** `DIRECTION.input` or `DIRECTION.output`. */
  direction: number;
  /** GSO segments: packets on the wire. */
  segments: number;
  /** IP lengths of all segments, as on the wire. */
  bytes: number;
  /** Ticks of 2^20 ns. */
  now: number;
  /** `packTransitions`. */
  transitions: Uint8Array;
}

/** Step a record: state, flags, time and counters. `p` is the packet's headers. Returns whether its state or flags changed. Never throws. */
export function stepRecord(r: RecordArray, index: number, p: ParsedPacket, by: Step): boolean {
  const isChanged = advanceLife(r, index, p, by);
  writeField(r, index, RECORD.lastSeen, by.now);
  countPacket(r, index, by);
  return isChanged;
}

/** Count a packet, and no more. */
export function countPacket(
  r: RecordArray,
  index: number,
  { direction, segments, bytes }: Pick<Step, "direction" | "segments" | "bytes">,
): void {
  const isOutput = direction === DIRECTION.output;
  addToCounter(r, index, isOutput ? RECORD.outPackets : RECORD.inPackets, segments);
  addToCounter(r, index, isOutput ? RECORD.outBytes : RECORD.inBytes, bytes);
}

function advanceLife(r: RecordArray, index: number, p: ParsedPacket, by: Step): boolean {
  for (;;) {
    const before = readField(r, index, RECORD.life);
    const after = nextLife(before, p, by);
    if (after === before) return false;
    if (exchangeLife(r, index, before, after)) return true;
  }
}

function nextLife(life: number, p: ParsedPacket, by: Step): number {
  const isOutput = by.direction === DIRECTION.output;
  const isOneWay = !isOutput && (life & LIFE.noOutput) !== 0;
  const at = transitionAt(
    transitionRow(p.protocol),
    isOneWay ? DIRECTION.inputOnly : by.direction,
    eventOf(p),
    life & LIFE.stateMask,
  );
  const cleared = LIFE.stateMask | LIFE.remote | (isOutput ? LIFE.noOutput : 0);
  return ((life & ~cleared) | by.transitions[at]!) >>> 0;
}
