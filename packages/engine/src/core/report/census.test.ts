import { expect, test } from "vitest";
import { buildPacket } from "../../packet/testing.ts";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { listConnections, sumTraffic } from "./census.ts";

const TICKS_PER_SECOND = 1e9 / 2 ** 20;
const ends = {
  4: { from: "198.51.100.7", to: "192.0.2.1", server: "10.0.0.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1", server: "fd00::1" },
} as const;

function director(capacity = 8): TestDirector {
  const d = createTestDirector({ capacity });
  d.configure(
    Object.values(ends).map(({ to, server }) => ({
      protocol: "udp",
      address: to,
      port: 53,
      destinations: [{ address: server, port: 5353 }],
    })),
  );
  return d;
}

function datagram(d: TestDirector, family: 4 | 6, fromPort: number): void {
  const { from, to } = ends[family];
  d.receive(buildPacket({ protocol: "udp", from, fromPort, to, toPort: 53, payload: "x" }));
}

const list = (d: TestDirector, cursor = 0, limit = 100) => listConnections(d, { cursor, limit }, d.clock.now);

for (const [family, headers] of [
  [4, 20],
  [6, 40],
] as const) {
  test(`a connection over IPv${family} reads as operators write it`, () => {
    const d = director();
    datagram(d, family, 40_001);
    datagram(d, family, 40_001);
    d.clock.now += Math.ceil(10 * TICKS_PER_SECOND);
    const { from, to, server } = ends[family];
    expect(list(d).rows).toEqual([
      {
        place: { family, index: 0, generation: 1 },
        protocol: 17,
        state: "UDP",
        client: from,
        clientPort: 40_001,
        virtual: to,
        virtualPort: 53,
        destination: server,
        destinationPort: 5353,
        local: family === 4 ? "0.0.0.0" : "::",
        localPort: 0,
        method: 0,
        serviceId: family === 4 ? 1 : 3,
        destinationId: family === 4 ? 2 : 4,
        mark: 0,
        isTemplate: false,
        isHeld: false,
        isWatched: false,
        controller: undefined,
        expiresInSeconds: 289, // of 300
        idleSeconds: 10,
        owner: 0,
        inPackets: 2,
        inBytes: 2 * (headers + 8 + 1),
        outPackets: 0,
        outBytes: 0,
      },
    ]);
  });
}

test("a connection that is due but not looked at yet expires in 0 seconds", () => {
  const d = director();
  datagram(d, 4, 1);
  d.clock.now += Math.ceil(400 * TICKS_PER_SECOND);
  expect(list(d).rows[0]?.expiresInSeconds).toBe(0);
});

test("a cursor walks through both families and meets every connection once", () => {
  const d = director();
  for (const family of [4, 6] as const) for (const port of [1, 2, 3]) datagram(d, family, port);
  const ports: number[] = [];
  let cursor: number | null = 0;
  for (const wanted of [2, 2, 2]) {
    const slice: ReturnType<typeof list> = list(d, cursor ?? -1, 2);
    expect(slice.rows).toHaveLength(wanted);
    ports.push(...slice.rows.map((r) => r.clientPort));
    cursor = slice.next;
  }
  expect(ports.toSorted()).toEqual([1, 1, 2, 2, 3, 3]);
  expect(list(d, cursor ?? -1, 2)).toEqual({ rows: [], next: null });
});

const slices: [capacity: number, cursor: number, next: number | null][] = [
  [8, 0, null],
  [10_000, 0, 16_384],
  [10_000, 16_384, null],
  [8, 16, null],
];
for (const [capacity, cursor, next] of slices) {
  test(`a list of ${capacity} empty records per family from ${cursor} on goes on at ${next}`, () =>
    expect(list(director(capacity), cursor)).toEqual({ rows: [], next }));
}

test("traffic is summed by destination, of living connections and of those that have ended", () => {
  const d = director();
  for (const port of [1, 2]) datagram(d, 4, port);
  datagram(d, 6, 1);
  d.clock.now += 1;
  d.connections.close(4, 0, d.clock.now);
  d.dataplane.flushFlows(() => {});
  datagram(d, 4, 3);
  const traffic = (connections: number, bytes: number) => ({
    connections,
    inPackets: connections,
    inBytes: connections * bytes,
    outPackets: 0,
    outBytes: 0,
  });
  expect(sumTraffic(d.table, d.services)).toEqual(
    new Map([
      [2, traffic(3, 29)],
      [4, traffic(1, 49)],
    ]),
  );
});

test("a destination that is not configured any more is summed while it has connections", () => {
  const d = director();
  datagram(d, 4, 1);
  d.configure([]);
  expect(sumTraffic(d.table, d.services).get(2)).toMatchObject({ connections: 1, inBytes: 29 });
  expect(list(d).rows).toHaveLength(1);
  d.clock.now += 1;
  d.connections.close(4, 0, d.clock.now);
  expect(sumTraffic(d.table, d.services)).toEqual(new Map());
});
