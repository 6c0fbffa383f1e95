/** Comparing loads. */
import { type Candidate, isUsable } from "./scheduler.ts";

/**
 * The destination with the least load per unit of weight, the first of the list among equals.
 *
 * @param load       how busy a destination is, 0..2^37 so that the products below stay exact
 * @param isEligible who may be chosen at all
 */
export function leastLoaded<C extends Candidate>(
  list: readonly C[],
  load: (c: Candidate) => number,
  isEligible: (c: C) => boolean = isUsable,
): C | undefined {
  let best: C | undefined;
  for (const c of list) {
    if (!isEligible(c)) continue;
    // a/wa < b/wb, written a*wb < b*wa: exact in integers, no division
    if (!best || load(c) * best.weight < load(best) * c.weight) best = c;
  }
  return best;
}

/** Active connections as they will be with the new one (Linux 6.1 `ip_vs_sed_dest_overhead`). */
export const expectedActive = (c: Candidate): number => c.active + 1;

/**
 * Is it time to send this destination's clients elsewhere: it has more active connections than weight, and another one less than half.
 *
 * @see Linux 6.1 `ip_vs_lblc.c` `is_overloaded`. Being over a connection threshold is another matter.
 */
export function isCrowded(destination: Candidate, all: readonly Candidate[]): boolean {
  return destination.active > destination.weight && all.some(isHalfEmpty);
}

const isHalfEmpty = (c: Candidate): boolean => c.active * 2 < c.weight;
