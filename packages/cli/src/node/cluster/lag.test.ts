import { expect, test } from "vitest";
import { createLagWindow } from "./lag.ts";

const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

const cases: [what: string, lagsMs: number[], want: { p50: number; p99: number } | undefined][] = [
  ["nothing", [], undefined],
  ["one sample", [7], { p50: 7, p99: 7 }],
  ["two samples", [9, 1], { p50: 1, p99: 9 }],
  ["a hundred", oneTo(100).toReversed(), { p50: 50, p99: 99 }],
  ["more than it keeps: the latest", [...oneTo(4096), ...oneTo(4096).fill(3)], { p50: 3, p99: 3 }],
];
for (const [what, lagsMs, want] of cases) {
  test(`lag of ${what}`, () => {
    const window = createLagWindow();
    for (const lagMs of lagsMs) window.add(lagMs, 0);
    expect(window.percentiles(0)).toEqual(want);
  });
}

test("lag forgets what is older than ten seconds", () => {
  const window = createLagWindow();
  window.add(50, 1000);
  window.add(2, 5000);
  expect(window.percentiles(11_000)).toEqual({ p50: 2, p99: 50 });
  expect(window.percentiles(11_001)).toEqual({ p50: 2, p99: 2 });
  expect(window.percentiles(15_001)).toBeUndefined();
});
