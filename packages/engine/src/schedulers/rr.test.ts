import { expect, test } from "vitest";
import { rr } from "./rr.ts";
import { candidate, schedulerContract } from "./scheduler.contract.ts";

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
    const scheduler = rr<typeof a>();
    scheduler.update(before);
    for (let i = 0; i < picks; i++) scheduler.pick();
    scheduler.update(after);
    for (const next of want) expect(scheduler.pick()).toBe(next);
  });
}
