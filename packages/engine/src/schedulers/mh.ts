import { numberOfClient } from "./address-number.ts";
import { SLOTS, shareSlots, slotOf } from "./maglev.ts";
import {
  type Candidate,
  isUsable,
  type Scheduler,
  type SchedulerFactory,
  type SchedulerOptions,
} from "./scheduler.ts";

/**
 * Maglev hashing: the client's address (and port, with `port`) falls into one of 4093 slots, which destinations share by weight in a way
 * that changes little when one comes or goes. If the slot's owner is not usable, nobody; with `fallback`, another slot is asked, and so on.
 * A destination that is quiesced keeps its slots, so nobody else's clients move.
 *
 * @see Linux 6.1 `ip_vs_mh.c`
 */
export const mh: SchedulerFactory = <C extends Candidate>(options: SchedulerOptions): Scheduler<C> => {
  let all: readonly C[] = [];
  let weights: readonly number[] = [];
  let owners: readonly C[] = [];

  return {
    name: "mh",
    update(destinations) {
      if (isShared(destinations, all, weights)) return;
      all = destinations.slice();
      weights = all.map((c) => c.lastWeight);
      owners = shareSlots(all);
    },
    pick(request) {
      const client = numberOfClient(request, options.port);
      const slot = slotOf(client);
      const owner = owners[slot];
      if (!owner || isUsable(owner)) return owner;
      return options.fallback && all.some(isUsable) ? firstUsable(owners, client, slot) : undefined;
    },
  };
};

/** Have these destinations, with these weights, shared the slots already? */
function isShared<C extends Candidate>(
  destinations: readonly C[],
  before: readonly C[],
  weights: readonly number[],
): boolean {
  return (
    destinations.length === before.length &&
    destinations.every((c, i) => c === before[i] && c.lastWeight === weights[i])
  );
}

/** Hash the client with other offsets, as often as there are slots; the kernel starts with the number of the client's own slot. */
function firstUsable<C extends Candidate>(owners: readonly C[], client: number, slot: number): C | undefined {
  for (let i = 0; i < SLOTS; i++) {
    const c = owners[slotOf((client + ((slot + i) % SLOTS)) >>> 0)]!;
    if (isUsable(c)) return c;
  }
  return undefined;
}
