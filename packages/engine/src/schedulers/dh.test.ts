import { expect, test } from "vitest";
import { dh } from "./dh.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidate, candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("dh", dh, { isPartial: true });

/** One destination address for each of the 256 buckets, or a few more. */
const ADDRESSES = Array.from({ length: 256 }, (_, i) => `172.16.${i}.0 80`);

const ownersOf = (all: TestCandidate[]): (TestCandidate | undefined)[] => {
  const scheduler = dh<TestCandidate>(options);
  scheduler.update(all);
  return ADDRESSES.map((to) => scheduler.pick(request({ from: "192.0.2.1 1", to })));
};

test("dh goes by the destination address alone", () => {
  const all = candidates([1, 1, 1, 1, 1], (weight) => ({ weight }));
  const scheduler = dh<TestCandidate>(options);
  scheduler.update(all);
  const clients = Array.from({ length: 50 }, (_, i) => `198.51.100.${i} ${i}`);
  const picked = clients.map((from) =>
    scheduler.pick(request({ from, to: `203.0.113.9 ${80 + from.length}` })),
  );
  expect(new Set(picked).size).toBe(1);
});

test("dh shares addresses evenly, whatever the weights", () => {
  const all = candidates([1, 50, 3, 9], (weight) => ({ weight }));
  const owners = ownersOf(all);
  for (const c of all) expect(Math.abs(owners.filter((owner) => owner === c).length - 64)).toBeLessThan(16);
});

test("dh picks nobody for a quiesced destination's addresses, and leaves the others' alone", () => {
  const all = candidates([1, 1, 1], (weight) => ({ weight }));
  const before = ownersOf(all);
  const gone = all[1]!;
  gone.weight = 0;
  expect(ownersOf(all)).toEqual(before.map((owner) => (owner === gone ? undefined : owner)));
});

test("dh lets destinations after the 256th of the list own nothing", () => {
  const all = candidates(Array.from({ length: 300 }), () => ({}));
  const owners = new Set(ownersOf(all));
  expect(all.slice(256).some((c) => owners.has(c))).toBe(false);
  expect(owners.size).toBeGreaterThan(100);
});

test("dh knows IPv6", () => {
  const [one, other] = [candidate({ at: "2001:db8::11 80" }), candidate({ at: "2001:db8::12 80" })];
  const scheduler = dh<TestCandidate>(options);
  scheduler.update([one, other]);
  // 2001:db8::1 has bucket 63
  expect(scheduler.pick(request({ from: "2001:db8::9 1", to: "2001:db8::1 80" }))).toBe(other);
});
