/** The time of day by the kernel's monotonic clock, which packets are stamped with. */

/** What is less is no step, but an interruption between reading one clock and the other; the system slews both alike. */
const LEAST_STEP_MS = 50;

/** A clock of the wall, finer than `Date.now`, that goes back only if it was set. */
export interface WallClock {
  /** Milliseconds since 1970, with fractions, when the monotonic clock showed `monotonicMs`. */
  at(monotonicMs: number): number;
  /** Go right again if the system's clock was set. Some 100 ns. */
  follow(): void;
}

/** One that goes right now; `monotonicMs` and `wallMs` tell what the system's clocks show. */
export function createWallClock(monotonicMs: () => number, wallMs: () => number): WallClock {
  const readOffset = () => wallMs() - monotonicMs();
  let offsetMs = readOffset();
  return {
    at: (timeMs) => timeMs + offsetMs,
    follow() {
      const now = readOffset();
      if (Math.abs(now - offsetMs) >= LEAST_STEP_MS) offsetMs = now;
    },
  };
}
