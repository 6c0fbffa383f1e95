import { expect, test } from "vitest";
import { ringOver } from "./ring.ts";

const PAGE_BYTES = 4096;
const SIZE_BYTES = 128;
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;

/** A ring as the kernel sees it: entries are put in with their header word, and the producer's position moves. */
function createProducer(start = 0n) {
  const consumerPage = new ArrayBuffer(PAGE_BYTES);
  const rest = new ArrayBuffer(PAGE_BYTES + 2 * SIZE_BYTES);
  const consumer = new BigUint64Array(consumerPage, 0, 1);
  const producer = new BigUint64Array(rest, 0, 1);
  consumer[0] = start;
  producer[0] = start;
  const data = new DataView(rest, PAGE_BYTES);

  /** Returns where the entry's header is, to finish it later. */
  function put(bytes: number, flags = 0): number {
    const at = Number(producer[0]! % BigInt(SIZE_BYTES));
    data.setUint32(at, (bytes | flags) >>> 0, true);
    producer[0]! += BigInt(8 + ((bytes + 7) & ~7));
    return at;
  }

  const finish = (at: number, bytes: number) => data.setUint32(at, bytes, true);
  return { ring: ringOver(consumerPage, rest, SIZE_BYTES), consumer, put, finish };
}

function drainAll({ ring }: ReturnType<typeof createProducer>, limit = 99): [number, number][] {
  const seen: [number, number][] = [];
  ring.drain(limit, (at, bytes) => seen.push([at, bytes]));
  return seen;
}

test("a ring hands out entries in order and publishes where it stands", () => {
  const p = createProducer();
  for (const bytes of [16, 5]) p.put(bytes);
  expect(drainAll(p)).toEqual([
    [8, 16],
    [32, 5],
  ]);
  expect(p.consumer[0]).toBe(40n);
  expect(drainAll(p)).toEqual([]);
});

test("a ring hands out no more than the limit, and the rest the next time", () => {
  const p = createProducer();
  for (const bytes of [1, 2, 3]) p.put(bytes);
  expect(drainAll(p, 2).map(([, bytes]) => bytes)).toEqual([1, 2]);
  expect(drainAll(p, 2).map(([, bytes]) => bytes)).toEqual([3]);
});

test("a ring stops at an entry that is not finished, even if later ones are", () => {
  const p = createProducer();
  p.put(8);
  const busy = p.put(8, BUSY);
  p.put(4);
  expect(drainAll(p)).toEqual([[8, 8]]);
  expect(p.consumer[0]).toBe(16n);
  p.finish(busy, 8);
  expect(drainAll(p).map(([, bytes]) => bytes)).toEqual([8, 4]);
});

test("a ring passes over discarded entries without counting them", () => {
  const p = createProducer();
  p.put(8, DISCARDED);
  p.put(4);
  expect(drainAll(p, 1)).toEqual([[24, 4]]);
  expect(p.consumer[0]).toBe(32n);
});

test("a ring gives entries back only when all of a drain are done", () => {
  const p = createProducer();
  for (const bytes of [1, 2]) p.put(bytes);
  const published: (bigint | undefined)[] = [];
  p.ring.drain(9, () => published.push(p.consumer[0]));
  expect(published).toEqual([0n, 0n]);
});

test("a ring goes round, and past 2^32", () => {
  const p = createProducer(2n ** 32n - 96n);
  for (let i = 0; i < 20; i++) {
    p.put(24);
    p.put(40);
    expect(drainAll(p).map(([, bytes]) => bytes)).toEqual([24, 40]);
  }
  expect(p.consumer[0]).toBe(2n ** 32n - 96n + 20n * 80n);
});
