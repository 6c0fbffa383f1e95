import { expect, test } from "vitest";
import { inetAton } from "./inet-aton.ts";

const cases: readonly (readonly [text: string, address: number | undefined])[] = [
  ["10.0.0.100", 0x0a000064],
  ["10.1", 0x0a000001],
  ["10.0.100", 0x0a000064],
  ["010.0x1.1.1", 0x08010101],
  ["0x0a000064", 0x0a000064],
  ["167772260", 0x0a000064],
  ["10.0.65535", 0x0a00ffff],
  ["4294967295", 0xffffffff],
  ["0", 0],
  ["4294967296", undefined],
  ["10.0.65536", undefined],
  ["256.0.0.1", undefined],
  ["10.0.0.256", undefined],
  ["10.0.0.1.1", undefined],
  ["10..1", undefined],
  ["08.0.0.1", undefined],
  ["0x", undefined],
  ["-1", undefined],
  ["a.b", undefined],
  ["", undefined],
];
for (const [text, address] of cases)
  test(`inetAton reads "${text}" as ${address === undefined ? "no address" : `0x${address.toString(16)}`}`, () => {
    expect(inetAton(text)).toBe(address);
  });
