import { numberOfClient } from "./address-number.ts";
import { hash32 } from "./hash32.ts";
import {
  type Candidate,
  isUsable,
  type Scheduler,
  type SchedulerFactory,
  type SchedulerOptions,
} from "./scheduler.ts";

const BUCKET_BITS = 8;
const BUCKETS = 1 << BUCKET_BITS;

/**
 * Source hashing: the client's address (and port, with `port`) falls into one of 256 buckets, which the list shares by weight. If the
 * bucket's owner is not usable, nobody; with `fallback`, the first usable one from another bucket on.
 *
 * @see Linux 6.1 `ip_vs_sh.c`, `CONFIG_IP_VS_SH_TAB_BITS` = 8
 */
export const sh: SchedulerFactory = <C extends Candidate>(options: SchedulerOptions): Scheduler<C> => {
  let buckets: readonly C[] = [];
  return {
    name: "sh",
    update(destinations) {
      buckets = shareBuckets(destinations);
    },
    pick(request) {
      const home = hash32(numberOfClient(request, options.port), BUCKET_BITS);
      const owner = buckets[home];
      if (!owner || isUsable(owner)) return owner;
      return options.fallback ? firstUsable(buckets, home * 2) : undefined;
    },
  };
};

/** Each takes as many buckets in a row as it weighs, but at least one, round and round until none is left. */
function shareBuckets<C extends Candidate>(destinations: readonly C[]): C[] {
  const buckets: C[] = [];
  for (let at = 0; destinations.length > 0; at = (at + 1) % destinations.length) {
    const c = destinations[at]!;
    for (let taken = 0; taken < Math.max(c.weight, 1); taken++)
      if (buckets.push(c) === BUCKETS) return buckets;
  }
  return buckets;
}

/** From `start` on, which is twice the client's bucket: the kernel adds the bucket's number to the hash that gave it. */
function firstUsable<C extends Candidate>(buckets: readonly C[], start: number): C | undefined {
  for (let i = 0; i < BUCKETS; i++) {
    const c = buckets[(start + i) % BUCKETS]!;
    if (isUsable(c)) return c;
  }
  return undefined;
}
