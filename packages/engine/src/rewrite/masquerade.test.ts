import { expect, test } from "vitest";
import { addressWords } from "../core/services/service-table.ts";
import { createParsedPacket, parseIp, parseTransport } from "../packet/parse.ts";
import { buildPacket, type PacketSpec } from "../packet/testing.ts";
import { swapPort } from "../packet/words.ts";
import { masquerade } from "./masquerade.ts";

const nets = {
  4: { client: "198.51.100.7", vip: "192.0.2.1", server: "10.0.0.1", local: "10.0.0.250" },
  6: { client: "2001:db8:2::7", vip: "2001:db8::1", server: "fd00::1", local: "fd00::250" },
} as const;
const end = (side: "source" | "destination", address: string, port: number) => ({
  side,
  words: addressWords(address),
  at: 0,
  port: swapPort(port),
});

for (const family of [4, 6] as const)
  for (const protocol of ["tcp", "udp", "sctp"] as const)
    for (const payload of ["", "odd", "some more payload"])
      test(`full NAT of ${protocol} over IPv${family}, ${payload.length} bytes: both ends, right checksums`, () => {
        const { client, vip, server, local } = nets[family];
        const spec: PacketSpec = { protocol, from: client, fromPort: 40_000, to: vip, toPort: 80, payload };
        const packet = buildPacket(spec);
        const p = createParsedPacket();
        p.family = family;
        expect(parseIp(p, packet, packet.length) && parseTransport(p, packet)).toBe(true);
        masquerade(p, packet, end("destination", server, 8080));
        expect(packet).toEqual(buildPacket({ ...spec, to: server, toPort: 8080 }));
        masquerade(p, packet, end("source", local, 1024));
        expect(packet).toEqual(
          buildPacket({ ...spec, from: local, fromPort: 1024, to: server, toPort: 8080 }),
        );
      });

const keptChecksums: [string, number, number][] = [
  ["whose ports stay keeps its checksum, right or wrong", 0xee, 80],
  ["with a checksum of 0 keeps it", 0, 8080],
];
for (const [what, byte, port] of keptChecksums) {
  test(`SCTP ${what}`, () => {
    const { client, vip, server } = nets[4];
    const packet = buildPacket({ protocol: "sctp", from: client, fromPort: 40_000, to: vip, toPort: 80 });
    packet.fill(byte, 28, 32);
    const p = createParsedPacket();
    expect(parseIp(p, packet, packet.length) && parseTransport(p, packet)).toBe(true);
    masquerade(p, packet, end("destination", server, port));
    expect([...packet.subarray(28, 32)]).toEqual(new Array(4).fill(byte));
  });
}
