import { expect, test } from "vitest";
import { effectiveWeights } from "./weight-policy.ts";

test("weight policy gives what is up its configured weight and what is down or drained none", () => {
  const members = [
    { weight: 3, isDrained: false, up: true },
    { weight: 5, isDrained: false, up: false },
    { weight: 0, isDrained: false, up: true },
    { weight: 7, isDrained: true, up: true },
  ];
  expect(effectiveWeights(members)).toEqual([3, 0, 0, 0]);
});
