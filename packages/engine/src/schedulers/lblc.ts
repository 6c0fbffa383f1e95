import { createAddressCache } from "./address-cache.ts";
import { isCrowded, leastLoaded } from "./load.ts";
import {
  type Candidate,
  overhead,
  type Scheduler,
  type SchedulerFactory,
  type SchedulerOptions,
} from "./scheduler.ts";

/**
 * Locality-based least connection, for proxies that cache: an address that clients ask for stays with the destination that `wlc` chose for
 * it first, until that one is quiesced, gone or crowded, or nobody asked for a day. A connection threshold holds `wlc` off, but not the
 * clients of an address that is already there.
 *
 * @see Linux 6.1 `ip_vs_lblc.c`
 */
export const lblc: SchedulerFactory = <C extends Candidate>(options: SchedulerOptions): Scheduler<C> => {
  const cache = createAddressCache<C>(options.cacheSeconds);
  let all: readonly C[] = [];
  let present: ReadonlySet<C> = new Set();
  const stays = (kept: C | undefined): kept is C =>
    kept !== undefined && kept.weight > 0 && present.has(kept) && !isCrowded(kept, all);

  return {
    name: "lblc",
    update(destinations) {
      all = destinations.slice();
      present = new Set(all);
    },
    pick(request) {
      const kept = cache.find(request);
      if (stays(kept)) return kept;
      const chosen = leastLoaded(all, overhead);
      if (chosen) cache.keep(request, chosen);
      return chosen;
    },
    peek(request) {
      const kept = cache.peek(request);
      return stays(kept) ? kept : leastLoaded(all, overhead);
    },
  };
};
