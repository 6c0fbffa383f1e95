import type { ConfigCache } from "./config-cache.ts";
import { packDocument } from "./config-form.ts";
import type { ConfigReading, ConfigStore, StoredDocument } from "./config-store.ts";

/** What a store on disk is built from. */
export interface FileStoreOptions {
  readonly cache: ConfigCache;
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly wallMs?: () => number;
}

/** A configuration store on this node's disk alone, for a director without NATS. One process owns it. */
export function createFileConfigStore(options: FileStoreOptions): ConfigStore {
  const { cache, wallMs = Date.now } = options;
  const watchers = new Set<(reading: ConfigReading) => void>();
  let turn: Promise<unknown> = Promise.resolve();
  /** What was written last: nobody else writes there, and to read it again costs as much as the document is long. */
  let written: StoredDocument | undefined;
  async function read(): Promise<ConfigReading> {
    const { stored, problems } = await cache.load();
    if (stored) return { kind: "document", stored };
    return problems.length === 0
      ? { kind: "empty" }
      : { kind: "refused", refusal: "incomplete", why: problems.join("; ") };
  }
  /** Everything happens in the order of asking, so that compare and set are one step. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = turn.then(run);
    turn = result.catch(() => {});
    return result;
  }
  return {
    read: () => inTurn(read),
    history: (limit) =>
      inTurn(async () => {
        const reading = await read();
        if (reading.kind === "empty") return { kind: "history", heads: [] };
        if (reading.kind !== "document") return reading;
        const { head } = reading.stored;
        const kept = await cache.history(Infinity);
        // a crash can leave a revision in the history that never came to be
        const earlier = kept.filter(({ revision }) => revision < head.revision);
        return { kind: "history", heads: [head, ...earlier].slice(0, limit) };
      }),
    revision: (revision) => inTurn(() => cache.revision(revision)),
    propose: ({ document, expectedRevision, ...about }) =>
      inTurn(async () => {
        const reading = written ? { kind: "document" as const, stored: written } : await read();
        if (reading.kind === "refused" || reading.kind === "unavailable") return reading;
        const head = reading.kind === "document" ? reading.stored.head : undefined;
        const revision = head?.revision ?? 0;
        if (revision !== expectedRevision) return { kind: "stale", revision };
        const { stored } = packDocument(document, {
          ...about,
          parent: head?.hash ?? "",
          timeMs: wallMs(),
        });
        try {
          await cache.save(stored);
          written = stored;
        } catch (error) {
          return { kind: "unavailable", why: (error as Error).message };
        }
        for (const see of watchers) see({ kind: "document", stored });
        return { kind: "committed", stored };
      }),
    watch(see) {
      watchers.add(see);
      void inTurn(read).then((reading) => watchers.has(see) && see(reading));
      return () => watchers.delete(see);
    },
  };
}
