import { expect, test } from "vitest";
import { candidate, schedulerContract } from "./scheduler.contract.ts";
import { wrr } from "./wrr.ts";

schedulerContract("wrr", wrr);

const sequence = (weights: number[], length: number): string => {
  const all = weights.map((weight) => candidate({ weight }));
  const scheduler = wrr<(typeof all)[0]>();
  scheduler.update(all);
  return Array.from({ length }, () => "ABCDEF"[all.indexOf(scheduler.pick()!)]).join("");
};
const cases: [number[], string][] = [
  [[4, 3, 2], "AABABCABCAABABCABC"],
  [[5, 1, 1], "AAAAABCAAAAABC"],
  [[10, 20], "BABBAB"],
  [[1, 0, 1], "ACAC"],
];
for (const [weights, want] of cases) {
  test(`wrr with weights ${weights} gives ${want}`, () => expect(sequence(weights, want.length)).toBe(want));
}

test("wrr keeps its threshold over a change as far as it still fits", () => {
  const [a, b] = [{ ...candidate({ weight: 3 }) }, candidate({ weight: 1 })];
  const scheduler = wrr<typeof a>();
  scheduler.update([a, b]);
  expect([scheduler.pick(), scheduler.pick()]).toEqual([a, a]); // thresholds 3 and 2
  a.weight = 1;
  scheduler.update([a, b]);
  expect(scheduler.pick()).toBe(a);
  expect(scheduler.pick()).toBe(b);
});
