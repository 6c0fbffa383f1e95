import { expect, test } from "vitest";
import { ticksOf } from "./address-cache.ts";
import { lblcr } from "./lblcr.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("lblcr", lblcr);

const DAY = Math.ceil(ticksOf(86400));
const setUp = (weights: number[]) => {
  const all = candidates(weights, (weight) => ({ weight }));
  const scheduler = lblcr<TestCandidate>(options);
  scheduler.update(all);
  const pick = (now = 0, to = "172.16.0.1 80") => all.indexOf(scheduler.pick(request({ to, now }))!);
  const load = (...active: number[]) => {
    for (const [i, c] of all.entries()) c.active = active[i]!;
  };
  return { all, pick, load, update: scheduler.update };
};

test("lblcr keeps an address with one destination while that is not crowded", () => {
  const { pick, load } = setUp([4, 4, 4]);
  expect(pick()).toBe(0);
  load(4, 0, 0);
  expect(pick()).toBe(0);
});

test("lblcr lets a crowded destination's address have another one, and picks the least loaded of both", () => {
  const { pick, load } = setUp([4, 4, 4]);
  pick();
  load(5, 1, 0);
  expect(pick()).toBe(2);
  load(1, 0, 2);
  expect(pick()).toBe(0); // 1 is none of them
  load(2, 0, 1);
  expect(pick()).toBe(2);
});

test("lblcr picks the latest member among equals", () => {
  const { pick, load } = setUp([4, 4]);
  pick();
  load(5, 0);
  pick();
  load(1, 1);
  expect(pick()).toBe(1);
});

test("lblcr passes over a member at its connection threshold", () => {
  const { all, pick } = setUp([4, 4]);
  pick();
  all[0]!.overloaded = true;
  expect(pick()).toBe(1);
  all[0]!.overloaded = false;
  all[1]!.active = 1;
  expect(pick()).toBe(0);
});

test("lblcr takes the most loaded member out of a set that has not changed for a day, after it picked", () => {
  const { pick, load } = setUp([4, 4, 4]);
  pick(0);
  load(5, 0, 0);
  expect(pick(0)).toBe(1); // members: 0 and 1
  load(0, 1, 2);
  expect([pick(DAY - 1), pick(DAY)]).toEqual([0, 0]); // at the latter time 1 is taken out
  load(2, 0, 1);
  expect(pick(DAY)).toBe(0);
});

test("lblcr counts the day from the last change of the set", () => {
  const { pick, load } = setUp([4, 4, 4]);
  pick(0);
  load(5, 0, 0);
  pick(DAY - 2); // members: 0 and 1
  load(0, 1, 2);
  pick(DAY + 2);
  load(2, 0, 1);
  expect(pick(DAY + 3)).toBe(1);
});

test("lblcr has each member once, although wlc may choose a crowded one again", () => {
  const { all, pick, load } = setUp([4, 4]);
  pick(0);
  load(5, 0);
  all[1]!.overloaded = true;
  expect(pick(0)).toBe(0); // crowded, but there is nobody else
  all[1]!.overloaded = false;
  expect(pick(0)).toBe(1); // members: 0 and 1
  load(2, 1);
  expect([pick(DAY - 1), pick(DAY)]).toEqual([1, 1]); // at the latter time 0 is taken out
  load(0, 1);
  expect(pick(DAY)).toBe(1);
});

test("lblcr keeps the last member", () => {
  const { pick, load } = setUp([4, 4]);
  pick(0);
  load(3, 0);
  for (const day of [0.5, 1.2, 1.9, 2.5]) expect(pick(day * DAY)).toBe(0);
});

test("lblcr passes over a member that is gone", () => {
  const { all, pick, update } = setUp([4, 4]);
  pick();
  update([all[1]!]);
  expect(pick()).toBe(1);
});

test("lblcr forgets an address that nobody asked for in a day", () => {
  const { pick, load } = setUp([4, 4]);
  pick(0);
  load(1, 0);
  expect(pick(DAY)).toBe(1);
});
