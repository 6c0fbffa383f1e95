import { expect, test } from "vitest";
import { ovf } from "./ovf.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("ovf", ovf, { isPartial: true });

test("ovf fills the heaviest with one more than its weight, then the next, then picks nobody", () => {
  const all = candidates([1, 3, 2], (weight) => ({ weight }));
  const scheduler = ovf<TestCandidate>(options);
  scheduler.update(all);
  const picks = Array.from({ length: 10 }, () => {
    const picked = scheduler.pick(request());
    if (picked) picked.active++;
    return picked ? all.indexOf(picked) : -1;
  });
  expect(picks).toEqual([1, 1, 1, 1, 2, 2, 2, 0, 0, -1]);
});

test("ovf does not count inactive connections", () => {
  const [heavy, light] = candidates([2, 1], (weight) => ({ weight, inactive: 1000 }));
  const scheduler = ovf<TestCandidate>(options);
  scheduler.update([light!, heavy!]);
  expect(scheduler.pick(request())).toBe(heavy);
});
