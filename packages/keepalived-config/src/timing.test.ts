/** Why adverts are sent every 20 ms and six may be missed: the arithmetic behind docs/adr/0006-vrrp-timing.md. */
import { expect, test } from "vitest";

interface Timing {
  readonly intervalMs: number;
  readonly downAdverts: number;
}
const MANY_SHORT: Timing = { intervalMs: 20, downAdverts: 6 };
const FEW_LONG: Timing = { intervalMs: 50, downAdverts: 3 };

/**
 * Mean number of adverts until `downAdverts` in a row are lost, each with probability `loss`: the waiting time for a run of
 * k failures, (1 − pᵏ) / ((1 − p)·pᵏ). The skew time is below one interval, so a run of exactly k is what makes a backup take over.
 */
function advertsUntilFalseFailover({ downAdverts }: Timing, loss: number): number {
  const run = loss ** downAdverts;
  return (1 - run) / ((1 - loss) * run);
}

const falseFailoversIn = (timing: Timing, loss: number, seconds: number): number =>
  (seconds * 1000) / timing.intervalMs / advertsUntilFalseFailover(timing, loss);

/** From the last advert until the backup acts: RFC 5798 §6.1, Master_Down_Interval with keepalived's count in place of 3. */
const detectionMs = ({ intervalMs, downAdverts }: Timing, priority: number): number =>
  intervalMs * (downAdverts + (256 - priority) / 256);

test("many short adverts notice a death sooner than few long ones", () => {
  expect(detectionMs(MANY_SHORT, 190)).toBeCloseTo(125.2, 1);
  expect(detectionMs(FEW_LONG, 190)).toBeCloseTo(162.9, 1);
});

const table = [
  { loss: 0.01, manyShort: 3e-8, fewLong: 0.012 },
  { loss: 0.1, manyShort: 0.027, fewLong: 10.8 },
  { loss: 0.2, manyShort: 1.54, fewLong: 77 },
];
for (const { loss, manyShort, fewLong } of table) {
  test(`false failovers in ten minutes at ${loss * 100} % loss: ${manyShort} with 6 × 20 ms, ${fewLong} with 3 × 50 ms`, () => {
    expect(falseFailoversIn(MANY_SHORT, loss, 600) / manyShort).toBeCloseTo(1, 1);
    expect(falseFailoversIn(FEW_LONG, loss, 600) / fewLong).toBeCloseTo(1, 1);
  });
}

test("the formula agrees with a million adverts thrown at random", () => {
  const seed = 20_260_101;
  const loss = 0.3; // often enough to count
  for (const timing of [MANY_SHORT, FEW_LONG]) {
    const expected = 1e6 / advertsUntilFalseFailover(timing, loss);
    const counted = countRuns(timing.downAdverts, loss, seed);
    expect(Math.abs(counted / expected - 1), `seed ${seed}: ${counted} instead of ${expected}`).toBeLessThan(
      0.1,
    );
  }
});

function countRuns(length: number, loss: number, seed: number): number {
  let state = seed;
  let lost = 0;
  let runs = 0;
  for (let i = 0; i < 1e6; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator; its high bits are good
    lost = state / 2 ** 32 < loss ? lost + 1 : 0;
    if (lost === length) [runs, lost] = [runs + 1, 0];
  }
  return runs;
}
