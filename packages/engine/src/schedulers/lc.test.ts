import { expect, test } from "vitest";
import { lc } from "./lc.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidate, candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("lc", lc);

const cases: { name: string; loads: [active: number, inactive: number][]; want: number }[] = [
  {
    name: "picks the idle destination",
    loads: [
      [5, 0],
      [0, 0],
    ],
    want: 1,
  },
  {
    name: "picks the first among equals",
    loads: [
      [1, 0],
      [1, 0],
    ],
    want: 0,
  },
  {
    name: "weighs an active connection as 256 inactive ones",
    loads: [
      [1, 0],
      [0, 255],
    ],
    want: 1,
  },
  {
    name: "does not weigh it more",
    loads: [
      [1, 0],
      [0, 257],
    ],
    want: 0,
  },
];
for (const c of cases) {
  test(`lc ${c.name}`, () => {
    const all = c.loads.map(([active, inactive], i) =>
      candidate({ active, inactive, weight: i === 0 ? 9 : 1 }),
    );
    const scheduler = lc<TestCandidate>(options);
    scheduler.update(all);
    expect(scheduler.pick(request())).toBe(all[c.want]);
  });
}

test("lc keeps held connections level, but for one", () => {
  const all = candidates([7, 1, 3, 1], (weight) => ({ weight }));
  const scheduler = lc<TestCandidate>(options);
  scheduler.update(all);
  for (let i = 0; i < 100; i++) {
    scheduler.pick(request())!.active++;
    const counts = all.map((c) => c.active);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
});
