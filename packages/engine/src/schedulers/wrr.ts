import { greatestCommonDivisor } from "./divisor.ts";
import { type Candidate, isUsable, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

/**
 * Weighted round robin, in bursts: passes over the list with a falling threshold pick whoever weighs at least as much. Weights 4, 3, 2
 * give AABABCABC.
 *
 * @see Linux 6.1 `ip_vs_wrr.c`: after a change the pass starts anew, and the threshold is kept as far as it still fits
 */
export const wrr: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  let last = -1; // before the first
  /** Lowest weight that is picked in this pass; falls from `highest` by `step`, the weights' greatest common divisor. */
  let threshold = 0;
  let step = 1;
  let highest = 0;

  /** The first from `last` on that this pass lets through. */
  function findInPass(): C | undefined {
    while (++last < all.length) {
      const c = all[last]!;
      if (!c.overloaded && c.weight >= threshold) return c;
    }
    return undefined;
  }

  /** Nobody is usable. A search that could see a whole pass at the lowest threshold ends at its end, any other where it began. */
  function giveUp(began: number): undefined {
    const isWhole = began < 0 || threshold > step;
    last = isWhole ? -1 : began;
    if (isWhole) threshold = highest;
  }

  function pick(): C | undefined {
    if (highest === 0) return undefined;
    const began = last;
    const found = findInPass();
    if (found) return found;
    const heaviest = heaviestUsable(all);
    if (heaviest === 0) return giveUp(began);
    // passes in which nobody can be picked are skipped: with a weight of 65535 overloaded there may be thousands
    const next = threshold > step ? threshold - step : highest;
    threshold = Math.min(next, heaviest - step + 1);
    last = -1;
    return findInPass();
  }

  return {
    name: "wrr",
    update(destinations) {
      all = destinations.slice();
      last = -1;
      step = greatestCommonDivisor(all, (c) => c.weight) || 1;
      highest = all.reduce((most, c) => Math.max(most, c.weight), 0) - (step - 1);
      if (threshold > highest || threshold === 0) threshold = highest;
      else if (step > 1) threshold = Math.floor(threshold / step) * step + 1;
    },
    pick,
    peek() {
      const before = [last, threshold] as const;
      const picked = pick();
      [last, threshold] = before;
      return picked;
    },
  };
};

function heaviestUsable(all: readonly Candidate[]): number {
  let most = 0;
  for (const c of all) if (isUsable(c) && c.weight > most) most = c.weight;
  return most;
}
