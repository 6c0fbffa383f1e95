/**
 * One timer per record index, in typed arrays: a wheel of slots, each a linked list. A timer that lies beyond the wheel's horizon fires at
 * the horizon; whoever it fires for looks at the connection anyway and arms it again.
 */

/** 2^6 ticks of 2^20 ns are 67 ms; 2^14 slots of it are 18 minutes, more than TCP's longest timeout. */
const TICKS_PER_SLOT_BITS = 6;
const SLOTS = 1 << 14;
const HORIZON_TICKS = (SLOTS - 1) << TICKS_PER_SLOT_BITS;

/** Timers by record index. */
export interface TimerWheel {
  /** Fire for `index` once `afterTicks` from `now` have passed, instead of when it was armed for. O(1). */
  arm(index: number, now: number, afterTicks: number): void;
  disarm(index: number): void;
  /**
   * Fire what is due, at most `limit` timers. A fired timer is disarmed; `fire` may arm it again.
   *
   * @returns how many fired; `limit` means that there may be more
   */
  advance(now: number, limit: number, fire: (index: number) => void): number;
}

const NONE = -1;
/** Values of `before` that are no index: not armed, or -2 - slot for the first of a slot. */
const UNARMED = -1;
const firstOf = (slot: number): number => -2 - slot;

/** A wheel for record indexes below `capacity`, which starts at tick `now`. */
export function createTimerWheel(capacity: number, now: number): TimerWheel {
  const first = new Int32Array(SLOTS).fill(NONE);
  const after = new Int32Array(capacity).fill(NONE);
  const before = new Int32Array(capacity).fill(UNARMED);
  /** Tick at which the slot `cursor` begins. */
  let reached = now >>> 0;
  let cursor = 0;

  function disarm(index: number): void {
    const previous = before[index]!;
    if (previous === UNARMED) return;
    const next = after[index]!;
    if (previous >= 0) after[previous] = next;
    else first[-2 - previous] = next;
    if (next !== NONE) before[next] = previous;
    before[index] = UNARMED;
  }

  function arm(index: number, now: number, afterTicks: number): void {
    disarm(index);
    const ahead = Math.min(((now - reached) | 0) + afterTicks, HORIZON_TICKS);
    // one slot later than the tick's own, so that it never fires early
    const slots = Math.min((Math.max(ahead, 0) >> TICKS_PER_SLOT_BITS) + 1, SLOTS - 1);
    const slot = (cursor + slots) & (SLOTS - 1);
    const next = first[slot]!;
    first[slot] = index;
    before[index] = firstOf(slot);
    after[index] = next;
    if (next !== NONE) before[next] = index;
  }

  /** Fire the slot's timers until it is empty or the limit is reached. */
  function drainSlot(limit: number, fire: (index: number) => void): number {
    let fired = 0;
    for (let index = first[cursor]!; index !== NONE && fired < limit; index = first[cursor]!) {
      disarm(index);
      fire(index);
      fired++;
    }
    return fired;
  }

  return {
    arm,
    disarm,
    advance(now, limit, fire) {
      let fired = 0;
      for (;;) {
        fired += drainSlot(limit - fired, fire);
        const passed = (now - reached) | 0;
        if (fired >= limit || passed < 1 << TICKS_PER_SLOT_BITS) return fired;
        reached = (reached + (1 << TICKS_PER_SLOT_BITS)) >>> 0;
        cursor = (cursor + 1) & (SLOTS - 1);
      }
    },
  };
}
