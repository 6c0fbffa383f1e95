/** What the contract of data planes does not say of the twin: offloaded packets, every packet counted once, no exception for any bytes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildIcmpError, buildPacket, type PacketSpec } from "../../packet/testing.ts";
import { buildFragments, buildWrapped } from "../../packet/testing-cut.ts";
import { RECORD } from "../layout.ts";
import { readCounter } from "../record.ts";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { REASONS } from "../verdict.ts";

const services = [
  { protocol: "tcp", address: "192.0.2.1", port: 80, destinations: [{ address: "10.0.0.1" }] },
  { protocol: "udp", address: "192.0.2.1", port: 53, destinations: [{ address: "10.0.0.1" }] },
  { protocol: "tcp", address: "2001:db8::1", port: 80, destinations: [{ address: "fd00::1" }] },
  { protocol: "sctp", address: "192.0.2.1", port: 81, destinations: [{ address: "10.0.0.1" }] },
  {
    protocol: "tcp",
    address: "192.0.2.1",
    port: 82,
    method: "tunnel",
    tunnel: { type: "gre", checksum: "full" },
    destinations: [{ address: "10.0.0.2" }],
  },
];
const spec = (more: Partial<PacketSpec> = {}): PacketSpec => ({
  protocol: "tcp",
  from: "198.51.100.7",
  fromPort: 40_000,
  to: "192.0.2.1",
  toPort: 80,
  flags: "A",
  ...more,
});

function directorWithFlows(): TestDirector {
  const d = createTestDirector({ capacity: 64 });
  d.configure(services);
  d.dataplane.receive(1, buildPacket(spec({ flags: "S" })));
  d.dataplane.receive(1, buildPacket(spec({ flags: "S", from: "2001:db8:2::7", to: "2001:db8::1" })));
  d.receive(buildPacket(spec({ protocol: "udp", toPort: 53 })));
  return d;
}

const offloads: [string, number, number, number, number][] = [
  ["one segment", 1000, 1000, 1, 1040],
  ["exact segments", 3000, 1000, 3, 3120],
  ["a short last segment", 3001, 1000, 4, 3161],
  ["an ordinary packet", 3000, 0, 1, 3040],
];
for (const [what, payloadBytes, gsoSize, packets, bytes] of offloads) {
  test(`offloaded packet with ${what} counts ${packets} packets and ${bytes} bytes`, () => {
    const d = directorWithFlows();
    const before = [RECORD.inPackets, RECORD.inBytes].map((c) => readCounter(d.table.records[4], 0, c));
    const packet = buildPacket(spec({ payload: new Uint8Array(payloadBytes) }));
    expect(d.dataplane.receive(1, packet, { gsoSize }).reason).toBe("forwarded");
    const after = [RECORD.inPackets, RECORD.inBytes].map((c) => readCounter(d.table.records[4], 0, c));
    expect(after.map((n, i) => n - before[i]!)).toEqual([packets, bytes]);
  });
}

test("a route is asked with the packet's length, of an offloaded one with its segments'", () => {
  const asked: number[] = [];
  const d = createTestDirector({
    route(_address, lengthBytes) {
      asked.push(lengthBytes);
      return 0;
    },
  });
  d.configure(services);
  d.receive(buildPacket(spec({ flags: "S" })));
  d.dataplane.receive(1, buildPacket(spec({ payload: new Uint8Array(960) })));
  d.dataplane.receive(1, buildPacket(spec({ payload: new Uint8Array(3000) })), { gsoSize: 1000 });
  d.dataplane.receive(1, buildPacket(spec({ payload: new Uint8Array(900) })), { gsoSize: 1000 });
  expect(asked).toEqual([40, 1000, 1040, 940]);
});

/** Packets that mean something here, then bent: bytes changed, ends cut off. */
const samples: Uint8Array[] = [
  buildPacket(spec()),
  buildPacket(spec({ flags: "S" })),
  buildPacket(spec({ protocol: "udp", toPort: 53, payload: "question" })),
  buildPacket(spec({ from: "10.0.0.1", fromPort: 80, to: "198.51.100.7", toPort: 40_000 })),
  buildPacket(spec({ from: "2001:db8:2::7", to: "2001:db8::1" })),
  buildIcmpError({
    from: "10.0.0.1",
    to: "198.51.100.7",
    type: 3,
    about: buildPacket(spec({ to: "10.0.0.1" })),
  }),
  buildIcmpError({
    from: "fd00::1",
    to: "2001:db8:2::7",
    type: 2,
    about: buildPacket(spec({ from: "2001:db8:2::7", to: "fd00::1" })),
  }),
  buildPacket(spec({ protocol: "sctp", toPort: 81, chunks: ["init"] })),
  buildPacket(spec({ protocol: "sctp", toPort: 81, chunks: ["cookieEcho", "abort"] })),
  buildPacket(spec({ toPort: 82, flags: "S" })),
  buildPacket(spec({ toPort: 82, payload: "to be wrapped" })),
  ...buildFragments(buildPacket(spec({ payload: new Uint8Array(60) })), 32),
  ...buildFragments(buildPacket(spec({ from: "2001:db8:2::7", to: "2001:db8::1" })), 16),
  ...(["ipip", "gre", "gue"] as const).map((type) => {
    const about = buildWrapped(buildPacket(spec({ toPort: 82 })), {
      type,
      from: "10.0.0.254",
      to: "10.0.0.2",
    });
    return buildIcmpError({ from: "10.0.0.2", to: "10.0.0.254", type: 3, code: 4, rest: 1400, about });
  }),
];
const bent = fc
  .record({
    sample: fc.constantFrom(...samples),
    changes: fc.array(fc.tuple(fc.nat(127), fc.nat(255)), { maxLength: 3 }),
    length: fc.option(fc.nat(128)),
  })
  .map(({ sample, changes, length }) => {
    const bytes = sample.slice(0, length ?? sample.length);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });

const counted = (d: TestDirector): number =>
  [...d.dataplane.counters().values()].reduce((sum, n) => sum + n, 0);

test("any bytes are counted under exactly one reason, and nothing throws, neither here nor in the core", () => {
  const d = directorWithFlows();
  fc.assert(
    fc.property(fc.oneof(bent, fc.uint8Array({ maxLength: 120 })), (bytes) => {
      const before = counted(d);
      const { reason, verdict } = d.dataplane.receive(1, bytes);
      expect(REASONS[reason].verdict).toBe(verdict);
      expect(counted(d)).toBe(before + 1);
      d.settle();
      d.dataplane.sent.length = 0;
    }),
    { numRuns: 3000 },
  );
});
