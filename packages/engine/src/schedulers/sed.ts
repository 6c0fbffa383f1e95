import { expectedActive, leastLoaded } from "./load.ts";
import type { Candidate, Scheduler, SchedulerFactory } from "./scheduler.ts";

/**
 * Shortest expected delay: the destination with the fewest active connections per unit of weight once the new one is counted, the first of
 * the list among equals. Inactive connections do not count.
 */
export const sed: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "sed",
    update(destinations) {
      all = destinations.slice();
    },
    pick: () => leastLoaded(all, expectedActive),
  };
};
