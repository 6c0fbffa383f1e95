import fc from "fast-check";
import { expect, test } from "vitest";
import { SLOTS, shareSlots, slotOf } from "./maglev.ts";
import { candidate, candidates, seededRandom, type TestCandidate } from "./testing.ts";

const slotsOf = (owners: TestCandidate[], c: TestCandidate): number =>
  owners.filter((each) => each === c).length;

test("the slots are shared as an independent calculation of the kernel's rule has it", () => {
  const all = [
    candidate({ at: "10.0.0.11 80", weight: 1 }),
    candidate({ at: "10.0.0.12 80", weight: 1 }),
    candidate({ at: "10.0.0.13 80", weight: 2 }),
  ];
  const owners = shareSlots(all);
  expect(all.map((c) => slotsOf(owners, c))).toEqual([1024, 1023, 2046]);
  const clients = [0xc0000201, 0xc6336407, 0xcb007109]; // 192.0.2.1, 198.51.100.7, 203.0.113.9
  expect(clients.map((client) => all.indexOf(owners[slotOf(client)]!))).toEqual([2, 0, 1]);
});

test("slots are shared by weight, but for one round", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(63), { minLength: 1, maxLength: 12 }), (weights) => {
      const all = candidates([1, ...weights], (weight) => ({ weight })); // 1: in lowest terms already
      const owners = shareSlots(all);
      const rounds = SLOTS / all.reduce((sum, c) => sum + c.weight, 0);
      for (const c of all) {
        expect(slotsOf(owners, c)).toBeGreaterThanOrEqual(Math.floor(rounds) * c.weight);
        expect(slotsOf(owners, c)).toBeLessThanOrEqual(Math.ceil(rounds) * c.weight);
      }
      expect(owners.length).toBe(SLOTS);
    }),
    { numRuns: 30 },
  );
});

const turns = [
  { weights: [100, 200, 300], like: [1, 2, 3], why: "weights count in lowest terms" },
  { weights: [65535, 1], like: [63, 1], why: "great weights are halved, small ones have at least one turn" },
  { weights: [66, 35, 64], like: [33, 17, 32], why: "halves are rounded down" },
];
for (const { weights, like, why } of turns) {
  test(`weights ${weights} share slots as ${like}: ${why}`, () => {
    const owners = (list: number[]) => {
      const all = candidates(list, (weight) => ({ weight }));
      return shareSlots(all).map((c) => all.indexOf(c));
    };
    expect(owners(weights)).toEqual(owners(like));
  });
}

test("who has never had a weight owns no slot, and nobody does if nobody had", () => {
  const [never, once] = candidates([0, 0], (lastWeight) => ({ weight: 0, lastWeight }));
  expect(shareSlots([never!])).toEqual([]);
  once!.lastWeight = 3;
  expect(new Set(shareSlots([never!, once!]))).toEqual(new Set([once]));
});

test("more destinations than slots own one slot each, as far as slots go", () => {
  const all = Array.from({ length: SLOTS + 7 }, (_, i) => candidate({ at: `10.1.${i >> 8}.${i & 255} 80` }));
  expect(new Set(shareSlots(all)).size).toBe(SLOTS);
});

for (const count of [2, 3, 5, 10, 30, 100]) {
  test(`when one of ${count} equal destinations goes, at most 5 % of the slots change between those that stay`, () => {
    const random = seededRandom(count);
    const all = Array.from({ length: count }, () =>
      candidate({ at: `10.${random(256)}.${random(256)}.${random(256)} 80` }),
    );
    const before = shareSlots(all);
    for (const gone of all.slice(0, 5)) {
      const after = shareSlots(all.filter((c) => c !== gone));
      const moved = before.filter((c, slot) => c !== gone && c !== after[slot]).length;
      expect(moved).toBeLessThanOrEqual(SLOTS * 0.05);
    }
  });
}
