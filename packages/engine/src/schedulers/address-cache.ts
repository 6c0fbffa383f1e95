/** What `lblc` and `lblcr` remember about the addresses that clients ask for. */
import { ticksSince } from "../core/record.ts";
import { hashWords } from "../core/word-map.ts";
import { addressWords, destinationAt } from "./address-number.ts";
import type { Request } from "./scheduler.ts";

/**
 * Most entries (Linux 6.1 `ip_vs_lblc.c`: 16 for each of 1024 buckets). The kernel's table may outgrow this by what was used in the last six
 * minutes; this one never does.
 */
export const MAX_ENTRIES = 16 * 1024;
/** Entries that an insertion into a full cache may spare because they were used. */
const MAX_SPARED = 8;
const TICKS_PER_SECOND = 1e9 / 2 ** 20;

interface Entry<V> {
  readonly address: Uint32Array;
  value: V;
  lastUse: number;
  /** `lastUse` when the entry was put at the end of the queue. */
  queuedAt: number;
}

/** Values by the packets' destination address. */
export interface AddressCache<V> {
  /** The value kept for this packet's destination address, which counts as a use; undefined if there is none, or none was asked for too long. */
  find(request: Request): V | undefined;
  /** The same, and no use. */
  peek(request: Request): V | undefined;
  /** Keep a value for it, instead of what was kept. */
  keep(request: Request, value: V): void;
}

/** Seconds as ticks of 2^20 ns. */
export const ticksOf = (seconds: number): number => seconds * TICKS_PER_SECOND;

/**
 * An empty cache that forgets what was not used for `maxIdleSeconds`. Nothing needs to be cleaned: stale entries count as absent, and make
 * room when the cache is full.
 */
export function createAddressCache<V>(maxIdleSeconds: number): AddressCache<V> {
  /** By hash, in order of insertion. Two addresses with one hash take turns. */
  const entries = new Map<number, Entry<V>>();
  const maxIdleTicks = ticksOf(maxIdleSeconds);
  const address = new Uint32Array(4);

  /** Fill `address` from the packet and give its hash. */
  function readAddress(request: Request): number {
    const at = destinationAt(request);
    const count = addressWords(request);
    for (let i = 0; i < count; i++) address[i] = request.key[at + i]!;
    return hashWords(address, count, 0) | 0;
  }

  function isOf(entry: Entry<V> | undefined): entry is Entry<V> {
    return entry?.address.every((word, i) => word === address[i]) ?? false;
  }

  /** Remove the entry that was queued first, unless it was used since: then it is queued anew and the next one has to go. */
  function makeRoom(): void {
    let spared = 0;
    for (const [hash, entry] of entries) {
      entries.delete(hash);
      if (entry.lastUse === entry.queuedAt || spared++ === MAX_SPARED) return;
      entry.queuedAt = entry.lastUse;
      entries.set(hash, entry);
    }
  }

  function freshEntry(request: Request): Entry<V> | undefined {
    const entry = entries.get(readAddress(request));
    return isOf(entry) && ticksSince(request.now, entry.lastUse) < maxIdleTicks ? entry : undefined;
  }

  return {
    find(request) {
      const entry = freshEntry(request);
      if (entry) entry.lastUse = request.now;
      return entry?.value;
    },
    peek: (request) => freshEntry(request)?.value,
    keep(request, value) {
      const hash = readAddress(request);
      const known = entries.get(hash);
      if (isOf(known)) {
        known.value = value;
        known.lastUse = request.now;
        return;
      }
      if (!known && entries.size >= MAX_ENTRIES) makeRoom();
      const { now } = request;
      entries.set(hash, {
        address: address.slice(0, addressWords(request)),
        value,
        lastUse: now,
        queuedAt: now,
      });
    },
  };
}
