import fc from "fast-check";
import { expect, test } from "vitest";
import { rr } from "./rr.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidate, candidates, options, request } from "./testing.ts";

schedulerContract("rr", rr);

const [a, b, c] = [candidate({ weight: 5 }), candidate(), candidate()];
const cases = [
  {
    name: "goes round in listing order, whatever the weights",
    before: [a, b, c],
    picks: 0,
    after: [a, b, c],
    want: [a, b, c, a],
  },
  {
    name: "goes on after its last pick when the list grows",
    before: [a, b],
    picks: 1,
    after: [a, c, b],
    want: [c, b, a],
  },
  {
    name: "goes on after the predecessor of a pick that is gone",
    before: [a, b, c],
    picks: 2,
    after: [a, c],
    want: [c, a],
  },
  {
    name: "starts at the head when pick and predecessors are gone",
    before: [a, b, c],
    picks: 2,
    after: [c],
    want: [c],
  },
  {
    name: "keeps its place when only weights change",
    before: [a, b, c],
    picks: 2,
    after: [a, b, c],
    want: [c, a],
  },
];
for (const { name, before, picks, after, want } of cases) {
  test(`rr ${name}`, () => {
    const scheduler = rr<typeof a>(options);
    scheduler.update(before);
    for (let i = 0; i < picks; i++) scheduler.pick(request());
    scheduler.update(after);
    for (const next of want) expect(scheduler.pick(request())).toBe(next);
  });
}

test("rr gives each usable destination the same number of connections, but for one", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 9 }), fc.nat(200), (weights, picks) => {
      const all = candidates(weights, (weight) => ({ weight }));
      const scheduler = rr<typeof a>(options);
      scheduler.update(all);
      for (let i = 0; i < picks; i++) {
        const picked = scheduler.pick(request());
        if (picked) picked.active++;
      }
      const counts = all.filter((each) => each.weight > 0).map((each) => each.active);
      if (counts.length > 0) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});
