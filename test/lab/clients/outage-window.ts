import type { SampleCount } from "./traffic-options.ts";

/** The longest silence of a numbered probe within one step. */
export interface OutageWindow {
  /**
   * An answer came.
   *
   * @param number of the probe that it answers
   * @param hasStalledSince whether the generator itself stalled after a time
   */
  answer(number: number, nowMs: number, hasStalledSince: (ms: number) => boolean): void;
  /** Longest silence less the probe's interval; one that lasts counts with its age so far. */
  read(nowMs: number): number;
  count(): SampleCount;
  reset(): void;
}

/** A window for a probe that is sent every `intervalMs`, with numbers from 1. */
export function createOutageWindow(intervalMs: number, startMs: number): OutageWindow {
  let lastNumber = 0;
  let lastMs = startMs;
  let longestMs = 0;
  let taken = 0;
  let voided = 0;
  return {
    answer(number, nowMs, hasStalledSince) {
      // A silence in which no probe was lost was the generator's own. One in which some were lost always counts.
      const isOwn = number === lastNumber + 1 && hasStalledSince(lastMs);
      taken++;
      if (isOwn) voided++;
      else longestMs = Math.max(longestMs, nowMs - lastMs);
      lastNumber = number;
      lastMs = nowMs;
    },
    read: (nowMs) => Math.max(0, Math.max(longestMs, nowMs - lastMs) - intervalMs),
    count: () => ({ taken, voided }),
    reset() {
      longestMs = 0;
      taken = 0;
      voided = 0;
    },
  };
}
