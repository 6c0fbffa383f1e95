import fc from "fast-check";
import { expect, test } from "vitest";
import { nextRiseMs, risingWeight } from "./slow-start.ts";

const S = 1000;
const cases: [
  weight: number,
  elapsedMs: number,
  lengthMs: number,
  want: number,
  nextMs: number | undefined,
][] = [
  [100, 0, 60 * S, 1, 2 * S],
  [100, 1999, 60 * S, 1, 1],
  [100, 2 * S, 60 * S, 3, 1 * S],
  [100, 30 * S, 60 * S, 50, 1 * S],
  [100, 30.5 * S, 60 * S, 50, 0.5 * S],
  [100, 59.9 * S, 60 * S, 98, 100],
  [100, 60 * S, 60 * S, 100, undefined],
  [100, Number.POSITIVE_INFINITY, 60 * S, 100, undefined],
  [3, 0, 60 * S, 1, 40 * S],
  [3, 40 * S, 60 * S, 2, 20 * S],
  [1, 0, 60 * S, 1, undefined],
  [0, 0, 60 * S, 0, undefined],
  [100, 0, 0, 100, undefined],
  [100, 0, 0.4 * S, 1, 400],
  [2_147_483_647, 3599 * S, 3600 * S, 2_146_887_123, 1 * S],
];
for (const [weight, elapsedMs, lengthMs, want, nextMs] of cases) {
  test(`weight ${weight} is ${want} after ${elapsedMs} of ${lengthMs} ms, and another one in ${nextMs} ms`, () => {
    const rise = { weight, elapsedMs, lengthMs };
    expect([risingWeight(rise), nextRiseMs(rise)]).toEqual([want, nextMs]);
  });
}

test("weight rises to its full size in time, never falls, and only when it was said to", () => {
  const rises = fc.record({
    weight: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    lengthMs: fc.integer({ min: 1, max: 60 * S }),
  });
  fc.assert(
    fc.property(rises, ({ weight, lengthMs }) => {
      let elapsedMs = 0;
      for (let steps = 0; ; steps++) {
        const now = risingWeight({ weight, elapsedMs, lengthMs });
        const nextMs = nextRiseMs({ weight, elapsedMs, lengthMs });
        if (nextMs === undefined) return now === weight && elapsedMs <= lengthMs && steps <= 60;
        const [before, then] = [elapsedMs + nextMs - 1, elapsedMs + nextMs];
        if (risingWeight({ weight, elapsedMs: before, lengthMs }) !== now) return false;
        if (risingWeight({ weight, elapsedMs: then, lengthMs }) <= now) return false;
        elapsedMs = then;
      }
    }),
  );
});
