import { leastLoaded } from "./load.ts";
import { type Candidate, overhead, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

/** Weighted least connection: the destination with the least overhead per unit of weight, the first of the list among equals. */
export const wlc: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "wlc",
    update(destinations) {
      all = destinations.slice();
    },
    pick: () => leastLoaded(all, overhead),
  };
};
