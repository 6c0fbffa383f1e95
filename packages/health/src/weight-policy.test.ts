import { expect, test } from "vitest";
import { effectiveWeights } from "./weight-policy.ts";

test("weight policy gives what is up its configured weight and what is down none", () => {
  const members = [
    { weight: 3, up: true },
    { weight: 5, up: false },
    { weight: 0, up: true },
  ];
  expect(effectiveWeights(members)).toEqual([3, 0, 0]);
});
