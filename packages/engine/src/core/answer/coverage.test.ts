import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { type Contribution, createCoverage } from "./coverage.ts";

interface Case {
  name: string;
  /** from, to, and "last" for the last one. */
  fragments: readonly (readonly [number, number, "last"?])[];
  want: readonly Contribution[];
  isComplete: boolean;
}
const cases: readonly Case[] = [
  {
    name: "in order",
    fragments: [
      [0, 8],
      [8, 16],
      [16, 20, "last"],
    ],
    want: ["new", "new", "new"],
    isComplete: true,
  },
  {
    name: "backwards",
    fragments: [
      [16, 20, "last"],
      [8, 16],
      [0, 8],
    ],
    want: ["new", "new", "new"],
    isComplete: true,
  },
  {
    name: "with the gap filled last",
    fragments: [
      [0, 8],
      [16, 20, "last"],
      [8, 16],
    ],
    want: ["new", "new", "new"],
    isComplete: true,
  },
  { name: "one alone", fragments: [[0, 8, "last"]], want: ["new"], isComplete: true },
  {
    name: "without the last",
    fragments: [
      [0, 8],
      [8, 16],
    ],
    want: ["new", "new"],
    isComplete: false,
  },
  {
    name: "without the first",
    fragments: [
      [8, 16],
      [16, 20, "last"],
    ],
    want: ["new", "new"],
    isComplete: false,
  },
  {
    name: "twice the same",
    fragments: [
      [0, 16],
      [0, 16],
    ],
    want: ["new", "known"],
    isComplete: false,
  },
  {
    name: "a part of a known part",
    fragments: [
      [0, 16],
      [8, 16],
    ],
    want: ["new", "known"],
    isComplete: false,
  },
  {
    name: "overlapping behind",
    fragments: [
      [0, 16],
      [8, 24],
    ],
    want: ["new", "conflict"],
    isComplete: false,
  },
  {
    name: "overlapping before",
    fragments: [
      [8, 24],
      [0, 16],
    ],
    want: ["new", "conflict"],
    isComplete: false,
  },
  {
    name: "around a known part",
    fragments: [
      [8, 16],
      [0, 24],
    ],
    want: ["new", "conflict"],
    isComplete: false,
  },
  {
    name: "touching one and overlapping the next",
    fragments: [
      [0, 8],
      [16, 24],
      [8, 20],
    ],
    want: ["new", "new", "conflict"],
    isComplete: false,
  },
  {
    name: "behind the end",
    fragments: [
      [0, 8, "last"],
      [8, 16],
    ],
    want: ["new", "conflict"],
    isComplete: true,
  },
  {
    name: "a second, earlier end",
    fragments: [
      [8, 16, "last"],
      [0, 8, "last"],
    ],
    want: ["new", "conflict"],
    isComplete: false,
  },
  {
    name: "a second, later end",
    fragments: [
      [8, 16, "last"],
      [16, 24, "last"],
    ],
    want: ["new", "conflict"],
    isComplete: false,
  },
  {
    name: "an end before what has come",
    fragments: [
      [16, 24],
      [0, 8, "last"],
    ],
    want: ["new", "conflict"],
    isComplete: false,
  },
];
for (const { name, fragments, want, isComplete } of cases) {
  test(`coverage of fragments ${name}`, () => {
    const coverage = createCoverage();
    expect(fragments.map(([from, to, last]) => coverage.add(from, to, last === "last"))).toEqual(want);
    expect(coverage.isComplete).toBe(isComplete);
  });
}

test("coverage refuses a packet with too many gaps", () => {
  const coverage = createCoverage();
  const told = Array.from({ length: 40 }, (_, i) => coverage.add(16 * i, 16 * i + 8, false));
  expect(told.slice(0, 32)).toEqual(Array(32).fill("new"));
  expect(told[32]).toBe("conflict");
});

test("coverage agrees with a map of all bytes", () => {
  const seed = 20_211;
  const random = createRandom(seed);
  for (let round = 0; round < 2000; round++) {
    const coverage = createCoverage();
    const there = new Set<number>();
    for (let i = 0; i < 6; i++) {
      const from = random(12);
      const to = from + 1 + random(4);
      const bytes = Array.from({ length: to - from }, (_, k) => from + k);
      const known = bytes.filter((b) => there.has(b)).length;
      const runs = known === bytes.length ? "known" : known > 0 ? "conflict" : "new";
      expect(coverage.add(from, to, false), `seed ${seed}, round ${round}`).toBe(runs);
      if (runs === "conflict") break;
      for (const b of bytes) there.add(b);
    }
  }
});
