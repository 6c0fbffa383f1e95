/**
 * How far a peer's monotonic clock is ahead of ours, as an interval that every echo narrows: the peer sent its answer after it
 * got our question and before we got the answer. Wall clocks are never asked.
 */

/** Two quartz clocks drift apart by at most 0.1 ms/s each way; the interval widens by that between echoes. */
const DRIFT = 2e-4;

/** What is known of a peer's clock. */
export interface ClockBounds {
  /** Peer's clock minus ours lies between these, in ms; infinite before the first echo. */
  lowMs: number;
  highMs: number;
  learnedMs: number;
}

/** Nothing is known yet. */
export const createClockBounds = (): ClockBounds => ({
  lowMs: Number.NEGATIVE_INFINITY,
  highMs: Number.POSITIVE_INFINITY,
  learnedMs: 0,
});

/** Our own hello given back. */
export interface Echo {
  /** Our own clock when we sent what came back. */
  readonly sentMs: number;
  /** How long the peer kept it. */
  readonly heldMs: number;
  /** The peer's clock when it sent the echo. */
  readonly peerMs: number;
}

/** Learn from an echo that arrived at `nowMs`. One that contradicts all others (a clock was stopped) starts anew. */
export function learnEcho(bounds: ClockBounds, echo: Echo, nowMs: number): void {
  const low = echo.peerMs - nowMs;
  const high = echo.peerMs - echo.sentMs - echo.heldMs;
  if (low > high) return; // it claims to have been held longer than it was away
  const widened = DRIFT * (nowMs - bounds.learnedMs);
  bounds.lowMs = Math.max(low, bounds.lowMs - widened);
  bounds.highMs = Math.min(high, bounds.highMs + widened);
  bounds.learnedMs = nowMs;
  if (bounds.lowMs > bounds.highMs) Object.assign(bounds, { lowMs: low, highMs: high });
}

/**
 * The greatest age that something can have which was true at `peerMs` of the peer's clock. Two nodes that judge each other's
 * records by it can both believe to have seen the later packet, but never both give a connection up. Infinite before an echo.
 */
export function greatestAgeMs(bounds: ClockBounds, peerMs: number, nowMs: number): number {
  return Math.max(0, nowMs + bounds.highMs - peerMs);
}

/** The likely age, wrong by at most half the width of the interval; undefined before an echo. */
export function likelyAgeMs(bounds: ClockBounds, peerMs: number, nowMs: number): number | undefined {
  if (bounds.highMs === Number.POSITIVE_INFINITY) return undefined;
  return Math.max(0, nowMs + (bounds.lowMs + bounds.highMs) / 2 - peerMs);
}
