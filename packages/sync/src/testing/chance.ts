/** Dice from a seed, for runs that can be repeated. */
export interface Chance {
  /** 0 ≤ n < 1. */
  number(): number;
  /** Whole, 0 ≤ n < limit. */
  below(limit: number): number;
  /** True this often, 0..1. */
  happens(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(sizeBytes: number): Uint8Array;
}

/** The same seed gives the same dice (mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const number = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(number() * limit);
  return {
    number,
    below,
    happens: (probability) => number() < probability,
    pick: (from) => from[below(from.length)]!,
    bytes: (sizeBytes) => Uint8Array.from({ length: sizeBytes }, () => below(256)),
  };
}
