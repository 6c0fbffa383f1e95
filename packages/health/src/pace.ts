/** When to check: pure arithmetic in milliseconds. */

/** Gap between the first checks of two destinations: 200 a second do not look like an attack. */
const FIRST_CHECK_GAP_MS = 5;
/** Share of the interval by which a check may come early or late, so that checks that met once do not meet for ever. */
const JITTER = 0.05;

/** Delay of the first check of the `index`-th of `count` destinations that start together: the first at once, all within one interval. */
export function firstDelayMs(intervalMs: number, index: number, count: number): number {
  return index * Math.min(FIRST_CHECK_GAP_MS, intervalMs / count);
}

/**
 * Delay from the end of one check to the start of the next, so that starts lie an interval apart, give or take 5 %.
 *
 * @param elapsedMs how long the last check took
 * @param random    0..1
 */
export function nextDelayMs(intervalMs: number, elapsedMs: number, random: number): number {
  return Math.max(0, intervalMs * (1 - JITTER + 2 * JITTER * random) - elapsedMs);
}
