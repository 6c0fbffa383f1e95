import { heaviest } from "./heaviest.ts";
import { type Candidate, isUsable, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

/** Weighted failover: every connection to the usable destination of the highest weight, the first of the list among equals. */
export const fo: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "fo",
    update(destinations) {
      all = destinations.slice();
    },
    pick: () => heaviest(all, isUsable),
  };
};
