import { expect, test } from "vitest";
import { ticksOf } from "./address-cache.ts";
import { lblc } from "./lblc.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("lblc", lblc, { mayPickOverloaded: true });

const TO = "172.16.0.1 80";
const setUp = (weights: number[]) => {
  const all = candidates(weights, (weight) => ({ weight }));
  const scheduler = lblc<TestCandidate>(options);
  scheduler.update(all);
  const pick = (to = TO, now = 0) => all.indexOf(scheduler.pick(request({ to, now }))!);
  return { all, pick, update: scheduler.update };
};

test("lblc keeps an address where wlc put it first, and spreads new addresses", () => {
  const { all, pick } = setUp([4, 4]);
  expect(pick()).toBe(0);
  all[0]!.active = 4;
  expect([pick(), pick("172.16.0.2 80"), pick()]).toEqual([0, 1, 0]);
});

const leaving: [string, (c: TestCandidate) => void][] = [
  ["is quiesced", (c) => Object.assign(c, { weight: 0 })],
  [
    "has more active connections than weight while another has less than half",
    (c) => Object.assign(c, { active: 5 }),
  ],
];
for (const [when, change] of leaving) {
  test(`lblc moves an address when its destination ${when}, for good`, () => {
    const { all, pick } = setUp([4, 4]);
    pick();
    const before = { ...all[0]! };
    change(all[0]!);
    expect(pick()).toBe(1);
    Object.assign(all[0]!, before);
    expect(pick()).toBe(1);
  });
}

const staying: [string, (all: TestCandidate[]) => void][] = [
  ["reaches its connection threshold", ([c]) => Object.assign(c!, { overloaded: true })],
  ["has as many active connections as weight", ([c]) => Object.assign(c!, { active: 4 })],
  [
    "is crowded, but so are the others by half",
    ([c, d]) => Object.assign(c!, { active: 9 }) && Object.assign(d!, { active: 2 }),
  ],
];
for (const [when, change] of staying) {
  test(`lblc leaves an address alone when its destination ${when}`, () => {
    const { all, pick } = setUp([4, 4]);
    pick();
    change(all);
    expect(pick()).toBe(0);
  });
}

test("lblc moves an address when its destination is gone, and back if that comes back first", () => {
  const { all, pick, update } = setUp([4, 4]);
  pick();
  update([all[1]!]);
  update(all);
  expect(pick()).toBe(0);
  update([all[1]!]);
  expect(pick()).toBe(1);
  update(all);
  expect(pick()).toBe(1);
});

test("lblc forgets an address that nobody asked for in a day", () => {
  const { all, pick } = setUp([4, 4]);
  pick();
  all[0]!.active = 1;
  const day = Math.ceil(ticksOf(86400));
  expect(pick(TO, day - 1)).toBe(0);
  expect(pick(TO, 2 * day - 1)).toBe(1);
});
