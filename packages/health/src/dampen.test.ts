import { expect, test } from "vitest";
import { type Belief, dampen } from "./dampen.ts";

const limit = { rise: 2, fall: 3 };
const cases: [from: Belief, results: string, up: boolean, against: number][] = [
  [{ up: true, against: 0 }, "", true, 0],
  [{ up: true, against: 0 }, "--", true, 2],
  [{ up: true, against: 0 }, "---", false, 0],
  [{ up: true, against: 0 }, "--+--", true, 2],
  [{ up: false, against: 0 }, "+", false, 1],
  [{ up: false, against: 0 }, "++", true, 0],
  [{ up: false, against: 0 }, "+-+", false, 1],
  [{ up: false, against: 0 }, "-", false, 0],
];
for (const [from, results, up, against] of cases) {
  test(`dampen goes from ${from.up ? "up" : "down"} through "${results}" to ${up ? "up" : "down"}, ${against} against`, () => {
    const end = [...results].reduce((belief, r) => dampen(belief, r === "+", limit), from);
    expect(end).toEqual({ up, against });
  });
}
