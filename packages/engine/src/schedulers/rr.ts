import { type Candidate, isUsable, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

/** Round robin: the next usable destination after the last pick, in listing order. Weights other than 0 are ignored. */
export const rr: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  let last = -1; // before the first

  /** Position of the next pick; -1 if there is none. */
  function next(): number {
    for (let step = 1; step <= all.length; step++) {
      const at = (last + step) % all.length;
      if (isUsable(all[at]!)) return at;
    }
    return -1;
  }

  return {
    name: "rr",
    update(destinations) {
      last = positionAfterChange(all, destinations, last);
      all = destinations.slice();
    },
    pick() {
      const at = next();
      return at < 0 ? undefined : all[(last = at)];
    },
    peek: () => all[next()],
  };
};

/** Where the last pick stands now; if it is gone, its nearest predecessor that is still there; if none is, before the first. */
function positionAfterChange<C>(before: readonly C[], after: readonly C[], last: number): number {
  for (let at = last; at >= 0; at--) {
    const now = after.indexOf(before[at]!);
    if (now >= 0) return now;
  }
  return -1;
}
