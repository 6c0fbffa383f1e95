import { expect, test } from "vitest";
import { createReplayRing } from "./replay.ts";

const frame = (sequence: number): Uint8Array => new Uint8Array(10).fill(sequence);
const numbers = (frames: readonly Uint8Array[]): number[] => frames.map((f) => f[0]!);

test("replay ring sends again what it has, in order, and keeps no more than its bytes", () => {
  const ring = createReplayRing(30);
  expect(ring.oldest()).toBe(1);
  for (const sequence of [1, 2, 3, 4, 5]) ring.push(sequence, frame(sequence));
  expect(ring.oldest()).toBe(3);
  expect(numbers(ring.read(3, 5, 1000))).toEqual([3, 4, 5]);
  expect(numbers(ring.read(4, 9, 1000))).toEqual([4, 5]);
  expect(numbers(ring.read(2, 5, 1000))).toEqual([]);
});

test("replay ring stops at the bytes that one burst may have, but never sends nothing", () => {
  const ring = createReplayRing(1000);
  for (const sequence of [1, 2, 3, 4, 5]) ring.push(sequence, frame(sequence));
  expect(numbers(ring.read(1, 5, 15))).toEqual([1, 2]);
  expect(numbers(ring.read(1, 5, 1))).toEqual([1]);
});

test("replay ring too small for one frame keeps none and goes on", () => {
  const ring = createReplayRing(5);
  ring.push(1, frame(1));
  expect([ring.oldest(), ring.read(1, 1, 100)]).toEqual([2, []]);
  ring.push(2, frame(2));
  expect(ring.oldest()).toBe(3);
});
