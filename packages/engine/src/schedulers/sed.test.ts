import fc from "fast-check";
import { expect, test } from "vitest";
import { schedulerContract } from "./scheduler.contract.ts";
import { sed } from "./sed.ts";
import { candidate, candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("sed", sed);

const cases = [
  { name: "picks the heavier of two that are idle", active: [0, 0], weight: [1, 2], want: 1 },
  { name: "counts the connection that is to come", active: [0, 1], weight: [1, 3], want: 1 },
  { name: "picks the first among equals", active: [0, 1], weight: [1, 2], want: 0 },
];
for (const c of cases) {
  test(`sed ${c.name}`, () => {
    const all = c.active.map((active, i) =>
      candidate({ active, weight: c.weight[i]!, inactive: 999 * (2 - i) }),
    );
    const scheduler = sed<TestCandidate>(options);
    scheduler.update(all);
    expect(scheduler.pick(request())).toBe(all[c.want]);
  });
}

test("sed gives nobody more than its weight's share of what is held and one more for each destination", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }), (weights) => {
      const all = candidates(weights, (weight) => ({ weight }));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const scheduler = sed<TestCandidate>(options);
      scheduler.update(all);
      for (let held = 1; held <= 300; held++) {
        scheduler.pick(request())!.active++;
        for (const c of all) {
          if (c.active > ((held - 1 + all.length) * c.weight) / total) expect.fail(`${c.active} of ${held}`);
        }
      }
    }),
  );
});
