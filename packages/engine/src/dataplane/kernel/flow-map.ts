/** Insertions and deletions of flows, queued and carried out in order with few system calls. */
import type { Family } from "@tandem/model";
import { FLOW_KEY, FLOW_VALUE } from "../../core/layout.ts";
import { bpfChecked, libbpf } from "./libbpf.ts";
import { ERRNO } from "./syscalls.ts";

const QUEUE_ENTRIES = 4096;
const SCAN_ENTRIES = 4096;
const OPERATION = { insert: 0, delete: 1 } as const;

export interface FlowMap {
  insert(key: Uint8Array, index: number, direction: number): void;
  delete(key: Uint8Array): void;
  /** Carry out what is queued; `refused` is told the record index of each insertion that found no room. Never throws. */
  flush(refused: (index: number) => void): void;
  /** Visit every entry; `key` is reused. Throws `LbError` (refused). */
  scan(visit: (key: Uint8Array, index: number, direction: number) => void): void;
}

/** The flow map of one family behind `fd`. */
export function createFlowMap(fd: number, family: Family): FlowMap {
  const lib = libbpf();
  const keyBytes = FLOW_KEY[family].size;
  const valueWords = FLOW_VALUE.size / 4;
  const operations = new Uint8Array(QUEUE_ENTRIES);
  const keys = new Uint8Array(QUEUE_ENTRIES * keyBytes);
  const values = new Uint32Array(QUEUE_ENTRIES * valueWords);
  const count = new Uint32Array(1);
  const options = new BigUint64Array([24n, 0n, 0n]); // struct bpf_map_batch_opts: its size, element flags, flags
  /** Refused while the queue was full and had to be carried out early; told at the next flush. */
  const refusedEarly: number[] = [];
  let queued = 0;

  function enqueue(operation: number, key: Uint8Array): number {
    if (queued === QUEUE_ENTRIES) carryOut((index) => refusedEarly.push(index));
    operations[queued] = operation;
    const at = queued * keyBytes;
    for (let i = 0; i < keyBytes; i++) keys[at + i] = key[i]!;
    return queued++;
  }

  function insert(key: Uint8Array, index: number, direction: number): void {
    const at = enqueue(OPERATION.insert, key) * valueWords;
    values[at + FLOW_VALUE.index] = index;
    values[at + FLOW_VALUE.direction] = direction;
  }

  /** Hand entries `from` to `to` (all of one operation) to the kernel. Returns how many it took before one failed. */
  function callBatch(from: number, to: number): number {
    count[0] = to - from;
    const batchKeys = keys.subarray(from * keyBytes, to * keyBytes);
    const result =
      operations[from] === OPERATION.insert
        ? lib.updateBatch(fd, batchKeys, values.subarray(from * valueWords, to * valueWords), count, options)
        : lib.deleteBatch(fd, batchKeys, count, options);
    return result === 0 ? to - from : Math.min(count[0]!, to - from);
  }

  function carryOut(refused: (index: number) => void): void {
    for (let at = 0; at < queued; ) {
      let end = at + 1;
      while (end < queued && operations[end] === operations[at]) end++;
      while (at < end) {
        at += callBatch(at, end);
        // The one that failed: an insertion without room, or a deletion of what was gone already.
        if (at < end && operations[at] === OPERATION.insert)
          refused(values[at * valueWords + FLOW_VALUE.index]!);
        if (at < end) at++;
      }
    }
    queued = 0;
  }

  function flush(refused: (index: number) => void): void {
    if (queued > 0) carryOut(refused);
    for (const index of refusedEarly.splice(0)) refused(index);
  }

  function scan(visit: (key: Uint8Array, index: number, direction: number) => void): void {
    const scanKeys = new Uint8Array(SCAN_ENTRIES * keyBytes);
    const scanValues = new Uint32Array(SCAN_ENTRIES * valueWords);
    const cursor = new Uint32Array(1);
    for (let result = 0, first = true; result === 0; first = false) {
      count[0] = SCAN_ENTRIES;
      result = lib.lookupBatch(fd, first ? null : cursor, cursor, scanKeys, scanValues, count, options);
      if (result !== -ERRNO.ENOENT!) bpfChecked(result, "scan the flow map");
      for (let i = 0; i < count[0]!; i++) {
        const at = i * valueWords;
        const key = scanKeys.subarray(i * keyBytes, (i + 1) * keyBytes);
        visit(key, scanValues[at + FLOW_VALUE.index]!, scanValues[at + FLOW_VALUE.direction]!);
      }
    }
  }

  return { insert, delete: (key) => void enqueue(OPERATION.delete, key), flush, scan };
}
