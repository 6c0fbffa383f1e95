import { expect, test } from "vitest";
import { readShifts, type Shifts, writeShifts } from "./ftp-shifts.ts";

const shifts: Shifts = [
  { from: 0xfffffff0, before: 0, after: 6 },
  { from: 1000, before: 2, after: -3 },
];
const HEX = "f0ffffff0000000006000000e803000002000000fdffffff";

test("shifts lie in an annex as drawn, and are read again", () => {
  const annex = writeShifts(shifts);
  expect(Buffer.from(annex).toString("hex")).toBe(HEX);
  expect(readShifts(annex)).toEqual(shifts);
});

test("an annex within other memory is read where it lies", () => {
  const memory = new Uint8Array(40);
  memory.set(Buffer.from(HEX, "hex"), 7);
  expect(readShifts(memory.subarray(7, 31))).toEqual(shifts);
});

test("an annex of another length is none", () => {
  const none = { from: 0, before: 0, after: 0 };
  for (const bytes of [0, 1, 23, 25]) expect(readShifts(new Uint8Array(bytes).fill(1))).toEqual([none, none]);
});
