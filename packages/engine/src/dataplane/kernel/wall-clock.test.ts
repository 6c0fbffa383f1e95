import { expect, test } from "vitest";
import { createWallClock } from "./wall-clock.ts";

function start() {
  const shown = { monotonicMs: 5000.25, wallMs: 1_795_372_800_000 };
  const clock = createWallClock(
    () => shown.monotonicMs,
    () => shown.wallMs,
  );
  return { clock, shown };
}

test("times of the monotonic clock are told by the wall's, with their fractions", () => {
  const { clock } = start();
  expect(clock.at(5000.25)).toBe(1_795_372_800_000);
  expect(clock.at(4000.5)).toBe(1_795_372_799_000.25);
});

const steps: [what: string, stepMs: number, wanted: number][] = [
  ["an hour back", -3_600_000, -3_600_000],
  ["a tenth of a second forward", 100, 100],
  ["by no more than an interruption is long, which it was not", 20, 0],
];
for (const [what, stepMs, wanted] of steps) {
  test(`a clock that is set ${what} is followed from then on`, () => {
    const { clock, shown } = start();
    shown.monotonicMs += 10;
    shown.wallMs += 10 + stepMs;
    expect(clock.at(5000.25)).toBe(1_795_372_800_000);
    clock.follow();
    expect(clock.at(5000.25)).toBe(1_795_372_800_000 + wanted);
  });
}
