import { expect, test } from "vitest";
import { createParsedPacket, parseIp, parseTransport } from "../packet/parse.ts";
import { buildPacket } from "../packet/testing.ts";
import { readNetwork16, writeNetwork16 } from "../packet/words.ts";
import { extendShift, originalNumber, type StreamShift, shiftedNumber, shiftSegment } from "./tcp-shift.ts";

const NOWHERE: StreamShift = { from: 0, before: 0, after: 0 };

test("a stream that was never changed is not shifted", () => {
  for (const n of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
    expect(shiftedNumber(NOWHERE, n)).toBe(n);
    expect(originalNumber(NOWHERE, n)).toBe(n);
  }
});

test("the segment that grew keeps its number, what follows it is shifted, and acknowledgments find back", () => {
  const s = { ...NOWHERE };
  extendShift(s, 1000, 3); // bytes 1000 to 1049 became 1000 to 1052
  expect([1000, 1050].map((n) => shiftedNumber(s, n))).toEqual([1000, 1053]);
  expect([1000, 1053].map((n) => originalNumber(s, n))).toEqual([1000, 1050]);
});

test("the segment that is changed once more, sent again, counts once", () => {
  const s = { ...NOWHERE };
  extendShift(s, 1000, 3);
  extendShift(s, 1000, 3);
  expect(s).toEqual({ from: 1000, before: 0, after: 3 });
});

test("shifts add up, and the one before the last still holds for what was sent in between", () => {
  const s = { ...NOWHERE };
  extendShift(s, 1000, 3);
  extendShift(s, 2000, -5);
  expect([1500, 2000, 2001].map((n) => shiftedNumber(s, n))).toEqual([1503, 2003, 1999]);
});

test("numbers wrap", () => {
  const s = { ...NOWHERE };
  extendShift(s, 0xffff_fff0, 40);
  expect(shiftedNumber(s, 0xffff_fffe)).toBe(38);
  expect(originalNumber(s, 38)).toBe(0xffff_fffe);
  expect(shiftedNumber(s, 5)).toBe(45);
});

/** A segment with a SACK block between two paddings. */
function segment(sequence: number, acknowledged: number, [left, right]: [number, number]): Uint8Array {
  const ends = { from: "198.51.100.7", fromPort: 1, to: "192.0.2.1", toPort: 2 };
  const options = Uint8Array.of(1, 1, 5, 10, ...numberBytes(left), ...numberBytes(right));
  const packet = buildPacket({ protocol: "tcp", ...ends, flags: "A", payload: options });
  packet[32] = 8 << 4;
  packet.set(numberBytes(sequence), 24);
  packet.set(numberBytes(acknowledged), 28);
  return packet;
}

function numberBytes(n: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeNetwork16(bytes, 0, n >>> 16);
  writeNetwork16(bytes, 2, n & 0xffff);
  return bytes;
}

function shifted(packet: Uint8Array, own: StreamShift, other: StreamShift): number[] {
  const p = createParsedPacket();
  p.family = 4;
  expect(parseIp(p, packet, packet.length) && parseTransport(p, packet)).toBe(true);
  shiftSegment(p, packet, own, other);
  return [24, 28, 44, 48].map((at) => readNetwork16(packet, at) * 0x1_0000 + readNetwork16(packet, at + 2));
}

test("a segment's number, acknowledgment and SACK blocks are shifted", () => {
  const own = { from: 100, before: 0, after: 7 };
  const other = { from: 500, before: 0, after: -4 };
  expect(shifted(segment(200, 600, [700, 800]), own, other)).toEqual([207, 604, 704, 804]);
});

test("a segment without ACK has no acknowledgment to shift", () => {
  const packet = segment(200, 0, [0, 0]);
  packet[33] = 0;
  expect(shifted(packet, { from: 0, before: 0, after: 7 }, { from: 0, before: 9, after: 9 })).toEqual([
    207, 0, 0, 0,
  ]);
});

test("options whose lengths are nonsense are left alone", () => {
  for (const length of [0, 1, 255]) {
    const packet = segment(1, 2, [3, 4]);
    packet[43] = length;
    expect(shifted(packet, NOWHERE, { from: 0, before: 9, after: 9 }).slice(2)).toEqual([3, 4]);
  }
});
