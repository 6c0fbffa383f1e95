/**
 * TCP's numbers after a helper has made a stream longer or shorter: sequence numbers of one direction, acknowledgments and SACK blocks (RFC 2018 §3) of
 * the other. As in the kernel (Linux `struct ip_vs_seq`), a stream knows its last two shifts and the number at which the later one begins.
 */
import { type ParsedPacket, TCP_FLAG } from "../packet/parse.ts";
import { readNetwork32, writeNetwork32 } from "../packet/words.ts";

/** How far one direction's stream is shifted, in bytes; negative if it has become shorter. */
export interface StreamShift {
  /** Original number of the segment that was changed last: what comes behind it is shifted by `after`, all else by `before`. */
  from: number;
  before: number;
  after: number;
}

/** Sequence numbers compare as signed differences (RFC 9293 §3.4). */
const isAfter = (a: number, b: number): boolean => ((a - b) | 0) > 0;

/** The number that a receiver is to see for an original one. */
export const shiftedNumber = (s: StreamShift, sequence: number): number =>
  (sequence + (isAfter(sequence, s.from) ? s.after : s.before)) >>> 0;

/** The original number for one that a receiver has seen. */
export const originalNumber = (s: StreamShift, sequence: number): number =>
  (sequence - (isAfter(sequence, (s.from + s.after) >>> 0) ? s.after : s.before)) >>> 0;

/** Take note that the segment with this original number has become longer by `bytes`; nothing happens if it is one that was changed before. */
export function extendShift(s: StreamShift, sequence: number, bytes: number): void {
  if (s.after !== s.before && !isAfter(sequence, s.from)) return;
  s.before = s.after;
  s.after += bytes;
  s.from = sequence;
}

/** Rewrite a TCP segment's numbers: `own` is the shift of its direction, `other` of the opposite one. The checksum is the caller's business. Never throws. */
export function shiftSegment(p: ParsedPacket, bytes: Uint8Array, own: StreamShift, other: StreamShift): void {
  const at = p.transportAt;
  writeNetwork32(bytes, at + 4, shiftedNumber(own, readNetwork32(bytes, at + 4)));
  if ((bytes[at + 13]! & TCP_FLAG.ack) === 0) return;
  writeNetwork32(bytes, at + 8, originalNumber(other, readNetwork32(bytes, at + 8)));
  shiftSack(p, bytes, other);
}

const OPTION = { end: 0, none: 1, sack: 5 } as const;

function shiftSack(p: ParsedPacket, bytes: Uint8Array, other: StreamShift): void {
  const end = p.transportAt + p.transportBytes;
  for (let at = p.transportAt + 20; at < end && bytes[at] !== OPTION.end; ) {
    const length = bytes[at] === OPTION.none ? 1 : (bytes[at + 1] ?? 0);
    if (length === 0 || at + length > end) return;
    if (bytes[at] === OPTION.sack) {
      for (let edge = at + 2; edge + 4 <= at + length; edge += 4)
        writeNetwork32(bytes, edge, originalNumber(other, readNetwork32(bytes, edge)));
    }
    at += Math.max(length, 1);
  }
}
