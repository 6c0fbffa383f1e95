import fc from "fast-check";
import { expect, test } from "vitest";
import { patchCrc32c, sctpChecksum } from "./crc32c.ts";
import { readWord32, writeWord32 } from "./words.ts";

// RFC 3720 B.4 gives CRC-32C of 32 bytes; the checksum field of SCTP counts as zero, so the examples with zeros there are ours
test("crc32c of 32 zero bytes is RFC 3720's", () => {
  expect(sctpChecksum(new Uint8Array(32), 0, 32)).toBe(0x8a9136aa);
});

test("sctp checksum is the one that a kernel accepted", () => {
  // an INIT of the recordings: 10.1.0.5:1800 > 10.0.0.100:4067, its SCTP header and chunk
  const packet = Uint8Array.from(
    Buffer.from("07080fe300000000d7a1e22901000014000000070000ffff0001000100000001", "hex"),
  );
  expect(sctpChecksum(packet, 0, packet.length)).toBe(readWord32(packet, 8));
});

test("sctp checksum does not depend on what stands in its own field", () => {
  const packet = new Uint8Array(20).fill(7);
  const bare = sctpChecksum(packet, 0, 20);
  writeWord32(packet, 8, 0x12345678);
  expect(sctpChecksum(packet, 0, 20)).toBe(bare);
});

test("a patched crc32c is the one computed anew, wherever the word stands", () => {
  const packets = fc.uint8Array({ minLength: 16, maxLength: 2000 });
  fc.assert(
    fc.property(packets, fc.nat(0xffff_ffff), fc.nat(), (bytes, word, place) => {
      const at = place % 2 === 0 ? 0 : 12 + (place % (bytes.length - 15));
      const before = sctpChecksum(bytes, 0, bytes.length);
      const difference = readWord32(bytes, at) ^ word;
      writeWord32(bytes, at, word);
      const after = sctpChecksum(bytes, 0, bytes.length);
      expect(patchCrc32c(before, difference, bytes.length - at - 4)).toBe(after);
    }),
  );
});
