/** A whole number from 0 to `below` - 1. */
export type Random = (below: number) => number;

/**
 * Numbers that look random and are the same for the same seed: xorshift32 (George Marsaglia, "Xorshift RNGs", 2003), scaled. For choices
 * among destinations, ports and victims; not for secrets. Never throws.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1; // 0 would stay 0
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}
