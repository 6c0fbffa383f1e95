import { expect, test } from "vitest";
import { ANNEX, RECORD, RECORD_WORDS } from "../layout.ts";
import { raiseGeneration, readField, recordArray, writeField } from "../record.ts";
import { createAnnexes } from "./annex.ts";

function setUp(slots: number) {
  const memory = new Uint8Array(slots * ANNEX.bytes);
  const records = recordArray(4, new Uint32Array(4 * RECORD_WORDS[4]));
  for (let i = 0; i < 4; i++) raiseGeneration(records, i);
  return { memory, records, annexes: createAnnexes(memory) };
}
const bytes = (...values: number[]) => Uint8Array.from(values);

test("annex keeps what was written, record by record", () => {
  const { records, annexes } = setUp(2);
  expect(annexes.read(records, 0)).toEqual(bytes());
  expect(annexes.write(records, 0, bytes(1, 2, 3))).toBe(true);
  expect(annexes.write(records, 3, bytes(9))).toBe(true);
  expect(annexes.write(records, 0, bytes(4))).toBe(true);
  expect([...annexes.read(records, 0), ...annexes.read(records, 3)]).toEqual([4, 9]);
});

test("annex refuses what finds no slot, or does not fit one", () => {
  const { records, annexes } = setUp(1);
  expect(annexes.write(records, 0, new Uint8Array(ANNEX.bytes))).toBe(false);
  expect(annexes.write(records, 0, new Uint8Array(ANNEX.bytes - 1).fill(7))).toBe(true);
  expect(annexes.write(records, 1, bytes(1))).toBe(false);
  expect(annexes.write(records, 0, bytes())).toBe(true);
  expect(annexes.write(records, 1, bytes(1))).toBe(true);
  expect(readField(records, 0, RECORD.annex)).toBe(0);
});

test("annex of a former daemon is found again, and a slot that two records name is one's only", () => {
  const { memory, records, annexes } = setUp(2);
  annexes.write(records, 0, bytes(5));
  writeField(records, 1, RECORD.annex, readField(records, 0, RECORD.annex));
  writeField(records, 2, RECORD.annex, 77);
  const next = createAnnexes(memory);
  next.adopt([records]);
  expect(next.read(records, 0)).toEqual(bytes(5));
  for (const index of [1, 2]) expect(next.read(records, index)).toEqual(bytes());
  expect(next.write(records, 1, bytes(6))).toBe(true);
  expect(next.write(records, 2, bytes(6))).toBe(false);
});
