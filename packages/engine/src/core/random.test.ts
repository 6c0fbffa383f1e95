import { expect, test } from "vitest";
import { createRandom } from "./random.ts";

test("random numbers are whole, below their limit, spread, and the same for the same seed", () => {
  for (const seed of [0, 1, 0xffff_ffff]) {
    const [random, again] = [createRandom(seed), createRandom(seed)];
    const counts = new Array(10).fill(0);
    const numbers = Array.from({ length: 10_000 }, () => random(10));
    expect(numbers).toEqual(numbers.map(() => again(10)));
    for (const n of numbers) counts[n]++;
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(random(1)).toBe(0);
  }
});
