import { LbError } from "@tandem/model";
import type { BucketEntry, ConfigBucket } from "./config-bucket.ts";

/** A bucket that tests can look into, and take away. */
export interface MemoryBucket extends ConfigBucket {
  readonly entries: Map<string, BucketEntry>;
  /** While true, everything is refused as when NATS is away, and nobody is told of changes. */
  isAway: boolean;
}

/** A bucket in this process, for tests and simulations. */
export function createMemoryBucket(): MemoryBucket {
  const entries = new Map<string, BucketEntry>();
  const hints = new Map<() => void, string>();
  let version = 0;
  function write(key: string, value: Uint8Array): void {
    entries.set(key, { value: value.slice(), version: ++version });
    for (const [hint, watched] of hints) if (watched === key) queueMicrotask(hint);
  }
  const bucket: MemoryBucket = {
    entries,
    isAway: false,
    async get(key) {
      refuseWhenAway();
      return entries.get(key);
    },
    async put(key, value) {
      refuseWhenAway();
      write(key, value);
    },
    async keys(prefix) {
      refuseWhenAway();
      return [...entries.keys()].filter((key) => key.startsWith(`${prefix}.`));
    },
    async remove(key, latest) {
      refuseWhenAway();
      if ((entries.get(key)?.version ?? Infinity) <= latest) entries.delete(key);
    },
    async compareAndSet(key, value, expected) {
      refuseWhenAway();
      if (entries.get(key)?.version !== expected) return false;
      write(key, value);
      return true;
    },
    watch(key, hint) {
      const own = () => bucket.isAway || hint();
      hints.set(own, key);
      return () => hints.delete(own);
    },
  };
  function refuseWhenAway(): void {
    if (bucket.isAway)
      throw new LbError({ code: "unavailable", what: "the configuration store", why: "it is away" });
  }
  return bucket;
}
