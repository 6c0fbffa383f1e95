import { expect, test } from "vitest";
import { candidate, schedulerContract } from "./scheduler.contract.ts";
import { wlc } from "./wlc.ts";

schedulerContract("wlc", wlc);

const cases = [
  { name: "picks the idle destination", active: [5, 0], weight: [1, 1], want: 1 },
  { name: "divides load by weight", active: [4, 3], weight: [2, 1], want: 0 },
  { name: "picks the first among equals", active: [4, 2], weight: [2, 1], want: 0 },
  { name: "skips a quiesced destination", active: [0, 9], weight: [0, 1], want: 1 },
];
for (const c of cases) {
  test(`wlc ${c.name}`, () => {
    const all = c.active.map((active, i) => candidate({ active, weight: c.weight[i]! }));
    const scheduler = wlc<(typeof all)[0]>();
    scheduler.update(all);
    expect(scheduler.pick()).toBe(all[c.want]);
  });
}
