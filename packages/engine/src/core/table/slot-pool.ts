/** Free record indexes. What was freed rests in quarantine before it is given out again, so that no packet in flight meets its next life. */
import { ticksSince } from "../record.ts";

/** 1024 ticks of 2^20 ns: 1.07 s, above the second that docs/wire/record.md asks for. */
export const QUARANTINE_TICKS = 1024;

/** The record indexes that are not in use. */
export interface SlotPool {
  /** One above the highest index that was ever taken: no scan need look further. */
  readonly reach: number;
  /** Indexes that `take` could give now, one after the other. */
  free(now: number): number;
  /** A free index, or -1. The last freed comes first, which keeps a small table's records close together. */
  take(now: number): number;
  /** Give an index back after its quarantine. */
  release(index: number, now: number): void;
}

/** A pool of the indexes below `capacity` for which `isTaken` says no. */
export function createSlotPool(capacity: number, isTaken: (index: number) => boolean): SlotPool {
  const stack = new Int32Array(capacity);
  let height = 0;
  let reach = 0;
  for (let index = capacity - 1; index >= 0; index--) {
    if (!isTaken(index)) stack[height++] = index;
    else if (reach === 0) reach = index + 1;
  }
  const resting = new Int32Array(capacity);
  const since = new Uint32Array(capacity);
  let head = 0;
  let count = 0;

  function wake(now: number): void {
    while (count > 0 && ticksSince(now, since[head]!) >= QUARANTINE_TICKS) {
      stack[height++] = resting[head]!;
      head = head + 1 === capacity ? 0 : head + 1;
      count--;
    }
  }

  return {
    get reach() {
      return reach;
    },
    free(now) {
      wake(now);
      return height;
    },
    take(now) {
      wake(now);
      if (height === 0) return -1;
      const index = stack[--height]!;
      if (index >= reach) reach = index + 1;
      return index;
    },
    release(index, now) {
      const at = (head + count) % capacity;
      resting[at] = index;
      since[at] = now;
      count++;
    },
  };
}
