import { expect, test } from "vitest";
import { createRandom } from "./random.ts";

test("random numbers are whole, below their limit, spread, and the same for the same seed", () => {
  for (const seed of [0, 1, 0xffff_ffff]) {
    const [random, again] = [createRandom(seed), createRandom(seed)];
    const counts = new Array(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const n = random(10);
      expect(n).toBe(again(10));
      counts[n]++;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(random(1)).toBe(0);
  }
});
