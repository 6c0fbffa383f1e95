import { expect, test } from "vitest";
import { createAwaitedControls } from "./awaited-controls.ts";

const key = (n: number) => Uint32Array.of(1, 2, n, 6);
const who = (index: number, generation = 1) => ({ index, generation });

test("awaited controls give those who wait once, by family and key", () => {
  const awaited = createAwaitedControls();
  awaited.wait(4, key(1), who(7));
  awaited.wait(4, key(1), who(8));
  awaited.wait(4, key(2), who(9));
  expect(awaited.take(6, key(1))).toEqual([]);
  expect(awaited.take(4, key(1))).toEqual([who(7), who(8)]);
  expect(awaited.take(4, key(1))).toEqual([]);
  expect(awaited.take(4, key(2))).toEqual([who(9)]);
});

test("awaited controls know a record once, however often it is told of", () => {
  const awaited = createAwaitedControls();
  for (let i = 1; i <= 10_000; i++) awaited.wait(4, key(1), who(7, i));
  expect(awaited.take(4, key(1))).toEqual([who(7, 10_000)]);
});

test("awaited controls forget the oldest when too many wait", () => {
  const awaited = createAwaitedControls();
  for (let i = 0; i < 5000; i++) awaited.wait(4, key(i), who(i));
  expect(awaited.take(4, key(0))).toEqual([]);
  expect(awaited.take(4, key(4999))).toEqual([who(4999)]);
  const held = Array.from({ length: 5000 }, (_, i) => awaited.take(4, key(i)).length);
  expect(held.reduce((sum, n) => sum + n, 0)).toBe(4095);
});
