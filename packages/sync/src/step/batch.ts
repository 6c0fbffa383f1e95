/** Collects offered records into the body of one delta, until it is large or old enough to be sent. */
import { MAX_COUNT } from "../wire/header.ts";

/** A batch is sent at this age: what replication lag costs at least, against frames per second. */
export const BATCH_AGE_MS = 2;
/** …or at this size: a fraction of NATS' 1 MiB, large enough that header and tag are below 1 %. */
export const BATCH_BYTES = 16 * 1024;
/** Most that one offer may hold: it is never divided, and a NATS message carries 1 MiB. */
export const MAX_OFFER_BYTES = 512 * 1024;

/** Records that wait to be sent. */
export interface Batch {
  parts: Uint8Array[];
  sizeBytes: number;
  count: number;
  /** When its first records came, in ms of the local clock. */
  openedMs: number;
}

/** A batch without records. */
export const createBatch = (): Batch => ({ parts: [], sizeBytes: 0, count: 0, openedMs: 0 });

/** Whether another offer of this size can join. */
export function hasRoom(batch: Batch, sizeBytes: number, count: number): boolean {
  return batch.sizeBytes + sizeBytes <= MAX_OFFER_BYTES && batch.count + count <= MAX_COUNT;
}

/** Add an offer; `records` must not change afterwards. The caller has checked `hasRoom`. */
export function addToBatch(batch: Batch, records: Uint8Array, count: number, nowMs: number): void {
  if (batch.count === 0) batch.openedMs = nowMs;
  batch.parts.push(records);
  batch.sizeBytes += records.length;
  batch.count += count;
}

/** When the batch is to be sent, in ms of the local clock; Infinity while it is empty. */
export function batchDueMs(batch: Batch): number {
  if (batch.count === 0) return Number.POSITIVE_INFINITY;
  return batch.sizeBytes >= BATCH_BYTES ? batch.openedMs : batch.openedMs + BATCH_AGE_MS;
}

/** The records of a batch in one piece; the batch is empty afterwards. */
export function takeBatch(batch: Batch): { records: Uint8Array; count: number } {
  const records = new Uint8Array(batch.sizeBytes);
  let at = 0;
  for (const part of batch.parts) {
    records.set(part, at);
    at += part.length;
  }
  const { count } = batch;
  Object.assign(batch, createBatch());
  return { records, count };
}
