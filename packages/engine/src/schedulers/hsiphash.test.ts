import fc from "fast-check";
import { expect, test } from "vitest";
import { hsiphash, type SipKey } from "./hsiphash.ts";

const COUNTING: SipKey = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c];

test("hsiphash of bytes 00 to 03 is the kernel's test vector", () => {
  expect(hsiphash(0x03020100, COUNTING)).toBe(0x88d38328);
});

test("the slow SipHash of these tests gives the kernel's vectors, too", () => {
  expect(sipHash13([], COUNTING)).toBe(0x050fc4dc);
  expect(sipHash13([0, 1, 2, 3], COUNTING)).toBe(0x88d38328);
});

test("hsiphash is SipHash-1-3 of four bytes, lower 32 bits", () => {
  const word = fc.nat(0xffff_ffff);
  fc.assert(
    fc.property(word, fc.tuple(word, word, word, word), (value, key) => {
      const bytes = [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
      expect(hsiphash(value, key)).toBe(sipHash13(bytes, key));
    }),
  );
});

/** SipHash-1-3 of up to seven bytes, as the paper puts it, in whole 64-bit numbers; the lower 32 bits. */
function sipHash13(bytes: number[], key: SipKey): number {
  const low64 = (n: bigint) => BigInt.asUintN(64, n);
  const rotate = (n: bigint, by: bigint) => low64((n << by) | (n >> (64n - by)));
  const k0 = (BigInt(key[1]) << 32n) | BigInt(key[0]);
  const k1 = (BigInt(key[3]) << 32n) | BigInt(key[2]);
  let [v0, v1] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn];
  let [v2, v3] = [k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const round = () => {
    [v0, v2] = [low64(v0 + v1), low64(v2 + v3)];
    [v1, v3] = [rotate(v1, 13n) ^ v0, rotate(v3, 16n) ^ v2];
    v0 = rotate(v0, 32n);
    [v2, v0] = [low64(v2 + v1), low64(v0 + v3)];
    [v1, v3] = [rotate(v1, 17n) ^ v2, rotate(v3, 21n) ^ v0];
    v2 = rotate(v2, 32n);
  };
  const block = bytes.reduce((sum, b, i) => sum | (BigInt(b) << BigInt(8 * i)), BigInt(bytes.length) << 56n);
  v3 ^= block;
  round();
  v0 ^= block;
  v2 ^= 0xffn;
  for (let i = 0; i < 3; i++) round();
  return Number((v0 ^ v1 ^ v2 ^ v3) & 0xffff_ffffn);
}
