import { expect, test } from "vitest";
import { formatCounter } from "./numbers.ts";

/** Where a suffix begins, and where the next one does. */
const counters: readonly (readonly [value: number, text: string, exact: string])[] = [
  [0, "        0", "        0"],
  [3500, "     3500", "     3500"],
  [99_999_999, " 99999999", " 99999999"],
  [100_000_000, "  100000K", " 100000000"],
  [210_098_512, "  210098K", " 210098512"],
  [999_999_999, "  999999K", " 999999999"],
  [1_000_000_000, "    1000M", " 1000000000"],
  [99_999_999_999, "   99999M", " 99999999999"],
  [100_000_000_000, "     100G", " 100000000000"],
  [99_999_999_999_999, "   99999G", " 99999999999999"],
  [100_000_000_000_000, "     100T", " 100000000000000"],
  [2.9, "        2", "        2"],
];
for (const [value, text, exact] of counters)
  test(`${value} stands as "${text}", exactly as "${exact}"`, () =>
    expect([formatCounter(value, false), formatCounter(value, true)]).toEqual([text, exact]));
