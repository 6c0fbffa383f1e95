import { expect, test } from "vitest";
import { createParsedPacket, parseIp, parseTransport, TCP_FLAG } from "../packet/parse.ts";
import { buildPacket, type PacketSpec, packetProblems } from "../packet/testing.ts";
import { readNetwork16, readWord32, writeWord32 } from "../packet/words.ts";
import { cutSegments } from "./segment.ts";

const ends = {
  4: { from: "198.51.100.7", to: "192.0.2.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1" },
} as const;
const payload = Uint8Array.from({ length: 3500 }, (_, i) => i % 251);

function segments(packet: Uint8Array, segmentBytes: number): Uint8Array[] {
  const p = createParsedPacket();
  p.family = packet[0]! >>> 4 === 4 ? 4 : 6;
  expect(parseIp(p, packet, packet.length) && parseTransport(p, packet)).toBe(true);
  const out = new Uint8Array(4000);
  const cut: Uint8Array[] = [];
  cutSegments(p, packet, segmentBytes, { out, emit: (n) => cut.push(out.slice(0, n)) });
  return cut;
}

const offloaded = (family: 4 | 6, more: Partial<PacketSpec>): Uint8Array =>
  buildPacket({ protocol: "tcp", ...ends[family], fromPort: 1, toPort: 2, payload, ...more });

for (const family of [4, 6] as const) {
  const tcpAt = family === 4 ? 20 : 40;

  test(`TCP segments over IPv${family} carry the payload in order, with right lengths and checksums`, () => {
    const packet = offloaded(family, { flags: "AP" });
    writeWord32(packet, tcpAt + 4, readWord32(Uint8Array.of(0xff, 0xff, 0xff, 0x00), 0)); // wraps within the packet
    const cut = segments(packet, 1000);
    expect(cut.map((s) => s.length - tcpAt - 20)).toEqual([1000, 1000, 1000, 500]);
    expect(cut.flatMap((s) => [...s.subarray(tcpAt + 20)])).toEqual([...payload]);
    const sequence = cut.map((s) => readNetwork16(s, tcpAt + 4) * 0x10000 + readNetwork16(s, tcpAt + 6));
    expect(sequence).toEqual([0xffffff00, 0x2e8, 0x6d0, 0xab8]);
    for (const s of cut) expect(packetProblems(s)).toEqual([]);
  });

  test(`TCP segments over IPv${family}: FIN and PSH stand in the last one, CWR in the first`, () => {
    const packet = offloaded(family, { flags: "AFP" });
    packet[tcpAt + 13]! |= 0x80;
    const flags = segments(packet, 2000).map((s) => s[tcpAt + 13]);
    expect(flags).toEqual([TCP_FLAG.ack | 0x80, TCP_FLAG.ack | TCP_FLAG.fin | TCP_FLAG.psh]);
  });

  test(`UDP segments over IPv${family} are datagrams of their own`, () => {
    const cut = segments(offloaded(family, { protocol: "udp" }), 1200);
    expect(cut.map((s) => readNetwork16(s, tcpAt + 4))).toEqual([1208, 1208, 1108]);
    for (const s of cut) expect(packetProblems(s)).toEqual([]);
  });
}

test("IPv4 segments are numbered on from the packet's identification", () => {
  const cut = segments(offloaded(4, { id: 0xfffe }), 1000);
  expect(cut.map((s) => readNetwork16(s, 4))).toEqual([0xfffe, 0xffff, 0, 1]);
});

test("UDP segments without a checksum stay without", () => {
  for (const s of segments(offloaded(4, { protocol: "udp", noChecksum: true }), 1200))
    expect(readNetwork16(s, 26)).toBe(0);
});
