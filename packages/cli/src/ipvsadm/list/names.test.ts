import { expect, test } from "vitest";
import { formatEnd, NUMERIC } from "./names.ts";

const ends: readonly (readonly [address: string, want: string])[] = [
  ["10.0.0.1", "10.0.0.1:80"],
  ["2001:db8::1", "[2001:db8::1]:80"],
  ["::1", "[::1]:80"],
  ["::a00:64", "[::10.0.0.100]:80"],
  ["::1:0", "[::0.1.0.0]:80"],
  ["::1:a00:64", "[::1:a00:64]:80"],
];
for (const [address, want] of ends)
  test(`${address} is written as ${want}`, () =>
    expect(formatEnd({ address, port: 80 }, "tcp", NUMERIC)).toBe(want));
