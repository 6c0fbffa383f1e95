import { expect, test } from "vitest";
import { createStallClock } from "./stall-clock.ts";

function readingsAt(times: number[]) {
  let at = 0;
  const clock = createStallClock(30, () => times[at++]!);
  for (let i = 1; i < times.length; i++) clock.nowMs();
  return clock;
}

test("stall clock sees no stall while it is read often", () => {
  const clock = readingsAt([0, 30, 60, 65]);
  expect(clock.stalls()).toEqual({ count: 0, worstMs: 0 });
  expect(clock.hasStalledSince(0)).toBe(false);
});

test("stall clock taints what began before or during a stall, and nothing after it", () => {
  const clock = readingsAt([0, 5, 45, 50]);
  expect(clock.stalls()).toEqual({ count: 1, worstMs: 40 });
  expect([0, 5, 44, 45, 50].map((ms) => clock.hasStalledSince(ms))).toEqual([true, true, true, false, false]);
});

test("stall clock counts from its reset", () => {
  const clock = readingsAt([0, 50, 150]);
  expect(clock.stalls()).toEqual({ count: 2, worstMs: 100 });
  clock.reset();
  expect(clock.stalls()).toEqual({ count: 0, worstMs: 0 });
});
