import { LbError } from "@tandem/model";
import type { BucketEntry, ConfigBucket } from "./config-bucket.ts";
import {
  formatHead,
  type HeadReading,
  packDocument,
  parseHead,
  refused,
  unpackDocument,
} from "./config-form.ts";
import { lookRepeatedly, type Rhythm } from "./config-look.ts";
import { type ConfigSigner, hashOf } from "./config-sign.ts";
import type { ConfigHead, ConfigReading, ConfigStore, ProposeOutcome } from "./config-store.ts";

const HEAD = "head";
const partKey = (hash: string) => `part.${hash}`;

/** What a store over a bucket is built from. */
export interface BucketStoreOptions extends Rhythm {
  readonly bucket: ConfigBucket;
  readonly signer: ConfigSigner;
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly wallMs?: () => number;
}

/** A configuration store over a bucket: a signed head that is compared and set, and parts that never change, written before it. */
export function createBucketConfigStore(options: BucketStoreOptions): ConfigStore {
  const { bucket, signer, wallMs = Date.now } = options;
  const open = (entry: BucketEntry): HeadReading => parseHead(new TextDecoder().decode(entry.value), signer);

  async function readParts(head: ConfigHead): Promise<ConfigReading> {
    const parts: Uint8Array[] = [];
    for (const hash of head.parts) {
      const part = await bucket.get(partKey(hash));
      if (!part)
        return refused("incomplete", `part ${hash.slice(0, 12)} of revision ${head.revision} is missing`);
      parts.push(part.value);
    }
    return unpackDocument(head, parts);
  }

  /** Look, but do not fetch the parts of `known` again. */
  async function read(known?: ConfigReading): Promise<ConfigReading> {
    const entry = await bucket.get(HEAD);
    if (!entry) return { kind: "empty" };
    const opened = open(entry);
    if (opened.kind === "refused") return opened;
    const isKnown = known?.kind === "document" && known.stored.head.hash === opened.head.hash;
    return isKnown ? known : readParts(opened.head);
  }

  async function writeParts(parts: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const [hash, bytes] of parts) {
      const there = await bucket.get(partKey(hash));
      if (!there || hashOf(there.value) !== hash) await bucket.put(partKey(hash), bytes);
    }
  }

  /** Set the head. When the answer is lost, look whether it was set. */
  async function setHead(text: string, version: number | undefined): Promise<boolean> {
    const value = new TextEncoder().encode(text);
    try {
      return await bucket.compareAndSet(HEAD, value, version);
    } catch (error) {
      const entry = await bucket.get(HEAD);
      if (entry && Buffer.from(entry.value).equals(value)) return true;
      throw error;
    }
  }

  return {
    read: () => orUnavailable(() => read()),
    propose: ({ document, expectedRevision, author }) =>
      orUnavailable<ProposeOutcome>(async () => {
        if (document.revision <= expectedRevision)
          throw new Error("invariant: a revision that does not rise");
        const entry = await bucket.get(HEAD);
        const current = entry && open(entry);
        if (current?.kind === "refused") return current;
        const revision = current?.head.revision ?? 0;
        if (revision !== expectedRevision) return { kind: "stale", revision };
        const parent = current?.head.hash ?? "";
        const { stored, parts } = packDocument(document, { parent, author, timeMs: wallMs() });
        await writeParts(parts);
        if (await setHead(formatHead(stored.head, signer), entry?.version))
          return { kind: "committed", stored };
        const winner = await read();
        if (winner.kind === "document") return { kind: "stale", revision: winner.stored.head.revision };
        return winner.kind === "empty" ? { kind: "stale", revision: 0 } : winner;
      }),
    watch(see) {
      let known: ConfigReading | undefined;
      const looking = lookRepeatedly(options, async () => {
        const reading = await orUnavailable(() => read(known));
        if (reading.kind === "document") known = reading;
        return () => see(reading);
      });
      const unwatch = bucket.watch(HEAD, looking.now);
      return () => {
        unwatch();
        looking.end();
      };
    },
  };
}

async function orUnavailable<T>(run: () => Promise<T>): Promise<T | { kind: "unavailable"; why: string }> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof LbError && error.failure.code === "unavailable") {
      return { kind: "unavailable", why: error.failure.why };
    }
    throw error;
  }
}
