import fc from "fast-check";
import { expect, test } from "vitest";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidate, candidates, options, request, type TestCandidate } from "./testing.ts";
import { wlc } from "./wlc.ts";

schedulerContract("wlc", wlc);

const cases = [
  { name: "picks the idle destination", active: [5, 0], weight: [1, 1], want: 1 },
  { name: "divides load by weight", active: [4, 3], weight: [2, 1], want: 0 },
  { name: "picks the first among equals", active: [4, 2], weight: [2, 1], want: 0 },
  { name: "skips a quiesced destination", active: [0, 9], weight: [0, 1], want: 1 },
  { name: "is exact in great numbers", active: [65535 * 256, 65534 * 256], weight: [65535, 65534], want: 0 },
];
for (const c of cases) {
  test(`wlc ${c.name}`, () => {
    const all = c.active.map((active, i) => candidate({ active, weight: c.weight[i]! }));
    const scheduler = wlc<TestCandidate>(options);
    scheduler.update(all);
    expect(scheduler.pick(request())).toBe(all[c.want]);
  });
}

test("wlc gives nobody more than its weight's share of held connections, and one", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }), (weights) => {
      const all = candidates(weights, (weight) => ({ weight }));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const scheduler = wlc<TestCandidate>(options);
      scheduler.update(all);
      for (let held = 1; held <= 300; held++) {
        scheduler.pick(request())!.active++;
        for (const c of all)
          if (c.active > (held * c.weight) / total + 1) expect.fail(`${c.active} of ${held}`);
      }
    }),
  );
});
