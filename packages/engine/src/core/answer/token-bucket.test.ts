import { expect, test } from "vitest";
import { createTokenBucket } from "./token-bucket.ts";

const SECOND = 954; // ticks of 2^20 ns, rounded up

function taken(bucket: ReturnType<typeof createTokenBucket>, now: number, tries: number): number {
  return Array.from({ length: tries }, () => bucket.take(now)).filter(Boolean).length;
}

const cases = [
  { name: "gives a burst at once, and no more", at: 0, want: 100 },
  { name: "is filled at its rate", at: 48, want: 50 }, // 48 ticks are 50.3 ms
  { name: "never holds more than a burst", at: 10 * SECOND, want: 100 },
];
for (const { name, at, want } of cases) {
  test(`token bucket ${name}`, () => {
    const bucket = createTokenBucket(1000, 100);
    if (at > 0) expect(taken(bucket, 0, 200)).toBe(100);
    expect(taken(bucket, at, 200)).toBe(want);
  });
}

test("token bucket goes on where its clock wraps", () => {
  const bucket = createTokenBucket(1000, 100);
  taken(bucket, 2 ** 32 - 10, 200);
  expect(taken(bucket, 10, 200)).toBe(20);
});
