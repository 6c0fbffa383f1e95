import { expect, test } from "vitest";
import { createParsedPacket, FLOW_PORTS, parseIp, parseTransport, swapPorts } from "./parse.ts";
import { buildIcmpError, buildIp, buildPacket } from "./testing.ts";
import { buildWrapped, INNER, OUTER, type WrapSpec } from "./testing-cut.ts";
import { parseTunnelled } from "./tunnelled.ts";

function errorAbout(outer: 4 | 6, inner: 4 | 6, more: Pick<WrapSpec, "type" | "checksum">): Uint8Array {
  const packet = buildPacket({ protocol: "tcp", ...INNER[inner], fromPort: 40_000, toPort: 80 });
  const about = buildWrapped(packet, { ...OUTER[outer], ...more });
  return buildIcmpError({ from: OUTER[outer].to, to: OUTER[outer].from, type: outer === 4 ? 3 : 2, about });
}

function find(outer: 4 | 6, error: Uint8Array) {
  const [p, inner] = [createParsedPacket(), createParsedPacket()];
  p.family = outer;
  expect(parseIp(p, error, error.length)).toBe(true);
  return { isFound: parseTunnelled(p, inner, error), p, inner };
}

const shapes = [
  { type: "ipip", headerBytes: 0 },
  { type: "gre", headerBytes: 4 },
  { type: "gre", checksum: true, headerBytes: 8 },
  { type: "gue", headerBytes: 12 },
  { type: "gue", checksum: true, headerBytes: 12 },
] as const;
for (const outer of [4, 6] as const)
  for (const inner of [4, 6] as const)
    for (const { headerBytes, ...shape } of shapes)
      test(`an ICMP error about IPv${inner} in IPv${outer} by ${JSON.stringify(shape)} leads to the packet inside`, () => {
        const outerBytes = outer === 4 ? 20 : 40;
        const found = find(outer, errorAbout(outer, inner, shape));
        expect(found.isFound).toBe(true);
        expect(found.inner).toMatchObject({
          family: inner,
          embeddedAt: outerBytes + 8 + outerBytes + headerBytes,
          embeddedProtocol: 6,
        });
        const packet = buildPacket({ protocol: "tcp", ...INNER[inner], fromPort: 40_000, toPort: 80 });
        const q = createParsedPacket();
        q.family = inner;
        expect(parseIp(q, packet, packet.length) && parseTransport(q, packet)).toBe(true);
        const words = inner === 4 ? 1 : 4;
        const turned = [...q.key.subarray(words, 2 * words), ...q.key.subarray(0, words)];
        expect([...found.inner.key.subarray(0, 2 * words)]).toEqual(turned);
        expect(swapPorts(q.key[FLOW_PORTS[inner]]!)).not.toBe(0);
      });

test("an ICMP error about a tunnel is no use until the inner IP header is whole", () => {
  for (const { headerBytes, ...shape } of shapes) {
    const whole = errorAbout(4, 4, shape);
    const needed = 20 + 8 + 20 + headerBytes + 20;
    for (let length = 28; length <= needed; length++) {
      const cut = buildIp({
        from: OUTER[4].to,
        to: OUTER[4].from,
        protocol: 1,
        body: whole.slice(20, length),
      });
      expect(find(4, cut).isFound, `${shape.type}, ${length} bytes`).toBe(length === needed);
    }
  }
});

const bent: [string, (error: Uint8Array) => void][] = [
  [
    "another protocol",
    (e) => {
      e[28 + 9] = 50;
    },
  ],
  [
    "gre with a key",
    (e) => {
      e[48] = 0x20;
    },
  ],
  [
    "gre of another version",
    (e) => {
      e[49] = 1;
    },
  ],
  [
    "an inner version 5",
    (e) => {
      e[52] = 0x55;
    },
  ],
];
for (const [what, bend] of bent) {
  test(`an ICMP error about ${what} leads nowhere`, () => {
    const error = errorAbout(4, 4, { type: "gre" });
    bend(error);
    expect(find(4, error).isFound).toBe(false);
  });
}

const gueBytes: [string, number, boolean][] = [
  ["version 1", 0x40, false],
  ["a control message", 0x20, false],
  ["an inner packet beyond the quote", 0x1f, false],
  ["no private field", 0x00, true],
];
for (const [what, first, want] of gueBytes) {
  test(`an ICMP error about gue with ${what} leads ${want ? "to the packet inside" : "nowhere"}`, () => {
    const error = errorAbout(4, 4, { type: "gue" });
    error[56] = first;
    expect(find(4, error).isFound).toBe(want);
  });
}
