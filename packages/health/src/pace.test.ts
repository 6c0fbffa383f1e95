import { expect, test } from "vitest";
import { firstDelayMs, nextDelayMs } from "./pace.ts";

test("pace starts the first check at once and the others 5 ms apart", () => {
  expect([0, 1, 9].map((i) => firstDelayMs(2000, i, 10))).toEqual([0, 5, 45]);
});

test("pace fits the first checks of many destinations into one interval", () => {
  expect(firstDelayMs(1000, 9_999, 10_000)).toBeLessThan(1000);
});

const cases: [elapsedMs: number, random: number, delayMs: number][] = [
  [0, 0, 1900],
  [0, 0.5, 2000],
  [0, 1, 2100],
  [500, 0.5, 1500],
  [2500, 0.5, 0],
];
for (const [elapsedMs, random, delayMs] of cases) {
  test(`pace waits ${delayMs} ms after a check of ${elapsedMs} ms with chance ${random}`, () =>
    expect(nextDelayMs(2000, elapsedMs, random)).toBeCloseTo(delayMs));
}
