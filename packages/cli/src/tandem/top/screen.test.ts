import { expect, test } from "vitest";
import { changedLines } from "./screen.ts";

const cases: { before: string[]; after: string[]; want: string }[] = [
  { before: [], after: ["a", "b"], want: "\u001b[1;1Ha\u001b[K\u001b[2;1Hb\u001b[K" },
  { before: ["a", "b"], after: ["a", "c"], want: "\u001b[2;1Hc\u001b[K" },
  { before: ["a", "b"], after: ["a", "b"], want: "" },
];
for (const { before, after, want } of cases) {
  test(`from ${JSON.stringify(before)} to ${JSON.stringify(after)} only what changed is written`, () =>
    expect(changedLines(before, after)).toBe(want));
}
