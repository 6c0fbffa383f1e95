import { expect, test } from "vitest";
import {
  type ClockBounds,
  createClockBounds,
  greatestAgeMs,
  learnEcho,
  likelyAgeMs,
} from "./clock-bounds.ts";

/** The peer's clock is 1000 ms ahead; an echo takes `thereMs`, lies for `heldMs` and takes `backMs`. */
function echo(bounds: ClockBounds, sentMs: number, [thereMs, heldMs, backMs]: readonly number[]): number {
  const peerMs = 1000 + sentMs + thereMs! + heldMs!;
  const nowMs = sentMs + thereMs! + heldMs! + backMs!;
  learnEcho(bounds, { sentMs, heldMs: heldMs!, peerMs }, nowMs);
  return nowMs;
}

test("the peer's clock is unknown before an echo", () => {
  const bounds = createClockBounds();
  expect(likelyAgeMs(bounds, 0, 0)).toBeUndefined();
  expect(greatestAgeMs(bounds, 0, 0)).toBe(Number.POSITIVE_INFINITY);
});

const paths = [
  { name: "even", path: [5, 100, 5], low: 995, high: 1005 },
  { name: "slow there", path: [9, 100, 1], low: 999, high: 1009 },
  { name: "slow back", path: [1, 100, 9], low: 991, high: 1001 },
];
for (const { name, path, low, high } of paths) {
  test(`an echo whose path was ${name} bounds the offset by its round trip`, () => {
    const bounds = createClockBounds();
    const nowMs = echo(bounds, 0, path);
    expect(bounds).toEqual({ lowMs: low, highMs: high, learnedMs: nowMs });
  });
}

test("two crooked echoes bound the offset better than either", () => {
  const bounds = createClockBounds();
  echo(bounds, 0, [9, 0, 1]);
  const nowMs = echo(bounds, 10, [1, 0, 9]);
  expect(bounds.lowMs).toBeCloseTo(999, 1);
  expect(bounds.highMs).toBeCloseTo(1001, 1);
  expect(likelyAgeMs(bounds, 1000 + nowMs - 30, nowMs)).toBeCloseTo(30, 1);
  expect(greatestAgeMs(bounds, 1000 + nowMs - 30, nowMs)).toBeCloseTo(31, 1);
});

test("bounds widen with time, so that a drift is followed", () => {
  const bounds = createClockBounds();
  echo(bounds, 0, [1, 0, 1]);
  echo(bounds, 100_000, [50, 0, 50]);
  expect(bounds.lowMs).toBeCloseTo(979, 0);
  expect(bounds.highMs).toBeCloseTo(1021, 0);
});

test("an echo that contradicts what was known starts anew, an impossible one is ignored", () => {
  const bounds = createClockBounds();
  echo(bounds, 0, [1, 0, 1]);
  learnEcho(bounds, { sentMs: 10, heldMs: 0, peerMs: 5011 }, 12);
  expect(bounds).toEqual({ lowMs: 4999, highMs: 5001, learnedMs: 12 });
  learnEcho(bounds, { sentMs: 20, heldMs: 50, peerMs: 6000 }, 22);
  expect(bounds).toEqual({ lowMs: 4999, highMs: 5001, learnedMs: 12 });
});

test("nothing is younger than now", () => {
  const bounds = createClockBounds();
  echo(bounds, 0, [1, 0, 1]);
  expect(likelyAgeMs(bounds, 2000, 2)).toBe(0);
  expect(greatestAgeMs(bounds, 2000, 2)).toBe(0);
});
