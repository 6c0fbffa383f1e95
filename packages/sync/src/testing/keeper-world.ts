/** Keepers at one store in memory, on disks that can fail. */
import { type Document, specOf } from "@tandem/model";
import { createMemoryBucket } from "../config-bucket-memory.ts";
import type { ConfigCache } from "../config-cache.ts";
import { openConfigKeeper } from "../config-keeper.ts";
import { createClusterSigner } from "../config-sign.ts";
import type { ConfigStore, StoredDocument } from "../config-store.ts";
import { createBucketConfigStore } from "../config-store-bucket.ts";
import { sampleSpec } from "./config-samples.ts";

const signer = createClusterSigner(new Uint8Array(32), "prod");
/** Let what is under way go on. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A cache without a disk. */
export function createMemoryCache(): ConfigCache & { stored: StoredDocument | undefined; fault: string } {
  const kept = new Map<number, StoredDocument>();
  return {
    stored: undefined,
    fault: "",
    async load() {
      return { stored: this.stored, problems: this.fault ? [this.fault] : [] };
    },
    async setAside() {},
    async history(limit) {
      return [...kept.values()]
        .map(({ head }) => head)
        .sort((a, b) => b.revision - a.revision)
        .slice(0, limit);
    },
    async revision(revision) {
      const stored = kept.get(revision);
      return stored ? { kind: "document", stored } : { kind: "empty" };
    },
    async save(stored) {
      if (this.fault) throw new Error(this.fault);
      this.stored = stored;
      kept.set(stored.head.revision, stored);
    },
  };
}

/** A store in memory, and keepers at it, each with a disk of its own. */
export function createWorld() {
  /** What is known of the store without asking it. */
  const world: { away: string | undefined } = { away: undefined };
  const bucket = createMemoryBucket();
  const timers: (() => void)[] = [];
  const store = createBucketConfigStore({
    bucket,
    signer,
    wallMs: () => 0,
    after(_, run) {
      timers.push(run);
      return () => {};
    },
  });
  /** Let every watcher look, as time would. */
  const tick = async () => {
    for (const run of timers.splice(0)) run();
    await settle();
  };
  const start = async (cache = createMemoryCache(), overStore: ConfigStore = store) => {
    const revisions: number[] = [];
    const views: string[] = [];
    let empties = 0;
    const keeper = await openConfigKeeper({
      store: overStore,
      away: () => world.away,
      cache,
      onDocument: (document) => revisions.push(document.revision),
      onEmpty: () => empties++,
      onView: (view) => views.push(view.state),
    });
    await settle();
    return { keeper, cache, revisions, views, empties: () => empties };
  };
  return { bucket, store, start, tick, world };
}

/** An edit that gives the first destination a weight, or adds the sample service first. */
export const weigh = (weight: number) => (current: Document) => {
  const spec = current.services.length > 0 ? structuredClone(specOf(current)) : sampleSpec();
  spec.services[0]!.destinations[0]!.weight = weight;
  return spec;
};
