/** What a packet of a flow does to the flow's record (docs/packet-path.md, points 6.8 and 6.9): for the fast path's twin, and for packets that the core sends by itself. */
import type { ParsedPacket } from "../packet/parse.ts";
import { transitionAt } from "../protocols/transitions.ts";
import { DIRECTION, LIFE, RECORD } from "./layout.ts";
import { eventOf, transitionRow } from "./packet-event.ts";
import { addToCounter, exchangeLife, type RecordArray, readField, writeField } from "./record.ts";

/** A packet as its record sees it. Reused by whoever steps. */
export interface Step {
  /** `DIRECTION.input` or `DIRECTION.output`. */
  direction: number;
  /** GSO segment size in bytes; 0 for an ordinary packet. */
  gsoSize: number;
  /** Ticks of 2^20 ns. */
  now: number;
  /** `packTransitions`. */
  transitions: Uint8Array;
  /** The life word before and after: results of a step that changed it. */
  before: number;
  after: number;
}

/** Step a record: state, flags, time and counters. `p` is the packet's headers. Returns whether its state or flags changed. Never throws. */
export function stepRecord(r: RecordArray, index: number, p: ParsedPacket, by: Step): boolean {
  const isChanged = advanceLife(r, index, p, by);
  writeField(r, index, RECORD.lastSeen, by.now);
  const segments = segmentsOf(p, by.gsoSize);
  const bytes = p.totalBytes + (segments - 1) * (p.transportAt + p.transportBytes);
  countPackets(r, index, { direction: by.direction, packets: segments, bytes });
  return isChanged;
}

/** Packets that an offloaded packet was, or is to be, on the wire. */
export function segmentsOf(p: ParsedPacket, gsoSize: number): number {
  const payloadBytes = p.totalBytes - p.transportAt - p.transportBytes;
  return gsoSize > 0 && payloadBytes > gsoSize ? Math.ceil(payloadBytes / gsoSize) : 1;
}

/** Count, and no more. `bytes` are IP lengths. */
export function countPackets(
  r: RecordArray,
  index: number,
  { direction, packets, bytes }: { direction: number; packets: number; bytes: number },
): void {
  const isOutput = direction === DIRECTION.output;
  addToCounter(r, index, isOutput ? RECORD.outPackets : RECORD.inPackets, packets);
  addToCounter(r, index, isOutput ? RECORD.outBytes : RECORD.inBytes, bytes);
}

function advanceLife(r: RecordArray, index: number, p: ParsedPacket, by: Step): boolean {
  for (;;) {
    by.before = readField(r, index, RECORD.life);
    by.after = nextLife(by.before, p, by);
    if (by.after === by.before) return false;
    if (exchangeLife(r, index, by.before, by.after)) return true;
  }
}

function nextLife(life: number, p: ParsedPacket, { direction, transitions }: Step): number {
  const isOutput = direction === DIRECTION.output;
  const isOneWay = !isOutput && (life & LIFE.noOutput) !== 0;
  const as = isOneWay ? DIRECTION.inputOnly : direction;
  const cell = transitionAt(transitionRow(p.protocol), as, eventOf(p), life & LIFE.stateMask);
  const cleared = LIFE.stateMask | LIFE.remote | (isOutput ? LIFE.noOutput : 0);
  return ((life & ~cleared) | transitions[cell]!) >>> 0;
}
