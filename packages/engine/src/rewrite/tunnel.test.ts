import { parseAddress, TUNNEL_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { TUNNEL_FLAG } from "../core/layout.ts";
import { buildPacket, type PacketSpec, packetProblems } from "../packet/testing.ts";
import { buildWrapped, INNER, OUTER } from "../packet/testing-cut.ts";
import { readNetwork16, swapPort, wordsOf } from "../packet/words.ts";
import { overheadOf, type TunnelEnds, wrap } from "./tunnel.ts";
import { gueSourcePort } from "./tunnel-header.ts";

const packetOf = (family: 4 | 6, more: Partial<PacketSpec> = {}): Uint8Array =>
  buildPacket({ protocol: "tcp", ...INNER[family], fromPort: 40_000, toPort: 80, payload: "odd", ...more });

function tunnelOf(family: 4 | 6, type: keyof typeof TUNNEL_NUMBERS, flags = 0): TunnelEnds {
  return {
    family,
    type: TUNNEL_NUMBERS[type],
    flags,
    port: type === "gue" ? swapPort(6080) : 0,
    source: wordsOf(parseAddress(OUTER[family].from)!),
    destination: wordsOf(parseAddress(OUTER[family].to)!),
  };
}

function wrapped(packet: Uint8Array, tunnel: TunnelEnds, mayFragment = false): Uint8Array {
  const out = new Uint8Array(packet.length + overheadOf(tunnel)).fill(0xee);
  expect(wrap(packet, packet.length, { out, tunnel, mayFragment })).toBe(out.length);
  return out;
}

for (const outer of [4, 6] as const)
  for (const inner of [4, 6] as const)
    for (const type of ["ipip", "gre", "gue"] as const)
      for (const checksum of type === "ipip" ? [false] : [false, true])
        test(`IPv${inner} in IPv${outer} by ${type}${checksum ? " with checksum" : ""} is wrapped as the RFCs say`, () => {
          const packet = packetOf(inner, { ttl: 9, tos: 0xb9, payload: "odd" });
          const tunnel = tunnelOf(outer, type, checksum ? TUNNEL_FLAG.checksum : 0);
          const wanted = buildWrapped(packet, {
            type,
            ...OUTER[outer],
            checksum,
            fromPort: gueSourcePort(packet),
            ttl: 9,
            tos: 0xb9,
            id: 0,
          });
          expect(wrapped(packet, tunnel)).toEqual(wanted);
          expect(packetProblems(wanted)).toEqual([]);
        });

const fragmentation: [string, Partial<PacketSpec>, boolean, number, number][] = [
  ["an inner packet that may not be fragmented", { id: 0x4242 }, false, 0x4000, 0],
  ["one that may be", { id: 0x4242, fragment: 0 }, false, 0, 0x4242],
  ["a fragment", { id: 0x4242, fragment: 0x2000 }, false, 0, 0x4242],
  ["tunnels that fragment", { id: 0x4242 }, true, 0, 0x4242],
];
for (const [what, spec, mayFragment, word, id] of fragmentation) {
  test(`outer IPv4 header around ${what}: flags ${word.toString(16)}, id ${id.toString(16)}`, () => {
    const bytes = wrapped(packetOf(4, spec), tunnelOf(4, "ipip"), mayFragment);
    expect([readNetwork16(bytes, 6), readNetwork16(bytes, 4)]).toEqual([word, id]);
  });
}

test("outer IPv4 header around IPv6 forbids fragments, unless tunnels fragment", () => {
  const outer = (mayFragment: boolean) => wrapped(packetOf(6), tunnelOf(4, "gre"), mayFragment);
  expect([false, true].map((may) => readNetwork16(outer(may), 6))).toEqual([0x4000, 0]);
  expect([false, true].map((may) => readNetwork16(outer(may), 4))).toEqual([0, 0]);
});

test("remote checksum offload sums over packets whose own checksum is complete, as plain checksums do", () => {
  const tunnel = (flags: number) => tunnelOf(4, "gue", flags);
  const packet = packetOf(4);
  expect(wrapped(packet, tunnel(TUNNEL_FLAG.remoteChecksum))).toEqual(
    wrapped(packet, tunnel(TUNNEL_FLAG.checksum)),
  );
});

test("gue's source port is the flow's: equal for its packets, not for another one's, fragments by their addresses", () => {
  const ports = [
    packetOf(4),
    packetOf(4, { flags: "F", payload: "x" }),
    packetOf(4, { fromPort: 40_001 }),
  ].map((p) => gueSourcePort(p));
  expect(ports[0]).toBe(ports[1]);
  expect(ports[0]).not.toBe(ports[2]);
  for (const port of ports) expect(port).toBeGreaterThanOrEqual(0xc000);
  const [first, later] = [0x2000, 0x00b9].map((fragment) =>
    gueSourcePort(packetOf(4, { fragment, payload: "abcdefgh" })),
  );
  expect(first).toBe(later);
  // 198.51.100.7, 192.0.2.1, 40000 and 80, 6: words as they stand are 0x076433c6 0x010200c0 0x5000409c 0x6
  let hash = 0x076433c6 ^ 0x010200c0 ^ 0x5000409c ^ 6;
  hash ^= hash >>> 16;
  expect(ports[0]).toBe(0xc000 | (hash & 0x3fff));
});

test("a checksum around a broken packet is as wrong as the packet, around SCTP or a datagram without one it is right", () => {
  const tunnel = tunnelOf(4, "gre", TUNNEL_FLAG.checksum);
  const broken = packetOf(4);
  broken[broken.length - 1]! ^= 1;
  const problems = ["GRE checksum", "wrapped packet: transport checksum"];
  expect(packetProblems(wrapped(broken, tunnel))).toEqual(problems);
  for (const spec of [{ protocol: "sctp" }, { protocol: "udp", noChecksum: true }] as const) {
    for (const family of [4, 6] as const) {
      const bare = packetOf(family, spec);
      bare[bare.length - 1]! ^= 1;
      expect(packetProblems(wrapped(bare, tunnel))).not.toContain("GRE checksum");
    }
  }
});

test("a checksum around a fragment is over all of it", () => {
  const fragment = packetOf(4, { fragment: 0x2000, payload: "some of a longer packet!" });
  expect(packetProblems(wrapped(fragment, tunnelOf(6, "gue", TUNNEL_FLAG.checksum)))).toEqual([]);
});

const overheads = [
  [4, "ipip", 0, 20],
  [6, "ipip", 0, 40],
  [4, "gre", 0, 24],
  [4, "gre", TUNNEL_FLAG.checksum, 28],
  [6, "gre", TUNNEL_FLAG.checksum, 48],
  [4, "gue", 0, 32],
  [6, "gue", TUNNEL_FLAG.remoteChecksum, 52],
] as const;
for (const [family, type, flags, bytes] of overheads) {
  test(`${type} over IPv${family} with flags ${flags} takes ${bytes} bytes`, () =>
    expect(overheadOf(tunnelOf(family, type, flags))).toBe(bytes));
}
