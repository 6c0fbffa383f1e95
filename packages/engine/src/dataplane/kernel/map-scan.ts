/** Reading whole maps in few system calls. */
import { bpfChecked, libbpf } from "./libbpf.ts";
import { ERRNO } from "./syscalls.ts";

const BATCH = 4096;

/** `struct bpf_map_batch_opts`: its size, element flags, flags. */
export const BATCH_OPTIONS = new BigUint64Array([24n, 0n, 0n]);

/** Bytes of a map's keys and of its values. */
export interface EntryBytes {
  readonly key: number;
  readonly value: number;
}

/** Some entries of a map, side by side. The buffers are used again for the next batch. */
export interface Batch {
  readonly keys: Buffer;
  readonly values: Buffer;
  readonly count: number;
}

/** Every entry of a map, batch after batch. Throws `LbError` (refused). */
export function* scanBatches(fd: number, bytes: EntryBytes): Generator<Batch> {
  const keys = Buffer.alloc(BATCH * bytes.key);
  const values = Buffer.alloc(BATCH * bytes.value);
  const count = new Uint32Array(1);
  const cursor = new Uint8Array(Math.max(bytes.key, 4)); // a bucket's number, or the last key: the map's type decides
  for (let result = 0, isFirst = true; result === 0; isFirst = false) {
    count[0] = BATCH;
    const from = isFirst ? null : cursor;
    result = libbpf().lookupBatch(fd, from, cursor, keys, values, count, BATCH_OPTIONS);
    if (result !== -ERRNO.ENOENT!) bpfChecked(result, "read a map");
    yield { keys, values, count: count[0]! };
  }
}

/** Every entry of a map, one by one: views that are good until the next. Throws `LbError` (refused). */
export function* scanEntries(fd: number, bytes: EntryBytes): Generator<{ key: Buffer; value: Buffer }> {
  for (const { keys, values, count } of scanBatches(fd, bytes))
    for (let i = 0; i < count; i++)
      yield {
        key: keys.subarray(i * bytes.key, (i + 1) * bytes.key),
        value: values.subarray(i * bytes.value, (i + 1) * bytes.value),
      };
}
