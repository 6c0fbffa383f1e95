import { expect, test } from "vitest";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidates, options, request, seededRandom, type TestCandidate } from "./testing.ts";
import { twos } from "./twos.ts";

schedulerContract("twos", twos);
schedulerContract("twos", twos, { given: { random: seededRandom(1) } });

/** Weights 2, 0, 3: the total is 5, draws are 0..5. */
const cases = [
  { name: "draws the first with 0, 1 and 2", draws: [0, 2], active: [9, 0, 0], want: 0 },
  { name: "draws the last with what is above", draws: [3, 5], active: [0, 0, 9], want: 2 },
  { name: "takes the less loaded of two", draws: [2, 3], active: [9, 0, 0], want: 2 },
  { name: "takes the first drawn of equals", draws: [3, 0], active: [2, 0, 3], want: 2 },
  { name: "divides load by weight", draws: [2, 3], active: [2, 0, 2], want: 2 },
];
for (const c of cases) {
  test(`twos ${c.name}`, () => {
    const all = candidates([2, 0, 3], (weight) => ({ weight }));
    for (const [i, each] of all.entries()) each.active = c.active[i]!;
    const draws = [...c.draws];
    const random = (below: number) => {
      expect(below).toBe(6);
      return draws.shift()!;
    };
    const scheduler = twos<TestCandidate>({ ...options, random });
    scheduler.update(all);
    expect(scheduler.pick(request())).toBe(all[c.want]);
    expect(draws).toEqual([]);
  });
}

test("twos draws idle destinations by weight, the first of the list as if it weighed one more", () => {
  const weights = [10, 20, 30, 40];
  const all = candidates(weights, (weight) => ({ weight }));
  const scheduler = twos<TestCandidate>({ ...options, random: seededRandom(20260101) });
  scheduler.update(all);
  const counts = new Map(all.map((c) => [c, 0]));
  for (let i = 0; i < 40_000; i++) {
    const picked = scheduler.pick(request())!;
    counts.set(picked, counts.get(picked)! + 1);
  }
  for (const [i, c] of all.entries()) {
    const want = (weights[i]! + (i === 0 ? 1 : 0)) / 101;
    expect(counts.get(c)! / 40_000).toBeCloseTo(want, 2); // within 0.005, two standard deviations
  }
});

test("twos keeps held connections near the weights", () => {
  const all = candidates([1, 2, 3, 4], (weight) => ({ weight }));
  const scheduler = twos<TestCandidate>({ ...options, random: seededRandom(4711) });
  scheduler.update(all);
  for (let i = 0; i < 1000; i++) scheduler.pick(request())!.active++;
  for (const c of all) expect(Math.abs(c.active - 100 * c.weight)).toBeLessThan(20);
});
