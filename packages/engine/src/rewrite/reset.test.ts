import { parseAddress } from "@tandem/model";
import { expect, test } from "vitest";
import { createParsedPacket, parseIp, parseTransport } from "../packet/parse.ts";
import { buildPacket, type PacketSpec, packetProblems } from "../packet/testing.ts";
import { swapPort } from "../packet/words.ts";
import { buildProbe, buildReset, PROBE_BYTES, RESET_BYTES, type Whither } from "./reset.ts";

const nets = {
  4: { from: "198.51.100.7", to: "192.0.2.1", header: 20 },
  6: { from: "2001:db8:2::7", to: "2001:db8::1", header: 40 },
} as const;
const [SEQUENCE, ACKNOWLEDGED, TAG] = [0xffff_fff0, 0x1234_5678, 0xcafe_f00d];

/** A packet with the numbers above, whose checksum nobody asks for. */
function packetOf(family: 4 | 6, spec: Partial<PacketSpec>): Uint8Array {
  const { from, to, header } = nets[family];
  const packet = buildPacket({ protocol: "tcp", from, fromPort: 40_000, to, toPort: 80, ...spec });
  const view = new DataView(packet.buffer, header);
  if (spec.protocol === "sctp") view.setUint32(4, TAG);
  else view.setUint32(4, SEQUENCE);
  if (spec.protocol !== "sctp" && spec.flags?.includes("A")) view.setUint32(8, ACKNOWLEDGED);
  return packet;
}

function resetOf(family: 4 | 6, packet: Uint8Array, whither: Whither): Uint8Array {
  const p = createParsedPacket();
  p.family = family;
  expect(parseIp(p, packet, packet.length) && parseTransport(p, packet)).toBe(true);
  const out = new Uint8Array(RESET_BYTES).fill(0xaa);
  return out.slice(0, buildReset(out, packet, p, whither));
}

/** What a reset says, and to whom. */
function read(family: 4 | 6, reset: Uint8Array) {
  const p = createParsedPacket();
  p.family = family;
  expect(packetProblems(reset)).toEqual([]);
  expect(parseIp(p, reset, reset.length) && parseTransport(p, reset)).toBe(true);
  const view = new DataView(reset.buffer, reset.byteOffset + p.transportAt);
  return { ports: [view.getUint16(0), view.getUint16(2)], first: view.getUint32(4), view, p };
}

for (const family of [4, 6] as const) {
  test(`TCP over IPv${family}: on goes an RST with the segment's own numbers`, () => {
    const { ports, first, view } = read(
      family,
      resetOf(family, packetOf(family, { flags: "PA", payload: "x" }), "on"),
    );
    expect([ports, first, view.getUint32(8), view.getUint8(13)]).toEqual([
      [40_000, 80],
      SEQUENCE,
      ACKNOWLEDGED,
      0x14,
    ]);
  });

  test(`TCP over IPv${family}: back goes an RST with what the sender awaits`, () => {
    const { ports, first, view } = read(family, resetOf(family, packetOf(family, { flags: "A" }), "back"));
    expect([ports, first, view.getUint32(8), view.getUint8(13)]).toEqual([
      [80, 40_000],
      ACKNOWLEDGED,
      0,
      0x04,
    ]);
  });

  test(`TCP over IPv${family}: a segment that acknowledges nothing is acknowledged whole, past the end of the numbers`, () => {
    const packet = packetOf(family, { flags: "SF", payload: "0123456789abcdef" });
    const { first, view } = read(family, resetOf(family, packet, "back"));
    expect([first, view.getUint32(8), view.getUint8(13)]).toEqual([0, 2, 0x14]);
    expect(read(family, resetOf(family, packet, "on")).view.getUint8(13)).toBe(0x04);
  });

  for (const [whither, isReflected] of [
    ["on", 0],
    ["back", 1],
  ] as const) {
    test(`SCTP over IPv${family}: ${whither} goes an ABORT with the packet's tag`, () => {
      const { first, view, p } = read(
        family,
        resetOf(family, packetOf(family, { protocol: "sctp", payload: "x" }), whither),
      );
      expect([first, p.chunk, view.getUint8(13), view.getUint16(14)]).toEqual([TAG, 6, isReflected, 4]);
    });
  }
}

for (const family of [4, 6] as const) {
  test(`a probe over IPv${family} is a whole segment that acknowledges nothing`, () => {
    const [from, to] = [parseAddress(nets[family].to)!, parseAddress(nets[family].from)!];
    const out = new Uint8Array(PROBE_BYTES).fill(0xaa);
    const bytes = buildProbe(out, { family, from, to, ports: swapPort(80) | (swapPort(40_000) << 16) }, 0x10);
    const { ports, first, view } = read(family, out.slice(0, bytes));
    expect([ports, first, view.getUint32(8), view.getUint8(13)]).toEqual([[80, 40_000], 0, 0, 0x10]);
  });
}

const unanswered: [string, Partial<PacketSpec>][] = [
  ["an RST", { flags: "RA" }],
  ["an ABORT", { protocol: "sctp", chunks: ["abort"] }],
  ["a datagram", { protocol: "udp" }],
];
for (const [what, spec] of unanswered) {
  test(`${what} is not answered with a reset`, () => {
    for (const whither of ["on", "back"] as const)
      expect(resetOf(4, packetOf(4, spec), whither)).toHaveLength(0);
  });
}
