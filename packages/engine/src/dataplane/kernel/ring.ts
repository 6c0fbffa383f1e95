/**
 * The consumer's side of a BPF ring buffer in shared memory (Linux `kernel/bpf/ringbuf.c`): one page for the consumer's position, one for the producer's,
 * then the data, mapped twice in a row so that no entry is ever split.
 *
 * ```
 * entry: │ u32 length │ busy (bit 31) │ discarded (bit 30) │ u32 page offset │ data, rounded up to 8 bytes │
 * ```
 */
import { mapMemory } from "./syscalls.ts";

const PAGE_BYTES = 4096;
const HEADER_BYTES = 8;
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const LENGTH_MASK = 0x3fff_ffff;

export interface Ring {
  /** The data twice over: an entry that begins in the first half is whole. Read only. */
  readonly data: Buffer;
  /**
   * Hand the offset and the length of at most `limit` entries to `visit`, in order, then give all of them back at once.
   * Stops at an entry that its producer has not finished. Returns how many. Never throws unless `visit` does.
   */
  drain(limit: number, visit: (at: number, bytes: number) => void): number;
}

/** Map the ring behind `fd`; `sizeBytes` is its max_entries, a power of two. Throws `LbError` (refused). */
export function createRing(fd: number, sizeBytes: number): Ring {
  const consumerPage = mapMemory(fd, PAGE_BYTES, { writable: true });
  const rest = mapMemory(fd, PAGE_BYTES + 2 * sizeBytes, { writable: false, offset: PAGE_BYTES });
  return ringOver(consumerPage, rest, sizeBytes);
}

/** The consumer over memory that is mapped already: the consumer's page, and the producer's page with the data behind it. */
export function ringOver(consumerPage: ArrayBuffer, rest: ArrayBuffer, sizeBytes: number): Ring {
  const published = new BigUint64Array(consumerPage, 0, 1);
  // The low words are enough to compare: a ring is far smaller than 4 GiB. Only the published position is 64 bits wide.
  const producer = new Int32Array(rest, 0, 1);
  const headers = new Int32Array(rest, PAGE_BYTES, sizeBytes / 4);
  const data = Buffer.from(rest, PAGE_BYTES, 2 * sizeBytes);
  const mask = sizeBytes - 1;
  let position = Atomics.load(published, 0);

  function drain(limit: number, visit: (at: number, bytes: number) => void): number {
    const from = Number(BigInt.asUintN(32, position));
    const waiting = (Atomics.load(producer, 0) - from) >>> 0;
    let taken = 0;
    let count = 0;
    while (count < limit && taken < waiting) {
      const at = (from + taken) & mask;
      const header = Atomics.load(headers, at >>> 2);
      if ((header & BUSY) !== 0) break;
      const bytes = header & LENGTH_MASK;
      taken += HEADER_BYTES + ((bytes + 7) & ~7);
      if ((header & DISCARDED) !== 0) continue;
      visit(at + HEADER_BYTES, bytes);
      count++;
    }
    if (taken > 0) Atomics.store(published, 0, (position += BigInt(taken)));
    return count;
  }

  return { data, drain };
}
