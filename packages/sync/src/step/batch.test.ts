import { expect, test } from "vitest";
import {
  addToBatch,
  BATCH_AGE_MS,
  BATCH_BYTES,
  batchDueMs,
  createBatch,
  hasRoom,
  MAX_OFFER_BYTES,
  takeBatch,
} from "./batch.ts";

test("batch is due at its age, counted from its first offer", () => {
  const batch = createBatch();
  expect(batchDueMs(batch)).toBe(Number.POSITIVE_INFINITY);
  addToBatch(batch, new Uint8Array(10), 1, 100);
  addToBatch(batch, new Uint8Array(10), 1, 101);
  expect(batchDueMs(batch)).toBe(100 + BATCH_AGE_MS);
});

test("batch is due at once when it is full", () => {
  const batch = createBatch();
  addToBatch(batch, new Uint8Array(BATCH_BYTES), 1000, 100);
  expect(batchDueMs(batch)).toBe(100);
});

test("batch gives its records in order of offer and is empty afterwards", () => {
  const batch = createBatch();
  addToBatch(batch, Uint8Array.of(1, 2), 1, 0);
  addToBatch(batch, Uint8Array.of(3), 1, 0);
  expect(takeBatch(batch)).toEqual({ records: Uint8Array.of(1, 2, 3), count: 2 });
  expect(batch).toEqual(createBatch());
});

const rooms = [
  { name: "bytes", sizeBytes: MAX_OFFER_BYTES - 9, count: 1, has: false },
  { name: "bytes, just", sizeBytes: MAX_OFFER_BYTES - 10, count: 1, has: true },
  { name: "count", sizeBytes: 10, count: 0xffff, has: false },
  { name: "count, just", sizeBytes: 10, count: 0xfffe, has: true },
];
for (const c of rooms) {
  test(`batch of one record has ${c.has ? "" : "no "}room for an offer at the limit of ${c.name}`, () => {
    const batch = createBatch();
    addToBatch(batch, new Uint8Array(10), 1, 0);
    expect(hasRoom(batch, c.sizeBytes, c.count)).toBe(c.has);
  });
}
