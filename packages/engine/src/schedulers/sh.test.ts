import fc from "fast-check";
import { expect, test } from "vitest";
import { numberOfClient } from "./address-number.ts";
import { hash32 } from "./hash32.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { sh } from "./sh.ts";
import { candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("sh", sh, { isPartial: true });
schedulerContract("sh", sh, { isPartial: true, given: { port: true } });
schedulerContract("sh", sh, { given: { fallback: true } });

/** One client for each bucket, by bucket. */
const CLIENTS: string[] = [];
for (let i = 0; CLIENTS.filter(Boolean).length < 256; i++) {
  const from = `10.0.${i >> 8}.${i & 255} 40000`;
  CLIENTS[hash32(numberOfClient(request({ from }), false), 8)] = from;
}

const ownersOf = (all: TestCandidate[], given = {}): (TestCandidate | undefined)[] => {
  const scheduler = sh<TestCandidate>({ ...options, ...given });
  scheduler.update(all);
  return CLIENTS.map((from) => scheduler.pick(request({ from })));
};

test("sh gives each destination its weight's share of the buckets, but for one round", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 }), (weights) => {
      const all = candidates(weights, (weight) => ({ weight }));
      const rounds = 256 / weights.reduce((sum, weight) => sum + weight, 0);
      const owners = ownersOf(all);
      for (const c of all) {
        const buckets = owners.filter((owner) => owner === c).length;
        expect(buckets).toBeGreaterThanOrEqual(Math.floor(rounds) * c.weight);
        expect(buckets).toBeLessThanOrEqual(Math.ceil(rounds) * c.weight);
      }
    }),
  );
});

test("sh keeps a bucket in each round for a quiesced destination, for whose clients it picks nobody", () => {
  const all = candidates([1, 0, 2], (weight) => ({ weight }));
  expect(ownersOf(all).filter((owner) => owner === undefined).length).toBe(64); // A B C C, 64 rounds
});

test("sh with fallback asks the buckets from twice the client's on", () => {
  const all = candidates([1, 1, 1], (weight) => ({ weight }));
  const owners = ownersOf(all);
  const tired = all[1]!;
  tired.overloaded = true;
  const want = owners.map((owner, home) => {
    if (owner !== tired) return owner;
    for (let i = home * 2; ; i++) if (owners[i % 256] !== tired) return owners[i % 256];
  });
  expect(ownersOf(all, { fallback: true })).toEqual(want);
});

test("sh looks at the client's port if told so", () => {
  const all = candidates([1, 1, 1], (weight) => ({ weight }));
  const picksOf = (port: boolean) => {
    const scheduler = sh<TestCandidate>({ ...options, port });
    scheduler.update(all);
    const ports = Array.from({ length: 60 }, (_, i) => `192.0.2.1 ${40000 + i}`);
    return new Set(ports.map((from) => scheduler.pick(request({ from })))).size;
  };
  expect([picksOf(false), picksOf(true)]).toEqual([1, 3]);
});

test("sh lets one destination of a great weight own every bucket", () => {
  const all = candidates([65535, 1], (weight) => ({ weight }));
  expect(new Set(ownersOf(all))).toEqual(new Set([all[0]]));
});
