import { LbError } from "@tandem/model";
import { type ArchiveLimits, createConfigArchive, partsOf } from "./config-archive.ts";
import type { BucketEntry, ConfigBucket } from "./config-bucket.ts";
import { formatHead, type HeadReading, packDocument, parseHead } from "./config-form.ts";
import { lookRepeatedly, type Rhythm } from "./config-look.ts";
import type { ConfigSigner } from "./config-sign.ts";
import type {
  ConfigHead,
  ConfigHistory,
  ConfigReading,
  ConfigStore,
  ProposeOutcome,
} from "./config-store.ts";

const HEAD = "head";

/** What a store over a bucket is built from. */
export interface BucketStoreOptions extends Rhythm {
  readonly bucket: ConfigBucket;
  readonly signer: ConfigSigner;
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly wallMs?: () => number;
  /** How much of the past is kept. */
  readonly limits?: ArchiveLimits;
}

/**
 * A configuration store over a bucket: a signed head that is compared and set, and parts that never change, written before it. Who replaces a head
 * keeps it under its revision first.
 */
export function createBucketConfigStore(options: BucketStoreOptions): ConfigStore {
  const { bucket, signer, wallMs = Date.now, limits } = options;
  const archive = createConfigArchive(bucket, signer, limits);
  const open = (entry: BucketEntry): HeadReading => parseHead(new TextDecoder().decode(entry.value), signer);

  /** Look, but do not fetch the parts of `known` again. */
  async function read(known?: ConfigReading): Promise<ConfigReading> {
    const entry = await bucket.get(HEAD);
    if (!entry) return { kind: "empty" };
    const opened = open(entry);
    if (opened.kind === "refused") return opened;
    const isKnown = known?.kind === "document" && known.stored.head.hash === opened.head.hash;
    return isKnown ? known : archive.open(opened.head);
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

  /** Remove what is too old, unless there is a newer head already: then its writer does. What fails is done another time. */
  async function tidy(head: ConfigHead): Promise<void> {
    const entry = await bucket.get(HEAD);
    const opened = entry && open(entry);
    if (opened?.kind === "head" && opened.head.hash === head.hash) await archive.tidy(head, entry!.version);
  }

  return {
    read: () => orUnavailable(() => read()),
    history: (limit) =>
      orUnavailable<ConfigHistory>(async () => {
        const entry = await bucket.get(HEAD);
        if (!entry) return { kind: "history", heads: [] };
        const opened = open(entry);
        if (opened.kind === "refused") return opened;
        const earlier = await archive.heads(opened.head.revision, limit - 1);
        return { kind: "history", heads: [opened.head, ...earlier] };
      }),
    revision: (revision) =>
      orUnavailable<ConfigReading>(async () => {
        const entry = await bucket.get(HEAD);
        const opened = entry && open(entry);
        const isCurrent = opened?.kind === "head" && opened.head.revision === revision;
        return isCurrent ? archive.open(opened.head) : archive.read(revision);
      }),
    propose: ({ document, expectedRevision, ...about }) =>
      orUnavailable<ProposeOutcome>(async () => {
        if (document.revision <= expectedRevision)
          throw new Error("invariant: a revision that does not rise");
        const entry = await bucket.get(HEAD);
        const current = entry && open(entry);
        if (current?.kind === "refused") return current;
        const revision = current?.head.revision ?? 0;
        if (revision !== expectedRevision) return { kind: "stale", revision };
        const parent = current?.head.hash ?? "";
        const { stored, parts } = packDocument(document, { ...about, parent, timeMs: wallMs() });
        if (current) await archive.keep(current.head);
        const named = new Set(current ? partsOf(current.head) : []);
        const base = entry?.version ?? Infinity;
        await archive.writeParts(parts, (hash, version) => named.has(hash) || version > base);
        if (await setHead(formatHead(stored.head, signer), entry?.version)) {
          void tidy(stored.head).catch(() => {});
          return { kind: "committed", stored };
        }
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
