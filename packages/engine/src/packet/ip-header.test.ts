import { expect, test } from "vitest";
import { foldSum, sumWords } from "./checksum.ts";
import { type IpHeader, setIpLength, writeIpHeader } from "./ip-header.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const cases: { name: string; header: IpHeader; want: string }[] = [
  {
    name: "IPv4 with an identification may be fragmented",
    header: { family: 4, protocol: 1, packetBytes: 84, ttl: 64, trafficClass: 0xc0, id: 0xbeef },
    want: "45c00054beef00004001abababababababababab",
  },
  {
    name: "IPv4 without one may not",
    header: { family: 4, protocol: 6, packetBytes: 65_535, ttl: 1, trafficClass: 0 },
    want: "4500ffff000040000106abababababababababab",
  },
  {
    name: "IPv6 has a traffic class across two bytes, no flow label, and the length without itself",
    header: { family: 6, protocol: 58, packetBytes: 1280, ttl: 64, trafficClass: 0xb8 },
    want: `6b80000004d83a40${"ab".repeat(32)}`,
  },
];

for (const { name, header, want } of cases)
  test(`a header of ${name}`, () => {
    const out = new Uint8Array(want.length / 2).fill(0xab);
    writeIpHeader(out, header);
    if (header.family === 4) {
      expect(foldSum(sumWords(out, 0, 20))).toBe(0xffff);
      out.fill(0xab, 10, 12);
    }
    expect(hex(out)).toBe(want);
  });

test("a new length makes the checksum anew, options included", () => {
  const packet = Uint8Array.from(
    Buffer.from("4600001c000100004001000000000000000000000101 0100".replace(" ", ""), "hex"),
  );
  setIpLength(packet, 4, 24);
  expect(hex(packet.subarray(2, 4))).toBe("0018");
  expect(foldSum(sumWords(packet, 0, 24))).toBe(0xffff);
});
