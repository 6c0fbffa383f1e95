/** Chance that can be repeated, for fuzz tests: xorshift of 32 bits (Marsaglia, "Xorshift RNGs", 2003). */

/** Whole numbers from 0 to `below` - 1, the same ones for the same `seed`. Never throws. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
