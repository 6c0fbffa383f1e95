import { parseAddress } from "@tandem/model";
import { expect, test } from "vitest";
import { buildPacket, type PacketSpec, packetProblems } from "../../packet/testing.ts";
import { joinFragments } from "../../packet/testing-join.ts";
import { leaveChecksum } from "../../packet/transport-checksum.ts";
import { readNetwork16 } from "../../packet/words.ts";
import { createTestDirector } from "../testing.ts";

const nets = {
  4: { client: "198.51.100.7", vip: "192.0.2.1", server: "10.0.0.1" },
  6: { client: "2001:db8:2::7", vip: "2001:db8::1", server: "fd00::1" },
} as const;

function setUp(
  family: 4 | 6,
  service: object,
  more: { mtu?: number; settings?: object; to?: string; hasRoom?: () => boolean } = {},
) {
  const { vip, server } = nets[family];
  const { hasRoom = () => true } = more;
  const d = createTestDirector({ capacity: 16, mtu: () => more.mtu ?? 1500, hasRoom });
  const destinations = [{ address: more.to ?? server }];
  d.configure([{ protocol: "udp", address: vip, port: 80, destinations, ...service }], {
    settings: more.settings ?? {},
  });
  const receive = (packet: Uint8Array, gsoSize = 0) => d.receive(packet, { gsoSize });
  return { d, receive, sent: d.sent };
}

function datagram(family: 4 | 6, totalBytes: number, more: Partial<PacketSpec> = {}): Uint8Array {
  const headers = family === 4 ? 28 : 48;
  const payload = Uint8Array.from({ length: totalBytes - headers }, (_, i) => i % 251);
  const { client: from, vip: to } = nets[family];
  return buildPacket({ protocol: "udp", from, fromPort: 40_000, to, toPort: 80, payload, ...more });
}

const gue = { type: "gue", port: 6080 };
const gre = { type: "gre" };
const overheads = [
  { family: 4, to: "10.0.0.1", tunnel: undefined, mtu: 1480 },
  { family: 4, to: "10.0.0.1", tunnel: gue, mtu: 1468 },
  { family: 4, to: "10.0.0.1", tunnel: gre, mtu: 1476 },
  { family: 4, to: "10.0.0.1", tunnel: { ...gre, checksum: "full" }, mtu: 1472 },
  { family: 4, to: "fd00::1", tunnel: undefined, mtu: 1460 },
  { family: 6, to: "fd00::1", tunnel: undefined, mtu: 1460 },
  { family: 6, to: "fd00::1", tunnel: gue, mtu: 1448 },
  { family: 6, to: "10.0.0.1", tunnel: undefined, mtu: 1480 },
] as const;
for (const { family, to, tunnel, mtu } of overheads) {
  const kind = `IPv${family} through ${tunnel?.type ?? "ipip"} to ${to}`;
  const service = { method: "tunnel", ...(tunnel ? { tunnel } : {}) };

  test(`${kind}: a packet of ${mtu} bytes fits, a longer one's sender is told, the first one's, too`, () => {
    const { receive, sent } = setUp(family, service, { to });
    expect(receive(datagram(family, mtu))).toEqual(["scheduled"]);
    expect(sent().map((packet) => packet.length)).toEqual([1500]);
    expect(receive(datagram(family, mtu + 1))).toEqual(["core_too_big"]);
    expect(receive(datagram(family, mtu + 1, { fromPort: 40_001 }))).toEqual(["scheduled", "core_too_big"]);
    const icmpAt = family === 4 ? 20 : 40;
    for (const error of sent()) {
      expect(packetProblems(error)).toEqual([]);
      expect([...error.subarray(icmpAt, icmpAt + 2)]).toEqual(family === 4 ? [3, 4] : [2, 0]);
      expect(readNetwork16(error, icmpAt + 6)).toBe(mtu);
    }
  });

  test(`${kind}: without path MTU discovery, the tunnel's packets are cut`, () => {
    const { receive, sent } = setUp(family, service, { to, settings: { pmtuDiscovery: false } });
    const packet = datagram(family, 1500);
    expect(receive(packet)).toEqual(["scheduled", "tunneled"]);
    const pieces = sent();
    expect(pieces.length).toBe(2);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(1500);
    const inner = joinFragments(pieces).slice(-1500);
    expect(inner.subarray(12)).toEqual(packet.subarray(12)); // the TTL is one less
  });
}

test("a tunnel carries IPv6 packets of 1280 bytes whatever its MTU", () => {
  const { receive, sent } = setUp(6, { method: "tunnel" }, { mtu: 1280 });
  expect(receive(datagram(6, 1280))).toEqual(["scheduled", "tunneled"]);
  expect(joinFragments(sent()).subarray(-1240)).toEqual(datagram(6, 1280).subarray(40));
  expect(receive(datagram(6, 1281))).toEqual(["core_too_big"]);
  expect(readNetwork16(sent()[0]!, 46)).toBe(1280);
});

for (const method of ["masquerade", "direct-route"] as const) {
  test(`${method}: a packet that may be cut is translated first, in both directions`, () => {
    const { receive, sent } = setUp(4, { method }, { mtu: 1400 });
    const packet = datagram(4, 1500, { fragment: 0 });
    expect(receive(packet)).toEqual(["scheduled", "rejoined"]);
    const joined = joinFragments(sent());
    expect(packetProblems(joined)).toEqual([]);
    expect(joined.subarray(16, 20)).toEqual(
      parseAddress(nets[4][method === "masquerade" ? "server" : "vip"]),
    );
    if (method === "direct-route") return;
    const { server, client } = nets[4];
    const reply = { from: server, fromPort: 80, to: client, toPort: 40_000 };
    expect(receive(datagram(4, 1500, { fragment: 0, ...reply }))).toEqual(["rejoined"]);
    expect(joinFragments(sent()).subarray(12, 20)).toEqual(
      Uint8Array.of(...parseAddress(nets[4].vip)!, ...parseAddress(client)!),
    );
  });
}

for (const family of [4, 6] as const) {
  test(`IPv${family}: a client whose hop limit ends is told by the virtual address, a server by this host's`, () => {
    const { vip, server, client } = nets[family];
    const { receive, sent } = setUp(family, { method: "masquerade" });
    expect(receive(datagram(family, 100, { ttl: 1 }))).toEqual(["scheduled", "core_ttl_exceeded"]);
    const reply = { from: server, fromPort: 80, to: client, toPort: 40_000, ttl: 1 };
    expect(receive(datagram(family, 100, reply))).toEqual(["core_ttl_exceeded"]);
    const [sourceAt, bytes] = family === 4 ? [12, 4] : [8, 16];
    const own = family === 4 ? "10.0.0.254" : "fd00::fe";
    const ends = sent().map((error) => [
      error.subarray(sourceAt, sourceAt + bytes),
      error.subarray(sourceAt + bytes, sourceAt + 2 * bytes),
    ]);
    expect(ends).toEqual([
      [parseAddress(vip), parseAddress(client)],
      [parseAddress(own), parseAddress(server)],
    ]);
  });
}

test("segments that are too long for a tunnel that may cut its packets leave in pieces of their own", () => {
  const settings = { pmtuDiscovery: false };
  const { receive, sent } = setUp(4, { method: "tunnel" }, { settings });
  receive(datagram(4, 40));
  sent();
  const payload = Uint8Array.from({ length: 2900 }, (_, i) => i % 251);
  expect(receive(datagram(4, 40, { payload }), 1460)).toEqual(["tunneled"]);
  const pieces = sent();
  expect(pieces.map((packet) => packet.length)).toEqual([1500, 28, 1488]);
  const inner = joinFragments(pieces.slice(0, 2)).subarray(20);
  expect(packetProblems(inner)).toEqual([]);
  expect(inner.subarray(28)).toEqual(payload.subarray(0, 1460));
});

test("a packet that the kernel has no room for a tunnel's headers before is wrapped by the core, the first one, too", () => {
  const { d, receive, sent } = setUp(4, { method: "tunnel" }, { hasRoom: () => false });
  expect(receive(datagram(4, 1000))).toEqual(["scheduled", "tunneled"]);
  expect(receive(datagram(4, 1000))).toEqual(["tunneled"]);
  expect(sent().map((packet) => packet.length)).toEqual([1020, 1020]);
  expect(d.dataplane.counters().get("no_room")).toBe(2);
});

test("errors of our own are limited, whatever they are about", () => {
  const { receive, sent } = setUp(4, { method: "masquerade" });
  receive(datagram(4, 100));
  sent();
  for (let i = 0; i < 300; i++) receive(datagram(4, 100, { ttl: 1 }));
  expect(sent()).toHaveLength(100);
});

test("a packet whose checksum was left to hardware has a right one once it is cut", () => {
  const { receive, sent } = setUp(4, { method: "masquerade" }, { mtu: 1400 });
  const packet = datagram(4, 1500, { fragment: 0 });
  leaveChecksum(packet, { family: 4, protocol: 17, transportAt: 20, end: packet.length });
  expect(receive(packet)).toEqual(["scheduled", "rejoined"]);
  expect(packetProblems(joinFragments(sent()))).toEqual([]);
});

test("a datagram that is scheduled by itself has a right checksum, too", () => {
  for (const method of ["masquerade", "tunnel"] as const) {
    const { receive, sent } = setUp(4, { method, onePacket: true });
    const packet = datagram(4, 100);
    leaveChecksum(packet, { family: 4, protocol: 17, transportAt: 20, end: packet.length });
    expect(receive(packet)).toEqual(["one_packet"]);
    const [left] = sent();
    expect(packetProblems(method === "tunnel" ? left!.slice(20) : left!)).toEqual([]);
  }
});
