import { type Candidate, isUsable, overhead, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

/** Weighted least connection: the destination with the least overhead per unit of weight, the first of the list among equals. */
export const wlc: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "wlc",
    update(destinations) {
      all = destinations.slice();
    },
    pick() {
      let best: C | undefined;
      for (const c of all) {
        if (!isUsable(c)) continue;
        // a/wa < b/wb, written a*wb < b*wa: exact in integers, no division
        if (!best || overhead(c) * best.weight < overhead(best) * c.weight) best = c;
      }
      return best;
    },
  };
};
