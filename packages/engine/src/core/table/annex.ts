/**
 * What is kept beside a connection record: a helper's sequence offsets, what a persistence engine remembers. Few connections have any, so it lies in
 * slots of its own, in memory that outlives the daemon as the records do; `RECORD.annex` names the slot. The bytes are their writer's business.
 */
import { ANNEX, RECORD } from "../layout.ts";
import { isAlive, type RecordArray, readField, writeField } from "../record.ts";

/** Annexes of the records of both families. */
export interface Annexes {
  /** What is kept beside a record, a view; empty if nothing is. */
  read(r: RecordArray, index: number): Uint8Array;
  /** Keep bytes, at most 255, in the place of what was kept; none: keep nothing. False if there is no room. */
  write(r: RecordArray, index: number, bytes: Uint8Array): boolean;
  /** Learn which slots the living records of a former daemon use; a slot that two of them name is the first one's. */
  adopt(records: Iterable<RecordArray>): void;
}

const NOTHING = new Uint8Array();

/** Annexes in this memory, whose length in slots is their number. */
export function createAnnexes(memory: Uint8Array): Annexes {
  const slots = Math.floor(memory.length / ANNEX.bytes);
  let free = Array.from({ length: slots }, (_, i) => slots - i);

  const viewOf = (slot: number) => memory.subarray((slot - 1) * ANNEX.bytes, slot * ANNEX.bytes);

  function release(r: RecordArray, index: number): void {
    const slot = readField(r, index, RECORD.annex);
    if (slot === 0) return;
    writeField(r, index, RECORD.annex, 0);
    free.push(slot);
  }

  return {
    read(r, index) {
      const slot = readField(r, index, RECORD.annex);
      if (slot === 0) return NOTHING;
      const view = viewOf(slot);
      return view.subarray(1, 1 + view[0]!);
    },
    write(r, index, bytes) {
      if (bytes.length === 0) {
        release(r, index);
        return true;
      }
      if (bytes.length >= ANNEX.bytes) return false;
      const slot = readField(r, index, RECORD.annex) || free.pop();
      if (slot === undefined) return false;
      const view = viewOf(slot);
      view[0] = bytes.length;
      view.set(bytes, 1);
      writeField(r, index, RECORD.annex, slot);
      return true;
    },
    adopt(records) {
      const used = new Set<number>();
      for (const r of records) {
        for (let index = 0; index < r.capacity; index++) {
          const slot = isAlive(r, index) ? readField(r, index, RECORD.annex) : 0;
          if (slot === 0) continue;
          if (slot > slots || used.has(slot)) writeField(r, index, RECORD.annex, 0);
          else used.add(slot);
        }
      }
      free = Array.from({ length: slots }, (_, i) => slots - i).filter((slot) => !used.has(slot));
    },
  };
}
