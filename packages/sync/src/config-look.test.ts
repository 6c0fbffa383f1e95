import { expect, test } from "vitest";
import { lookRepeatedly } from "./config-look.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const pending: (() => void)[] = [];
  const delays: number[] = [];
  const timers: (() => void)[] = [];
  let told = 0;
  const looking = lookRepeatedly(
    {
      rereadMs: 700,
      after(delayMs, run) {
        delays.push(delayMs);
        timers.push(run);
        return () => {
          if (timers.includes(run)) timers.splice(timers.indexOf(run), 1);
        };
      },
    },
    async () => {
      await new Promise<void>((resolve) => pending.push(resolve));
      return () => told++;
    },
  );
  const answer = () => {
    pending.shift()!();
    return settle();
  };
  return { looking, pending, delays, timers, answer, told: () => told };
}

test("looking begins at once and goes on after the interval", async () => {
  const { answer, delays, timers, told, pending } = setUp();
  expect(pending.length).toBe(1);
  await answer();
  expect([told(), delays, timers.length]).toEqual([1, [700], 1]);
});

test("looking follows a hint at once and starts the interval anew", async () => {
  const { looking, answer, timers, pending } = setUp();
  await answer();
  looking.now();
  expect([pending.length, timers.length]).toEqual([1, 0]);
  await answer();
  expect(timers.length).toBe(1);
});

test("looking does not overlap; hints during a look lead to one more", async () => {
  const { looking, answer, delays, pending } = setUp();
  looking.now();
  looking.now();
  expect(pending.length).toBe(1);
  await answer();
  expect(delays).toEqual([0]);
});

test("looking tells nothing after its end", async () => {
  const { looking, answer, timers, told, pending } = setUp();
  looking.end();
  await answer();
  looking.now();
  expect([told(), timers.length, pending.length]).toEqual([0, 0, 0]);
});
