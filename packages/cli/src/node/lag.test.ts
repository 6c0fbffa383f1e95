import { expect, test } from "vitest";
import { createLagWindow } from "./lag.ts";

test("lag knows nothing before the first sample", () => {
  expect(createLagWindow().percentiles(0)).toBeUndefined();
});

test("lag is told as percentiles", () => {
  const lag = createLagWindow();
  for (let i = 100; i >= 1; i--) lag.add(i, 0);
  expect(lag.percentiles(0)).toEqual({ p50: 51, p99: 100 });
});

test("lag forgets what is older than 10 s", () => {
  const lag = createLagWindow();
  lag.add(500, 0);
  lag.add(2, 5_000);
  expect(lag.percentiles(10_000)).toEqual({ p50: 500, p99: 500 });
  expect(lag.percentiles(10_001)).toEqual({ p50: 2, p99: 2 });
  expect(lag.percentiles(15_001)).toBeUndefined();
});

test("lag keeps the latest samples of many", () => {
  const lag = createLagWindow();
  for (let i = 0; i < 4096; i++) lag.add(900, 0);
  for (let i = 0; i < 4096; i++) lag.add(1, 1);
  expect(lag.percentiles(1)).toEqual({ p50: 1, p99: 1 });
});
