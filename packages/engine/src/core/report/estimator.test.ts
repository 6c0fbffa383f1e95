import fc from "fast-check";
import { expect, test } from "vitest";
import { createEstimator, type Totals } from "./estimator.ts";

const all = (n: number): Totals => ({
  connections: n,
  inPackets: n,
  inBytes: n,
  outPackets: n,
  outBytes: n,
});

/** Rates of the connections and of the bytes in after each sample. */
function ratesAfter(...samples: number[]): [number, number][] {
  const estimator = createEstimator();
  return samples.map((n) => {
    estimator.sample(all(n));
    const { connectionsPerSecond, inBytesPerSecond } = estimator.rates();
    return [connectionsPerSecond, inBytesPerSecond];
  });
}

test("estimator counts from its first sample on", () => {
  expect(ratesAfter(1_000_000, 1_000_000)).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

test("estimator goes a quarter of the way every 2 s", () => {
  // 800 in 2 s are 400/s: a quarter, then a quarter of what is left, …
  expect(ratesAfter(0, 800, 1600, 2400, 2400)).toEqual([
    [0, 0],
    [100, 100],
    [175, 175],
    [231, 231],
    [173, 173],
  ]);
});

test("estimator takes counters that were zeroed for silence, not for a flood", () => {
  expect(ratesAfter(5000, 0, 80)).toEqual([
    [0, 0],
    [0, 0],
    [10, 10],
  ]);
});

test("estimator that was restarted has no rates, and counts from there on", () => {
  const estimator = createEstimator();
  for (const n of [0, 800, 1600]) estimator.sample(all(n));
  estimator.restart(all(2000));
  expect(estimator.rates()).toMatchObject({ connectionsPerSecond: 0, inBytesPerSecond: 0 });
  estimator.sample(all(2080));
  expect(estimator.rates()).toMatchObject({ connectionsPerSecond: 10, inBytesPerSecond: 10 });
});

test("estimator comes to a constant rate, and back to nothing, whatever the rate", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000_000 }), (perSecond) => {
      const estimator = createEstimator();
      for (let i = 0; i <= 150; i++) estimator.sample(all(i * 2 * perSecond));
      const { inPacketsPerSecond, outBytesPerSecond } = estimator.rates();
      expect(Math.abs(inPacketsPerSecond - perSecond)).toBeLessThanOrEqual(1);
      expect(Math.abs(outBytesPerSecond - perSecond)).toBeLessThanOrEqual(1);
      for (let i = 0; i <= 150; i++) estimator.sample(all(300 * perSecond));
      expect(estimator.rates().inPacketsPerSecond).toBe(0);
    }),
  );
});
