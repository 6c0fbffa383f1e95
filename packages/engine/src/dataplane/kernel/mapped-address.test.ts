import { parseAddress } from "@tandem/model";
import { expect, test } from "vitest";
import { readMapped, writeMapped, writeMappedMask } from "./mapped-address.ts";

test.for([
  ["192.0.2.1", "00000000000000000000ffffc0000201"],
  ["2001:db8::1", "20010db8000000000000000000000001"],
  ["::fffe:c000:201", "00000000000000000000fffec0000201"],
])("the address %s stands in a key as %s, and is read back", ([text, hex]) => {
  const address = parseAddress(text!)!;
  const key = new Uint8Array(20);
  writeMapped(key, 2, address);
  expect(Buffer.from(key).toString("hex")).toBe(`0000${hex}0000`);
  expect(readMapped(key, 2)).toEqual(address);
});

test.for([
  [4, 0, "ffffffffffffffffffffffff00000000"],
  [4, 25, "ffffffffffffffffffffffffffffff80"],
  [4, 32, "ffffffffffffffffffffffffffffffff"],
  [6, 0, "00000000000000000000000000000000"],
  [6, 33, "ffffffff800000000000000000000000"],
  [6, 128, "ffffffffffffffffffffffffffffffff"],
] as const)("the mask of an IPv%d prefix of %d bits is %s", ([family, bits, hex]) => {
  const out = new Uint8Array(16);
  writeMappedMask(out, 0, family, bits);
  expect(Buffer.from(out).toString("hex")).toBe(hex);
});
