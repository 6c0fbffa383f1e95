import fc from "fast-check";
import { expect, test } from "vitest";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidate, candidates, options, request, type TestCandidate } from "./testing.ts";
import { wrr } from "./wrr.ts";

schedulerContract("wrr", wrr);

const create = (all: TestCandidate[]) => {
  const scheduler = wrr<TestCandidate>(options);
  scheduler.update(all);
  return { update: scheduler.update, pick: () => scheduler.pick(request()) };
};

const sequence = (weights: number[], length: number): string => {
  const all = candidates(weights, (weight) => ({ weight }));
  const scheduler = create(all);
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
  const [a, b] = [candidate({ weight: 3 }), candidate({ weight: 1 })];
  const scheduler = create([a, b]);
  expect([scheduler.pick(), scheduler.pick()]).toEqual([a, a]); // thresholds 3 and 2
  a.weight = 1;
  scheduler.update([a, b]);
  expect(scheduler.pick()).toBe(a);
  expect(scheduler.pick()).toBe(b);
});

const list = fc.array(fc.record({ weight: fc.nat(12), overloaded: fc.boolean() }), {
  minLength: 1,
  maxLength: 6,
});

test("wrr picks each destination by its weight in every round, exactly", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }), (weights) => {
      const all = candidates(weights, (weight) => ({ weight }));
      const scheduler = create(all);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let round = 1; round <= 2; round++) {
        for (let i = 0; i < total; i++) scheduler.pick()!.active++;
        expect(all.map((c) => c.active)).toEqual(weights.map((weight) => weight * round));
      }
    }),
  );
});

test("wrr chooses as if it tried each place at each threshold in turn", () => {
  fc.assert(
    fc.property(list, fc.array(list, { maxLength: 20 }), (weighed, loads) => {
      const all = candidates(weighed, (c) => ({ weight: c.weight }));
      const scheduler = create(all);
      const places = [...placesInTurn(all)];
      let at = -1;
      for (const load of loads) {
        for (const [i, c] of all.entries()) c.overloaded = load[i % load.length]!.overloaded;
        if (!all.some((c) => c.weight > 0 && !c.overloaded)) continue;
        do at = (at + 1) % places.length;
        while (places[at]!.c.overloaded || places[at]!.c.weight < places[at]!.threshold);
        expect(scheduler.pick()).toBe(places[at]!.c);
      }
    }),
  );
});

function* placesInTurn(all: TestCandidate[]): Generator<{ threshold: number; c: TestCandidate }> {
  const step = all.reduce((divisor, c) => gcd(divisor, c.weight), 0) || 1;
  const highest = Math.max(...all.map((c) => c.weight));
  for (let threshold = highest - step + 1; threshold > 0; threshold -= step) {
    for (const c of all) yield { threshold, c };
  }
}
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

test("wrr starts anew after it found nobody, unless it was in the midst of the lowest pass", () => {
  const all = candidates([2, 2, 1], (weight) => ({ weight }));
  const [a, b, c] = all as [TestCandidate, TestCandidate, TestCandidate];
  const scheduler = create(all);
  const findNobody = () => {
    for (const each of all) each.overloaded = true;
    expect(scheduler.pick()).toBeUndefined();
    for (const each of all) each.overloaded = false;
  };
  expect(scheduler.pick()).toBe(a); // threshold 2
  findNobody();
  expect([scheduler.pick(), scheduler.pick(), scheduler.pick()]).toEqual([a, b, a]); // now threshold 1
  findNobody();
  expect([scheduler.pick(), scheduler.pick()]).toEqual([b, c]);
});

test("wrr picks at once although a destination of a great weight is overloaded", () => {
  const [heavy, light] = [candidate({ weight: 65535, overloaded: true }), candidate({ weight: 1 })];
  let reads = 0;
  const counted = Object.defineProperty(light, "weight", {
    get() {
      reads++;
      return 1;
    },
  });
  const scheduler = create([heavy, counted]);
  reads = 0;
  expect(scheduler.pick()).toBe(light);
  expect(reads).toBeLessThan(10);
});
