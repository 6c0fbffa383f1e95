import { expect, test } from "vitest";
import { createHeldFrames, placeOf } from "./sequence.ts";

const places = [
  { next: 5, sequence: 5, want: "next" },
  { next: 5, sequence: 4, want: "duplicate" },
  { next: 5, sequence: 6, want: "early" },
];
for (const c of places) {
  test(`number ${c.sequence} where ${c.next} is awaited is ${c.want}`, () =>
    expect(placeOf(c.next, c.sequence)).toBe(c.want));
}

test("held frames come out once, by number, and are counted by their bytes", () => {
  const held = createHeldFrames<string>();
  expect(held.hold(7, "seven", 70)).toBe(true);
  expect(held.hold(5, "five", 50)).toBe(true);
  expect(held.hold(7, "again", 70)).toBe(false);
  expect(held.first()).toBe(5);
  expect(held.sizeBytes()).toBe(120);
  expect(held.take(6)).toBeUndefined();
  expect(held.take(7)).toBe("seven");
  expect(held.take(7)).toBeUndefined();
  expect(held.sizeBytes()).toBe(50);
});

test("held frames are dropped up to a number, or all", () => {
  const held = createHeldFrames<string>();
  for (const sequence of [1, 2, 3, 4]) held.hold(sequence, "", 10);
  held.dropThrough(2);
  expect([held.first(), held.sizeBytes()]).toEqual([3, 20]);
  held.clear();
  expect([held.first(), held.sizeBytes()]).toEqual([undefined, 0]);
});
