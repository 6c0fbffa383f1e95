import { expectedActive, leastLoaded } from "./load.ts";
import { type Candidate, isUsable, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

/** Never queue: the first usable destination of the list without an active connection; if all have some, as `sed`. */
export const nq: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "nq",
    update(destinations) {
      all = destinations.slice();
    },
    pick() {
      for (const c of all) if (c.active === 0 && isUsable(c)) return c;
      return leastLoaded(all, expectedActive);
    },
  };
};
