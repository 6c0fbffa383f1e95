import { expect, test } from "vitest";
import { createSlotPool, QUARANTINE_TICKS } from "./slot-pool.ts";

test("pool gives every free index once, the lowest first, and then none", () => {
  const pool = createSlotPool(4, (index) => index === 1);
  expect([pool.take(0), pool.take(0), pool.take(0), pool.take(0)]).toEqual([0, 2, 3, -1]);
});

test("pool gives a released index again only after its quarantine", () => {
  const pool = createSlotPool(1, () => false);
  const index = pool.take(0);
  pool.release(index, 5);
  expect(pool.take(5 + QUARANTINE_TICKS - 1)).toBe(-1);
  expect(pool.take(5 + QUARANTINE_TICKS)).toBe(index);
});

test("quarantine works across the clock's wrap", () => {
  const pool = createSlotPool(1, () => false);
  const index = pool.take(0);
  pool.release(index, 2 ** 32 - 10);
  expect(pool.take(QUARANTINE_TICKS - 11)).toBe(-1);
  expect(pool.take(QUARANTINE_TICKS - 10)).toBe(index);
});

test("pool survives many rounds of release and take", () => {
  const pool = createSlotPool(3, () => false);
  for (let now = 0; now < 20 * QUARANTINE_TICKS; now += QUARANTINE_TICKS) {
    const taken = [pool.take(now), pool.take(now), pool.take(now)];
    expect(taken.toSorted()).toEqual([0, 1, 2]);
    for (const index of taken) pool.release(index, now);
  }
});

test("pool reaches as far as the highest index that was ever taken", () => {
  const pool = createSlotPool(8, (index) => index === 2);
  expect(pool.reach).toBe(3);
  for (let i = 0; i < 3; i++) pool.release(pool.take(0), 0);
  expect(pool.reach).toBe(4); // 0, 1 and, past the taken one, 3
});
