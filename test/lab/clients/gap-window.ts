import type { SampleCount } from "./traffic-options.ts";

/** The worst gap of each session within one step. */
export interface GapWindow {
  /** One line came back after `gapMs`. A void sample is counted, not used. */
  sample(session: number, gapMs: number, isVoid: boolean): void;
  /**
   * Worst and 99th percentile over the sessions that have a sample or an open gap.
   *
   * @param openMs age of a session's oldest line without echo; 0 when there is none
   */
  read(openMs: (session: number) => number): { readonly worst: number; readonly p99: number };
  count(): SampleCount;
  reset(): void;
}

/** An empty window for this many sessions, numbered from 0. */
export function createGapWindow(sessions: number): GapWindow {
  const worst = new Float64Array(sessions);
  let taken = 0;
  let voided = 0;
  return {
    sample(session, gapMs, isVoid) {
      taken++;
      if (isVoid) voided++;
      else if (gapMs > worst[session]!) worst[session] = gapMs;
    },
    read(openMs) {
      const gaps = worst
        .map((gapMs, session) => Math.max(gapMs, openMs(session)))
        .filter((gapMs) => gapMs > 0);
      return { worst: percentile(gaps, 1), p99: percentile(gaps, 0.99) };
    },
    count: () => ({ taken, voided }),
    reset() {
      worst.fill(0);
      taken = 0;
      voided = 0;
    },
  };
}

/** The nearest-rank percentile, 0 of nothing: the smallest value that at least `share` (0–1) of the values do not exceed. */
export function percentile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
