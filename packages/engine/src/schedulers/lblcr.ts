import { ticksSince } from "../core/record.ts";
import { createAddressCache, ticksOf } from "./address-cache.ts";
import { isCrowded, leastLoaded } from "./load.ts";
import {
  type Candidate,
  isUsable,
  overhead,
  type Scheduler,
  type SchedulerFactory,
  type SchedulerOptions,
} from "./scheduler.ts";

/** The destinations that serve one address, the latest first. */
interface Replicas<C> {
  members: C[];
  /** Time of the last addition or removal, in ticks. */
  changedAt: number;
}

/**
 * Locality-based least connection with replication: as `lblc`, but an address keeps a set of destinations. The least loaded of them serves;
 * while it is crowded or none is usable, the set grows by `wlc`'s choice. A set that has not changed for a day loses its most loaded member.
 * Unlike `lblc`, a member at its connection threshold is passed over.
 *
 * @see Linux 6.1 `ip_vs_lblcr.c`
 */
export const lblcr: SchedulerFactory = <C extends Candidate>(options: SchedulerOptions): Scheduler<C> => {
  const cache = createAddressCache<Replicas<C>>(options.cacheSeconds);
  const maxUnchangedTicks = ticksOf(options.cacheSeconds);
  let all: readonly C[] = [];
  let present: ReadonlySet<C> = new Set();
  const isPresent = (c: C): boolean => isUsable(c) && present.has(c);

  return {
    name: "lblcr",
    update(destinations) {
      all = destinations.slice();
      present = new Set(all);
    },
    pick(request) {
      const { now } = request;
      const replicas = cache.find(request);
      const member = replicas && leastLoaded(replicas.members, overhead, isPresent);
      if (
        replicas &&
        replicas.members.length > 1 &&
        ticksSince(now, replicas.changedAt) > maxUnchangedTicks
      ) {
        removeMostLoaded(replicas, now);
      }
      if (member && !isCrowded(member, all)) return member;
      const chosen = leastLoaded(all, overhead);
      if (!chosen) return undefined;
      if (!replicas) cache.keep(request, { members: [chosen], changedAt: now });
      else if (!replicas.members.includes(chosen)) {
        replicas.members.unshift(chosen);
        replicas.changedAt = now;
      }
      return chosen;
    },
    peek(request) {
      const replicas = cache.peek(request);
      const member = replicas && leastLoaded(replicas.members, overhead, isPresent);
      return member && !isCrowded(member, all) ? member : leastLoaded(all, overhead);
    },
  };
};

/** Take out the member with the most load per unit of weight, the latest among equals; one that is quiesced is left in. */
function removeMostLoaded<C extends Candidate>(replicas: Replicas<C>, now: number): void {
  let most: C | undefined;
  for (const c of replicas.members) {
    if (c.weight > 0 && (!most || overhead(c) * most.weight > overhead(most) * c.weight)) most = c;
  }
  if (!most) return;
  replicas.members.splice(replicas.members.indexOf(most), 1);
  replicas.changedAt = now;
}
