/** Maglev's table: which destination owns which slot. */
import { swapPort } from "../packet/words.ts";
import { numberOfAddress } from "./address-number.ts";
import { greatestCommonDivisor } from "./divisor.ts";
import { hsiphash, type SipKey } from "./hsiphash.ts";
import type { Candidate } from "./scheduler.ts";

/** A prime (Linux `CONFIG_IP_VS_MH_TAB_INDEX` = 12). */
export const SLOTS = 4093;
/** Most turns of one destination in one round, in bits (half of that index). */
const TURN_BITS = 6;

const FIRST_KEY: SipKey = [2654435761, 0, 2654435761, 0];
const SECOND_KEY: SipKey = [2654446892, 0, 2654446892, 0];

/** The slot of an address number, 0..`SLOTS` - 1. */
export const slotOf = (addressNumber: number): number => hsiphash(addressNumber, FIRST_KEY) % SLOTS;

/**
 * The owner of each slot; empty if no destination has ever had a weight. In turn, each destination takes free slots along its own
 * permutation of all slots, which depends on its address and port alone. Turns are by `lastWeight`.
 *
 * A table of `SLOTS` slots has room for as many destinations: later ones of the list own nothing.
 *
 * @see Linux 6.1 `ip_vs_mh.c`; D. Eisenbud and others, "Maglev", NSDI 2016, §3.4
 */
export function shareSlots<C extends Candidate>(destinations: readonly C[]): C[] {
  const sharers = withTurns(destinations).map(({ c, turns }) => ({ c, turns, ...permutationOf(c) }));
  const owners = new Array<C | undefined>(SLOTS).fill(undefined);
  let free = sharers.length > 0 ? SLOTS : 0;
  while (free > 0) {
    for (const sharer of sharers) {
      for (let turn = 0; turn < sharer.turns && free > 0; turn++, free--) {
        while (owners[sharer.next]) sharer.next = (sharer.next + sharer.skip) % SLOTS;
        owners[sharer.next] = sharer.c;
      }
    }
  }
  return sharers.length > 0 ? (owners as C[]) : [];
}

/** Who takes part, and how often in a round: weights in lowest terms, halved until the highest is below 2^`TURN_BITS`, but at least 1. */
function withTurns<C extends Candidate>(destinations: readonly C[]): { c: C; turns: number }[] {
  const divisor = greatestCommonDivisor(destinations, (c) => c.lastWeight);
  const highest = destinations.reduce((most, c) => Math.max(most, c.lastWeight), 0) / divisor;
  const shift = Math.max(32 - Math.clz32(highest) - TURN_BITS, 0);
  return destinations
    .filter((c) => c.lastWeight > 0)
    .map((c) => ({ c, turns: Math.max((c.lastWeight / divisor) >> shift, 1) }));
}

/** Where a destination's permutation starts, and the distance of its steps. */
function permutationOf(c: Candidate): { next: number; skip: number } {
  const number = (numberOfAddress(c.address, 0, c.address.length) + swapPort(c.port)) >>> 0;
  return { next: slotOf(number), skip: (hsiphash(number, SECOND_KEY) % (SLOTS - 1)) + 1 };
}
