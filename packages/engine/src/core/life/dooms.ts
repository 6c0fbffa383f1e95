/** Connections that an operator wants ended aloud: their next packet tells both sides, and if none comes in time they end without. */
import type { RecordArray } from "../record.ts";

/** How long a packet is waited for: 2 s, in ticks of 2^20 ns. A client that is asked for one answers within a round trip. */
const GRACE_TICKS = 1908;

/** Who is doomed, by record: whoever ends one forgets it here. */
export interface Dooms {
  add(r: RecordArray, index: number, now: number): void;
  has(r: RecordArray, index: number): boolean;
  /** Ticks that are left to a doomed record; undefined: it is not doomed. */
  ticksLeft(r: RecordArray, index: number, now: number): number | undefined;
  forget(r: RecordArray, index: number): void;
}

/** Nobody is doomed. */
export function createDooms(): Dooms {
  const endsAt = { 4: new Map<number, number>(), 6: new Map<number, number>() };
  return {
    add: (r, index, now) => void endsAt[r.family].set(index, (now + GRACE_TICKS) >>> 0),
    has: (r, index) => endsAt[r.family].has(index),
    ticksLeft(r, index, now) {
      const tick = endsAt[r.family].get(index);
      return tick === undefined ? undefined : Math.max((tick - now) | 0, 0);
    },
    forget: (r, index) => void endsAt[r.family].delete(index),
  };
}
