import {
  type Candidate,
  isUsable,
  overhead,
  type Scheduler,
  type SchedulerFactory,
  type SchedulerOptions,
} from "./scheduler.ts";

/**
 * Weighted random twice: of two usable destinations drawn by weight (perhaps the same one), the one with the least overhead per unit of
 * weight, the first drawn among equals.
 *
 * @see Linux 6.1 `ip_vs_twos.c`, whose products of weight and overhead may overflow 32 bits; these cannot
 */
export const twos: SchedulerFactory = <C extends Candidate>(options: SchedulerOptions): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "twos",
    update(destinations) {
      all = destinations.slice();
    },
    pick() {
      let total = 0;
      for (const c of all) if (isUsable(c)) total += c.weight;
      if (total === 0) return undefined;
      // from 0 to the total, both included: the first of the list has the chance of one more unit of weight
      const first = usableAt(all, options.random(total + 1));
      const second = usableAt(all, options.random(total + 1));
      return overhead(first) * second.weight > overhead(second) * first.weight ? second : first;
    },
  };
};

/** The usable destination at which the sum of weights reaches `mark`; there must be one. */
function usableAt<C extends Candidate>(all: readonly C[], mark: number): C {
  let sum = 0;
  let reached: C | undefined;
  for (const c of all) {
    if (!isUsable(c)) continue;
    reached = c;
    sum += c.weight;
    if (sum >= mark) break;
  }
  return reached!;
}
