import { expect, test } from "vitest";
import { createOutageWindow } from "./outage-window.ts";

/** An answer: [probe number, time in ms, did the generator stall before it]. */
type Answer = [number: number, atMs: number, hasStalled?: true];

const cases: { name: string; answers: Answer[]; readMs: number; want: number; voided: number }[] = [
  {
    name: "is 0 when every probe is answered in time",
    answers: [
      [1, 5],
      [2, 10],
    ],
    readMs: 12,
    want: 0,
    voided: 0,
  },
  {
    name: "is the longest silence less the interval",
    answers: [
      [1, 5],
      [20, 105],
      [21, 110],
    ],
    readMs: 112,
    want: 95,
    voided: 0,
  },
  {
    name: "counts late answers as silence too",
    answers: [
      [1, 5],
      [2, 85],
      [3, 85],
    ],
    readMs: 86,
    want: 75,
    voided: 0,
  },
  { name: "counts a silence that lasts with its age", answers: [[1, 5]], readMs: 205, want: 195, voided: 0 },
  {
    name: "voids a silence that was a stall of its own",
    answers: [
      [1, 5],
      [2, 65, true],
    ],
    readMs: 66,
    want: 0,
    voided: 1,
  },
  {
    name: "keeps a silence with lost probes, stall or not",
    answers: [
      [1, 5],
      [9, 65, true],
    ],
    readMs: 66,
    want: 55,
    voided: 0,
  },
];
for (const c of cases) {
  test(`outage ${c.name}`, () => {
    const window = createOutageWindow(5, 0);
    for (const [number, atMs, hasStalled] of c.answers)
      window.answer(number, atMs, () => hasStalled ?? false);
    expect(window.read(c.readMs)).toBe(c.want);
    expect(window.count()).toEqual({ taken: c.answers.length, voided: c.voided });
  });
}

test("outage forgets the last step's silences, but not the one under way", () => {
  const window = createOutageWindow(5, 0);
  window.answer(40, 200, () => false);
  window.reset();
  expect(window.read(201)).toBe(0);
  expect(window.read(305)).toBe(100);
});
