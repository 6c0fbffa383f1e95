import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createParsedPacket,
  FLOW_PORTS,
  FLOW_PROTOCOL,
  isIcmpError,
  type ParsedPacket,
  parseEmbedded,
  parseIp,
  parseTransport,
  SCTP_CHUNK,
  swapPorts,
  TCP_FLAG,
} from "./parse.ts";
import { buildIcmpError, buildIp, buildPacket, type PacketSpec, packetProblems } from "./testing.ts";
import { swapPort } from "./words.ts";

const ends = {
  4: { from: "198.51.100.7", to: "192.0.2.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1" },
} as const;
const tcp = (family: 4 | 6, more: Partial<PacketSpec> = {}): PacketSpec => ({
  protocol: "tcp",
  ...ends[family],
  fromPort: 40_000,
  toPort: 80,
  flags: "SA",
  ...more,
});

function parsed(family: 4 | 6, packet: Uint8Array): ParsedPacket {
  const p = createParsedPacket();
  p.family = family;
  expect(parseIp(p, packet, packet.length)).toBe(true);
  return p;
}

for (const family of [4, 6] as const) {
  const header = family === 4 ? 20 : 40;

  test(`TCP over IPv${family} is read: lengths, TTL, flags, and the flow key of the layout`, () => {
    const packet = buildPacket(tcp(family, { ttl: 17, payload: "abc" }));
    const p = parsed(family, packet);
    expect(parseTransport(p, packet)).toBe(true);
    expect(p).toMatchObject({
      protocol: 6,
      totalBytes: header + 23,
      transportAt: header,
      ttl: 17,
      isFragment: false,
      tcpFlags: TCP_FLAG.syn | TCP_FLAG.ack,
      transportBytes: 20,
    });
    const addresses = packet.subarray(family === 4 ? 12 : 8, family === 4 ? 20 : 40);
    const ports = packet.subarray(header, header + 4);
    expect([...p.keyBytes[family]]).toEqual([...addresses, ...ports, 6, 0, 0, 0]);
  });

  test(`UDP over IPv${family} is read`, () => {
    const packet = buildPacket(tcp(family, { protocol: "udp", payload: "abc" }));
    const p = parsed(family, packet);
    expect(parseTransport(p, packet)).toBe(true);
    expect([p.protocol, p.transportBytes, p.key[FLOW_PROTOCOL[family]]]).toEqual([17, 8, 17]);
  });

  test(`SCTP over IPv${family} is read: ports, both chunks`, () => {
    const packet = buildPacket(tcp(family, { protocol: "sctp", chunks: ["cookieEcho", "abort"] }));
    expect(packetProblems(packet)).toEqual([]);
    const p = parsed(family, packet);
    expect(parseTransport(p, packet)).toBe(true);
    expect([p.chunk, p.secondChunk]).toEqual([SCTP_CHUNK.cookieEcho, SCTP_CHUNK.abort]);
    expect([p.protocol, p.transportBytes, p.key[FLOW_PROTOCOL[family]]]).toEqual([132, 12, 132]);
    expect(swapPort(p.key[FLOW_PORTS[family]]! >>> 16)).toBe(80);
  });

  test(`SCTP over IPv${family} without room for a first chunk does not fit`, () => {
    for (let length = 0; length <= 16; length++) {
      const cut = buildIp({ ...ends[family], protocol: 132, body: new Uint8Array(length) });
      expect(parseTransport(parsed(family, cut), cut), `${length} bytes`).toBe(length === 16);
    }
  });

  test(`a packet over IPv${family} cut at any length does not fit`, () => {
    const packet = buildPacket(tcp(family, { payload: "abc" }));
    for (let length = 0; length < packet.length; length++) {
      const p = createParsedPacket();
      p.family = family;
      expect(parseIp(p, packet, length)).toBe(false);
    }
  });

  test(`what follows the end that an IPv${family} header names is ignored`, () => {
    const packet = buildPacket(tcp(family));
    const padded = new Uint8Array(packet.length + 6);
    padded.set(packet);
    expect(parsed(family, padded).totalBytes).toBe(packet.length);
  });

  test(`the packet inside an ICMP error over IPv${family} is read, turned round`, () => {
    const about = tcp(family);
    const error = buildIcmpError({
      from: about.from,
      to: about.to,
      type: family === 4 ? 3 : 1,
      about: buildPacket(about),
    });
    expect(packetProblems(error)).toEqual([]);
    const p = parsed(family, error);
    expect(isIcmpError(p, error)).toBe(true);
    expect(parseEmbedded(p, error)).toBe(true);
    const turned = buildPacket(tcp(family, { from: about.to, to: about.from, fromPort: 80, toPort: 40_000 }));
    const q = parsed(family, turned);
    parseTransport(q, turned);
    expect(p.key).toEqual(q.key);
  });

  test(`an ICMP error over IPv${family} is unreadable until the embedded ports are there`, () => {
    const whole = buildIcmpError({
      ...ends[family],
      type: family === 4 ? 3 : 1,
      about: buildPacket(tcp(family)),
    });
    const needed = header + 8 + header + 4;
    for (let length = header; length <= needed; length++) {
      const cut = buildIp({
        ...ends[family],
        protocol: family === 4 ? 1 : 58,
        body: whole.slice(header, length),
      });
      const p = parsed(family, cut);
      expect(isIcmpError(p, cut) && parseEmbedded(p, cut), `${length} bytes`).toBe(length === needed);
    }
  });

  test(`random bytes are never an exception for IPv${family}`, () => {
    const p = createParsedPacket();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, isPlausible) => {
        if (isPlausible && bytes.length > 40) {
          bytes[0] = family === 4 ? 0x45 : 0x60;
          bytes[2] = bytes[4] = 0;
          bytes[family === 4 ? 9 : 6] = [1, 6, 17, 58][bytes[1]! & 3]!;
        }
        p.family = family;
        if (!parseIp(p, bytes, bytes.length)) return;
        expect(p.totalBytes).toBeLessThanOrEqual(bytes.length);
        if (parseTransport(p, bytes))
          expect(p.transportAt + p.transportBytes).toBeLessThanOrEqual(p.totalBytes);
        if (isIcmpError(p, bytes) && parseEmbedded(p, bytes))
          expect(p.embeddedTransportAt + 4).toBeLessThanOrEqual(p.totalBytes);
      }),
      { numRuns: 2000 },
    );
  });
}

const fragments = [
  [0x0000, false],
  [0x4000, false], // do not fragment
  [0x2000, true], // more fragments
  [0x0001, true], // an offset
  [0x1fff, true],
] as const;
for (const [fragment, want] of fragments) {
  test(`IPv4 fragment word 0x${fragment.toString(16)} is ${want ? "a" : "no"} fragment`, () =>
    expect(parsed(4, buildPacket(tcp(4, { fragment }))).isFragment).toBe(want));
}

const badHeaders: [string, number, number][] = [
  ["version 5", 0, 0x55],
  ["IHL 4", 0, 0x44],
  ["IHL beyond the total length", 0, 0x4f],
  ["total length below IHL", 3, 19],
  ["total length beyond the packet", 3, 41],
];
for (const [what, at, value] of badHeaders) {
  test(`IPv4 header with ${what} does not fit`, () => {
    const packet = buildPacket(tcp(4));
    packet[at] = value;
    const p = createParsedPacket();
    expect(parseIp(p, packet, packet.length)).toBe(false);
  });
}

// bytes of the first chunk's length field → offset of the second chunk's type, behind the first chunk's start
const secondChunks: [number, number | undefined][] = [
  [0, undefined],
  [3, undefined],
  [4, 4],
  [5, 8],
  [8, 8],
  [16, 16],
  [17, undefined], // its four bytes would end behind the packet
  [0xffff, undefined],
];
for (const [length, at] of secondChunks) {
  test(`SCTP whose first chunk says ${length} bytes has its second ${at === undefined ? "nowhere" : `at ${at}`}`, () => {
    const packet = buildPacket(tcp(4, { protocol: "sctp", payload: new Uint8Array(4) }));
    expect(packet.length).toBe(20 + 12 + 20);
    for (let i = 32; i < 52; i++) packet[i] = i;
    packet[34] = length >>> 8;
    packet[35] = length & 0xff;
    const p = parsed(4, packet);
    expect(parseTransport(p, packet)).toBe(true);
    expect(p.secondChunk).toBe(at === undefined ? SCTP_CHUNK.none : packet[32 + at]);
  });
}

test("ports change places", () => {
  expect(swapPorts(0x12345678)).toBe(0x56781234);
  expect(swapPorts(0x1234ffff)).toBe(0xffff1234);
  expect(swapPort(0x1234)).toBe(0x3412);
  const packet = buildPacket(tcp(4));
  const p = parsed(4, packet);
  parseTransport(p, packet);
  expect(swapPort(p.key[FLOW_PORTS[4]]! & 0xffff)).toBe(40_000);
});
