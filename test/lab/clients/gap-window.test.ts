import { expect, test } from "vitest";
import { createGapWindow, percentile } from "./gap-window.ts";

const nothingOpen = () => 0;

const percentiles = [
  { values: [], share: 0.99, want: 0 },
  { values: [7], share: 0.99, want: 7 },
  { values: [3, 1, 2], share: 1, want: 3 },
  { values: Array.from({ length: 100 }, (_, i) => 100 - i), share: 0.99, want: 99 },
  { values: Array.from({ length: 1000 }, (_, i) => i + 1), share: 0.99, want: 990 },
];
for (const c of percentiles) {
  test(`percentile ${c.share} of ${c.values.length} values is ${c.want}`, () => {
    expect(percentile(Float64Array.from(c.values), c.share)).toBe(c.want);
  });
}

test("gap window takes the worst gap of each session", () => {
  const window = createGapWindow(3);
  window.sample(0, 5, false);
  window.sample(0, 9, false);
  window.sample(0, 2, false);
  window.sample(1, 4, false);
  expect(window.read(nothingOpen)).toEqual({ worst: 9, p99: 9 });
  expect(window.count()).toEqual({ taken: 4, voided: 0 });
});

test("gap window counts void samples without using them", () => {
  const window = createGapWindow(1);
  window.sample(0, 5, false);
  window.sample(0, 900, true);
  expect(window.read(nothingOpen).worst).toBe(5);
  expect(window.count()).toEqual({ taken: 2, voided: 1 });
});

test("gap window counts a gap that is still open with its age, and does not keep it", () => {
  const window = createGapWindow(2);
  window.sample(0, 5, false);
  expect(window.read((session) => (session === 1 ? 300 : 0)).worst).toBe(300);
  expect(window.read(nothingOpen).worst).toBe(5);
});

test("gap window's p99 leaves out one session in a hundred", () => {
  const window = createGapWindow(100);
  for (let session = 0; session < 100; session++) window.sample(session, session === 17 ? 800 : 10, false);
  expect(window.read(nothingOpen)).toEqual({ worst: 800, p99: 10 });
});

test("gap window starts anew after a reset", () => {
  const window = createGapWindow(1);
  window.sample(0, 5, true);
  window.sample(0, 5, false);
  window.reset();
  expect(window.read(nothingOpen)).toEqual({ worst: 0, p99: 0 });
  expect(window.count()).toEqual({ taken: 0, voided: 0 });
});
