import { type Candidate, isUsable, overhead, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

/** Least connection: the usable destination with the least overhead, the first of the list among equals. Weights other than 0 are ignored. */
export const lc: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "lc",
    update(destinations) {
      all = destinations.slice();
    },
    pick() {
      let best: C | undefined;
      for (const c of all) if (isUsable(c) && (!best || overhead(c) < overhead(best))) best = c;
      return best;
    },
  };
};
