import { type Candidate, isUsable, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * Weighted round robin, in bursts: passes over the list with a falling threshold pick whoever weighs at least as much. Weights 4, 3, 2
 * give AABABCABC.
 *
 * @see Linux 6.1 `ip_vs_wrr.c`: after a change the pass starts anew, and the threshold is kept as far as it still fits
 */
export const wrr: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  let last = -1;
  /** Lowest weight that is picked in this pass; falls from `highest` by `step`, the weights' greatest common divisor. */
  let threshold = 0;
  let step = 1;
  let highest = 0;

  return {
    name: "wrr",
    update(destinations) {
      all = destinations.slice();
      last = -1;
      step = all.reduce((divisor, c) => gcd(divisor, c.weight), 0) || 1;
      highest = all.reduce((most, c) => Math.max(most, c.weight), 0) - (step - 1);
      if (threshold > highest || threshold === 0) threshold = highest;
      else if (step > 1) threshold = Math.floor(threshold / step) * step + 1;
    },
    pick() {
      // without this nobody would ever pass; with it the lowest threshold, at most `step`, lets every usable one pass
      if (!all.some(isUsable)) return undefined;
      for (;;) {
        while (++last < all.length) {
          const c = all[last]!;
          if (!c.overloaded && c.weight >= threshold) return c;
        }
        last = -1;
        threshold = threshold > step ? threshold - step : highest;
      }
    },
  };
};
