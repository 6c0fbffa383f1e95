/** Connections that an operator wants ended aloud: their next packet tells both sides, and if none comes in time they end without. */
import { RECORD } from "../layout.ts";
import { type RecordArray, readField } from "../record.ts";

/** How long a packet is waited for: 2 s, in ticks of 2^20 ns. A client that is asked for one answers within a round trip. */
const GRACE_TICKS = 1908;

/** Who is doomed. A record that is born anew is not. */
export interface Dooms {
  add(r: RecordArray, index: number, now: number): void;
  has(r: RecordArray, index: number): boolean;
  /** Ticks that are left to a doomed record; undefined: it is not doomed. */
  ticksLeft(r: RecordArray, index: number, now: number): number | undefined;
  forget(r: RecordArray, index: number): void;
}

/** Nobody is doomed. */
export function createDooms(): Dooms {
  const doomed = {
    4: new Map<number, { generation: number; until: number }>(),
    6: new Map<number, { generation: number; until: number }>(),
  };
  const find = (r: RecordArray, index: number) => {
    const doom = doomed[r.family].get(index);
    return doom?.generation === readField(r, index, RECORD.generation) ? doom : undefined;
  };
  return {
    add(r, index, now) {
      const generation = readField(r, index, RECORD.generation);
      doomed[r.family].set(index, { generation, until: (now + GRACE_TICKS) >>> 0 });
    },
    has: (r, index) => find(r, index) !== undefined,
    ticksLeft(r, index, now) {
      const doom = find(r, index);
      return doom && Math.max((doom.until - now) | 0, 0);
    },
    forget: (r, index) => void doomed[r.family].delete(index),
  };
}
