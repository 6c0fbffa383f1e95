import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checksumOf,
  foldSum,
  patchChecksum,
  patchChecksum32,
  replaceWord16,
  sumPseudoHeader,
  sumWords,
} from "./checksum.ts";
import { readWord16, writeWord16 } from "./words.ts";

test("checksum of RFC 1071's example", () => {
  const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  // §3 sums ddf2 in network order; words as they stand here give the same bytes
  expect(foldSum(sumWords(bytes, 0, 8))).toBe(0xf2dd);
});

test("an odd last byte counts as padded with zero", () => {
  expect(sumWords(Uint8Array.of(1, 2, 3), 0, 3)).toBe(sumWords(Uint8Array.of(1, 2, 3, 0), 0, 4));
});

test("patching RFC 1624's example gives 0, not 0xffff", () => {
  expect(patchChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000); // §4
});

test("a patched checksum is the one computed anew, in either byte order", () => {
  const packet = fc.uint8Array({ minLength: 8, maxLength: 60 });
  fc.assert(
    fc.property(packet, fc.nat(0xffff), fc.nat(), (bytes, word, at) => {
      bytes[0] = 1; // an all-zero packet has two checksums
      bytes[2] = bytes[3] = 0;
      writeWord16(bytes, 2, checksumOf(sumWords(bytes, 0, bytes.length)));
      const target = 4 + 2 * (at % Math.floor((bytes.length - 4) / 2));
      replaceWord16(bytes, target, word, 2);
      const patched = readWord16(bytes, 2);
      bytes[2] = bytes[3] = 0;
      expect(patched).toBe(checksumOf(sumWords(bytes, 0, bytes.length)));
    }),
  );
});

test("a 32-bit patch is two 16-bit patches", () => {
  fc.assert(
    fc.property(fc.nat(0xffff), fc.nat(0xffffffff), fc.nat(0xffffffff), (checksum, before, after) => {
      const low = patchChecksum(checksum, before & 0xffff, after & 0xffff);
      expect(patchChecksum32(checksum, before, after)).toBe(patchChecksum(low, before >>> 16, after >>> 16));
    }),
  );
});

test("the pseudo header counts addresses, protocol and length", () => {
  const addresses = Uint8Array.of(192, 0, 2, 1, 10, 0, 0, 1);
  const drawn = Uint8Array.of(...addresses, 0, 6, 0x01, 0x02);
  const of = { addressBytes: 4, protocol: 6, lengthBytes: 0x0102 };
  expect(foldSum(sumPseudoHeader(addresses, 0, of))).toBe(foldSum(sumWords(drawn, 0, 12)));
});
