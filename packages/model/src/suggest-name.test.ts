import { expect, test } from "vitest";
import { suggestName } from "./suggest-name.ts";

const FIELDS = ["protocol", "address", "port", "weight", "rise", "fall"];
const cases: [typed: string, meant: string | undefined][] = [
  ["wieght", "weight"],
  ["adress", "address"],
  ["Weight", "weight"],
  ["prot", "port"],
  ["protcol", "protocol"],
  ["raise", "rise"],
  ["colour", undefined],
  ["x", undefined],
  ["", undefined],
];
for (const [typed, meant] of cases) {
  test(`suggestion for "${typed}" is ${meant ?? "nothing"}`, () =>
    expect(suggestName(typed, FIELDS)).toBe(meant));
}
