/** Keys and values that the configuration lies on, as ports: the little of JetStream KV, or of a directory, that it needs. */

/** What lies under a key. */
export interface BucketEntry {
  readonly value: Uint8Array;
  /** Rises with every write, whatever its key: of two entries the one that was written later has the higher one. */
  readonly version: number;
}

/** Where parts and earlier heads lie. All reject with an `LbError` of code `unavailable` when they cannot be asked. */
export interface ConfigShelf {
  /** @returns undefined if the key, or the whole shelf, does not exist */
  get(key: string): Promise<BucketEntry | undefined>;
  /** Write a key whatever it holds. Creates the shelf if there is none. */
  put(key: string, value: Uint8Array): Promise<void>;
  /** Keys that are `<prefix>.` and something, in any order. */
  keys(prefix: string): Promise<string[]>;
  /** Take a key away, unless it was written after `version`. Does nothing if it is not there. */
  remove(key: string, version: number): Promise<void>;
}

/** A shelf that several nodes share. Rejects as a shelf does, but for `watch`. */
export interface ConfigBucket extends ConfigShelf {
  /** Write a key if it is at `version`; undefined: if it does not exist. @returns whether it was */
  compareAndSet(key: string, value: Uint8Array, version: number | undefined): Promise<boolean>;
  /** Call `hint` when a key may have changed. It can miss changes: who must know looks now and then. @returns a function that ends it. */
  watch(key: string, hint: () => void): () => void;
}
