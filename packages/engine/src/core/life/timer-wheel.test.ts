import fc from "fast-check";
import { expect, test } from "vitest";
import { createTimerWheel } from "./timer-wheel.ts";

const SLOT_TICKS = 64;
const HORIZON_TICKS = (1 << 20) - SLOT_TICKS;

/** Advance tick by tick of `step` and note when each index fires. */
function runUntil(
  wheel: ReturnType<typeof createTimerWheel>,
  from: number,
  until: number,
): Map<number, number> {
  const fired = new Map<number, number>();
  for (let now = from; now <= until; now += SLOT_TICKS)
    wheel.advance(now, 1e9, (index) => fired.set(index, now));
  return fired;
}

for (const after of [0, 1, 63, 64, 65, 1000, 100_000]) {
  test(`timer armed for ${after} ticks fires then, never earlier and at most two slots later`, () => {
    const wheel = createTimerWheel(4, 0);
    wheel.arm(2, 0, after);
    const at = runUntil(wheel, 0, after + 4 * SLOT_TICKS).get(2)!;
    expect(at).toBeGreaterThanOrEqual(after);
    expect(at).toBeLessThanOrEqual(after + 2 * SLOT_TICKS);
  });
}

test("timer beyond the horizon fires at the horizon", () => {
  const wheel = createTimerWheel(1, 0);
  wheel.arm(0, 0, 2 ** 31 - 1);
  const at = runUntil(wheel, 0, HORIZON_TICKS + 4 * SLOT_TICKS).get(0)!;
  expect(Math.abs(at - HORIZON_TICKS)).toBeLessThanOrEqual(2 * SLOT_TICKS);
});

test("timer works across the clock's wrap at 2^32 ticks", () => {
  const start = 2 ** 32 - 100;
  const wheel = createTimerWheel(1, start);
  wheel.arm(0, start, 500);
  let fired = 0;
  wheel.advance((start + 400) >>> 0, 9, () => fired++);
  expect(fired).toBe(0);
  wheel.advance((start + 700) >>> 0, 9, () => fired++);
  expect(fired).toBe(1);
});

test("disarmed timer does not fire, and one armed anew fires only for the new time", () => {
  const wheel = createTimerWheel(3, 0);
  for (const index of [0, 1, 2]) wheel.arm(index, 0, 100);
  wheel.disarm(1);
  wheel.arm(2, 0, 1000);
  const fired = runUntil(wheel, 0, 2000);
  expect([...fired.keys()]).toEqual([0, 2]);
  expect(fired.get(2)).toBeGreaterThanOrEqual(1000);
});

test("advance fires no more than its limit and goes on where it stopped", () => {
  const wheel = createTimerWheel(10, 0);
  for (let index = 0; index < 10; index++) wheel.arm(index, 0, 10);
  const seen: number[] = [];
  expect(wheel.advance(10_000, 4, (index) => seen.push(index))).toBe(4);
  expect(wheel.advance(10_000, 4, (index) => seen.push(index))).toBe(4);
  expect(wheel.advance(10_000, 4, (index) => seen.push(index))).toBe(2);
  expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("timer may be armed while it fires", () => {
  const wheel = createTimerWheel(1, 0);
  wheel.arm(0, 0, 100);
  const at: number[] = [];
  for (let now = 0; now < 1000; now += SLOT_TICKS) {
    wheel.advance(now, 9, () => {
      at.push(now);
      wheel.arm(0, now, 300);
    });
  }
  expect(at).toHaveLength(3);
});

test("wheel agrees with a plain list of deadlines under any sequence of calls", () => {
  const call = fc.record({ index: fc.nat(7), after: fc.nat(5000), pass: fc.nat(2000), disarm: fc.boolean() });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
      const wheel = createTimerWheel(8, 0);
      const deadlines = new Map<number, number>();
      let now = 0;
      for (const c of calls) {
        if (c.disarm) {
          wheel.disarm(c.index);
          deadlines.delete(c.index);
        } else {
          wheel.arm(c.index, now, c.after);
          deadlines.set(c.index, now + c.after);
        }
        now += c.pass;
        wheel.advance(now, 1e9, (index) => {
          expect(deadlines.get(index)).toBeLessThanOrEqual(now);
          deadlines.delete(index);
        });
        for (const deadline of deadlines.values()) expect(deadline).toBeGreaterThan(now - 2 * SLOT_TICKS);
      }
    }),
  );
});
