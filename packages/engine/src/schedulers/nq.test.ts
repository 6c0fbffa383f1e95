import { expect, test } from "vitest";
import { nq } from "./nq.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidate, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("nq", nq);

const cases = [
  { name: "picks an idle destination, however light", active: [1, 0], weight: [100, 1], want: 1 },
  { name: "picks the first of those that are idle", active: [0, 0], weight: [1, 9], want: 0 },
  { name: "skips an idle destination that is quiesced", active: [0, 5], weight: [0, 1], want: 1 },
  { name: "goes by the expected delay when none is idle", active: [1, 2], weight: [1, 3], want: 1 },
];
for (const c of cases) {
  test(`nq ${c.name}`, () => {
    const all = c.active.map((active, i) => candidate({ active, weight: c.weight[i]!, inactive: 7 }));
    const scheduler = nq<TestCandidate>(options);
    scheduler.update(all);
    expect(scheduler.pick(request())).toBe(all[c.want]);
  });
}
