import { numberOfDestination } from "./address-number.ts";
import { hash32 } from "./hash32.ts";
import { type Candidate, isUsable, type Scheduler, type SchedulerFactory } from "./scheduler.ts";

const BUCKET_BITS = 8;

/**
 * Destination hashing: the packet's destination address owns one of 256 buckets, which the list shares in turn. Weights other than 0 are
 * ignored. If the owner is not usable, nobody.
 *
 * @see Linux 6.1 `ip_vs_dh.c`, `IP_VS_DH_TAB_BITS` = 8
 */
export const dh: SchedulerFactory = <C extends Candidate>(): Scheduler<C> => {
  let all: readonly C[] = [];
  return {
    name: "dh",
    update(destinations) {
      all = destinations.slice();
    },
    pick(request) {
      // filling 256 buckets in turn is the same as this remainder
      const owner = all[hash32(numberOfDestination(request), BUCKET_BITS) % all.length];
      return owner && isUsable(owner) ? owner : undefined;
    },
  };
};
