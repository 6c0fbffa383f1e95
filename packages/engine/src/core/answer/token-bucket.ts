/** A token bucket over the data plane's clock. */

/** Gives or refuses tokens. */
export interface TokenBucket {
  /** Take a token at `now`, in ticks of 2^20 ns modulo 2^32; false if there is none. */
  take(now: number): boolean;
}

const TICKS_PER_SECOND = 1e9 / 2 ** 20;

/** A bucket that is full at first, holds `burst` tokens and is filled at `perSecond`. */
export function createTokenBucket(perSecond: number, burst: number): TokenBucket {
  const perTick = perSecond / TICKS_PER_SECOND;
  let tokens = burst;
  let filledAt = 0;

  return {
    take(now) {
      tokens = Math.min(burst, tokens + ((now - filledAt) >>> 0) * perTick);
      filledAt = now;
      if (tokens < 1) return false;
      tokens--;
      return true;
    },
  };
}
