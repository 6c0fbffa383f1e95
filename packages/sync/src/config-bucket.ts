/** Keys and values that a configuration store lies on: the little of JetStream KV that it needs, as a port. */

export interface BucketEntry {
  readonly value: Uint8Array;
  /** Changes with every write of the key. */
  readonly version: number;
}

/** All but `watch` and `close` reject with an `LbError` of code `unavailable` when the bucket cannot be asked. */
export interface ConfigBucket {
  /** @returns undefined if the key, or the whole bucket, does not exist */
  get(key: string): Promise<BucketEntry | undefined>;
  /** Write a key whatever it holds. Creates the bucket if there is none. */
  put(key: string, value: Uint8Array): Promise<void>;
  /** Write a key if it is at `version`; undefined: if it does not exist. @returns whether it was */
  compareAndSet(key: string, value: Uint8Array, version: number | undefined): Promise<boolean>;
  /** Call `hint` when a key may have changed. It can miss changes: who must know looks now and then. @returns a function that ends it. */
  watch(key: string, hint: () => void): () => void;
}
