import fc from "fast-check";
import { expect, test } from "vitest";
import { fo } from "./fo.ts";
import { schedulerContract } from "./scheduler.contract.ts";
import { candidates, options, request, type TestCandidate } from "./testing.ts";

schedulerContract("fo", fo);

test("fo picks the first of the usable destinations of the highest weight, however busy", () => {
  const destination = fc.record({ weight: fc.nat(4), overloaded: fc.boolean(), active: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(destination, { maxLength: 8 }), (list) => {
      const all = candidates(list, (each) => each);
      const scheduler = fo<TestCandidate>(options);
      scheduler.update(all);
      const usable = all.filter((c) => c.weight > 0 && !c.overloaded);
      const highest = Math.max(...usable.map((c) => c.weight));
      expect(scheduler.pick(request())).toBe(usable.find((c) => c.weight === highest));
    }),
  );
});
