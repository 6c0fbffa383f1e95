import { heaviest } from "./heaviest.ts";
import { type Candidate, isUsable, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

/**
 * Weighted overflow: as `fo`, but a destination is full with more active connections than its weight, and the next one gets what flows over.
 * Nobody once all are full. Inactive connections do not count, so UDP never flows over.
 */
export const ovf: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "ovf",
    update(destinations) {
      all = destinations.slice();
    },
    pick: () => heaviest(all, hasRoom),
  };
};

/** Up to and including its weight: a destination of weight 1 holds two connections, as in Linux 6.1 `ip_vs_ovf.c`. */
const hasRoom = (c: Candidate): boolean => isUsable(c) && c.active <= c.weight;
