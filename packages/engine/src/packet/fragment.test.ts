import { expect, test } from "vitest";
import { FRAGMENT_HEADER_BYTES, type FragmentFields, parseFragment } from "./fragment.ts";
import { createParsedPacket, FLOW_PORTS, FLOW_PROTOCOL, parseIp, parseTransport } from "./parse.ts";
import { buildIp, buildPacket, packetProblems } from "./testing.ts";
import { buildFragments } from "./testing-cut.ts";

const ENDS = {
  4: { from: "198.51.100.7", to: "192.0.2.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1" },
} as const;

for (const family of [4, 6] as const) {
  const packet = buildPacket({
    protocol: "udp",
    ...ENDS[family],
    fromPort: 40_000,
    toPort: 53,
    payload: new Uint8Array(92).fill(7),
  });
  const fragments = buildFragments(packet, 40, 0x4711);

  test(`fragments of IPv${family} are told apart, and name one packet`, () => {
    const seen = fragments.map((bytes) => {
      const p = createParsedPacket();
      const fields: FragmentFields = { id: 0, offsetBytes: 0, hasMore: false };
      p.family = family;
      expect(parseIp(p, bytes, bytes.length) && p.isFragment && parseFragment(p, bytes, fields)).toBe(true);
      return {
        ...fields,
        protocol: p.protocol,
        key: p.key[FLOW_PROTOCOL[family]],
        bytes: p.totalBytes - p.transportAt,
      };
    });
    const id = family === 4 ? 0x4711 : 0x1147_0000; // as it stands, in network order
    const common = { id, protocol: 17, key: 17 };
    expect(seen).toEqual([
      { ...common, offsetBytes: 0, hasMore: true, bytes: 40 },
      { ...common, offsetBytes: 40, hasMore: true, bytes: 40 },
      { ...common, offsetBytes: 80, hasMore: false, bytes: 20 },
    ]);
    expect(fragments.flatMap(packetProblems)).toEqual([]);
  });

  test(`the first fragment of IPv${family} names its flow's ports`, () => {
    const p = createParsedPacket();
    const bytes = fragments[0]!;
    p.family = family;
    parseIp(p, bytes, bytes.length);
    parseFragment(p, bytes, { id: 0, offsetBytes: 0, hasMore: false });
    expect(parseTransport(p, bytes)).toBe(true);
    const q = createParsedPacket();
    q.family = family;
    parseIp(q, packet, packet.length);
    parseTransport(q, packet);
    expect(p.key[FLOW_PORTS[family]]).toBe(q.key[FLOW_PORTS[family]]);
  });
}

test("an IPv6 Fragment header that is cut changes nothing", () => {
  for (let body = 0; body < FRAGMENT_HEADER_BYTES; body++) {
    const bytes = buildIp({ ...ENDS[6], protocol: 44, body: new Uint8Array(body) });
    const p = createParsedPacket();
    p.family = 6;
    expect(parseIp(p, bytes, bytes.length)).toBe(true);
    expect(parseFragment(p, bytes, { id: 0, offsetBytes: 0, hasMore: false })).toBe(false);
    expect([p.protocol, p.transportAt]).toEqual([44, 40]);
  }
});
