/**
 * A clock that notices when its own event loop stood still. The loop must read it often (a timer every few ms, and each
 * callback that takes a sample): two readings far apart are a stall.
 */
export interface StallClock {
  /** Read the time, in ms. */
  nowMs(): number;
  /** Whether a stall reached into the time since then. */
  hasStalledSince(ms: number): boolean;
  /** Stalls since the last `reset`. */
  stalls(): { readonly count: number; readonly worstMs: number };
  reset(): void;
}

/**
 * @param limitMs a gap between readings that is longer is a stall; must exceed the interval of the timer that reads
 * @param clock monotonic time in ms
 */
export function createStallClock(limitMs: number, clock: () => number): StallClock {
  let lastMs = clock();
  let stallEndMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  let worstMs = 0;
  return {
    nowMs() {
      const now = clock();
      const gapMs = now - lastMs;
      lastMs = now;
      if (gapMs > limitMs) {
        stallEndMs = now;
        count++;
        worstMs = Math.max(worstMs, gapMs);
      }
      return now;
    },
    hasStalledSince: (ms) => ms < stallEndMs,
    stalls: () => ({ count, worstMs }),
    reset() {
      count = 0;
      worstMs = 0;
    },
  };
}
