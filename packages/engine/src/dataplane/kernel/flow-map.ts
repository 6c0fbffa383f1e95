/** Insertions and deletions of flows, queued and carried out in order with few system calls. */
import type { Family } from "@tandem/model";
import { FLOW_KEY, FLOW_VALUE } from "../../core/layout.ts";
import { libbpf } from "./libbpf.ts";
import { BATCH_OPTIONS, scanBatches } from "./map-scan.ts";

const QUEUE_ENTRIES = 4096;
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
        ? lib.updateBatch(
            fd,
            batchKeys,
            values.subarray(from * valueWords, to * valueWords),
            count,
            BATCH_OPTIONS,
          )
        : lib.deleteBatch(fd, batchKeys, count, BATCH_OPTIONS);
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
    for (const batch of scanBatches(fd, { key: keyBytes, value: FLOW_VALUE.size })) {
      const batchValues = new Uint32Array(batch.values.buffer);
      for (let i = 0; i < batch.count; i++) {
        const key = batch.keys.subarray(i * keyBytes, (i + 1) * keyBytes);
        const at = i * valueWords;
        visit(key, batchValues[at + FLOW_VALUE.index]!, batchValues[at + FLOW_VALUE.direction]!);
      }
    }
  }

  return { insert, delete: (key) => void enqueue(OPERATION.delete, key), flush, scan };
}
