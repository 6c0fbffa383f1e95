import { expect, test } from "vitest";
import { createParsedPacket, type ParsedPacket, parseIp, parseTransport } from "./parse.ts";
import { buildPacket, packetProblems } from "./testing.ts";
import { fillChecksum, finishChecksum, hasChecksum, leaveChecksum } from "./transport-checksum.ts";

const ends = {
  4: { from: "198.51.100.7", to: "192.0.2.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1" },
} as const;

function parsed(packet: Uint8Array): ParsedPacket {
  const p = createParsedPacket();
  p.family = packet[0]! >>> 4 === 4 ? 4 : 6;
  expect(parseIp(p, packet, packet.length) && parseTransport(p, packet)).toBe(true);
  return p;
}

for (const family of [4, 6] as const) {
  for (const protocol of ["tcp", "udp"] as const) {
    const build = () =>
      buildPacket({ protocol, ...ends[family], fromPort: 1, toPort: 2, payload: "some payload" });
    const placeOf = (p: ParsedPacket) => ({ ...p, end: p.totalBytes });

    test(`checksum of ${protocol} over IPv${family} is what the builder has`, () => {
      const packet = build();
      fillChecksum(packet, placeOf(parsed(packet)));
      expect(packet).toEqual(build());
    });

    test(`checksum of ${protocol} over IPv${family} that was left to the hardware is finished, a finished one stays`, () => {
      const packet = build();
      const p = parsed(packet);
      finishChecksum(p, packet);
      expect(packet).toEqual(build());
      leaveChecksum(packet, placeOf(p));
      expect(packetProblems(packet)).toEqual(["transport checksum"]);
      finishChecksum(p, packet);
      expect(packet).toEqual(build());
    });
  }
}

test("UDP over IPv4 may have no checksum, and gets none", () => {
  const spec = { protocol: "udp", ...ends[4], fromPort: 1, toPort: 2, noChecksum: true } as const;
  const packet = buildPacket(spec);
  const p = parsed(packet);
  expect(hasChecksum(p, packet)).toBe(false);
  finishChecksum(p, packet);
  expect(packet).toEqual(buildPacket(spec));
});

test("SCTP has no such checksum", () => {
  const packet = buildPacket({ protocol: "sctp", ...ends[4], fromPort: 1, toPort: 2 });
  const before = packet.slice();
  finishChecksum(parsed(packet), packet);
  expect(packet).toEqual(before);
});
