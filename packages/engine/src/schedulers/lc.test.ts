import { expect, test } from "vitest";
import { lc } from "./lc.ts";
import { candidate, schedulerContract } from "./scheduler.contract.ts";

schedulerContract("lc", lc);

const cases = [
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
] as const;
for (const c of cases) {
  test(`lc ${c.name}`, () => {
    const all = c.loads.map(([active, inactive], i) =>
      candidate({ active, inactive, weight: i === 0 ? 9 : 1 }),
    );
    const scheduler = lc<(typeof all)[0]>();
    scheduler.update(all);
    expect(scheduler.pick()).toBe(all[c.want]);
  });
}
