/** Two directors that hear of each other's connections: publishing, merging and comparing, without a network. */
import { createConnectionRecord, decodeConnection, encodeConnection, MAX_RECORD_BYTES } from "@tandem/model";
import { expect, test } from "vitest";
import { buildPacket, type PacketSpec } from "../../packet/testing.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { DEFAULT_TIMEOUTS } from "../../protocols/timeouts.ts";
import { LIFE, RECORD } from "../layout.ts";
import { readField, stateOf } from "../record.ts";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { MINE } from "./digest.ts";

const PEER = 3;
const vips = { 4: "192.0.2.1", 6: "2001:db8::1" } as const;
const clients = { 4: "198.51.100.7", 6: "2001:db8:2::7" } as const;
const servers = { 4: ["10.0.0.1", "10.0.0.2"], 6: ["fd00::1", "fd00::2"] } as const;
const services = ([4, 6] as const).flatMap((family) => {
  const destinations = servers[family].map((address) => ({ address }));
  return [
    { protocol: "tcp", address: vips[family], port: 80, scheduler: "rr", destinations },
    { protocol: "udp", address: vips[family], port: 53, scheduler: "rr", destinations },
  ];
});

const packet = (flags: string, more: Partial<PacketSpec> = {}, family: 4 | 6 = 4): Uint8Array => {
  const ends = { from: clients[family], to: vips[family], fromPort: 40_000 };
  return buildPacket({ protocol: "tcp", toPort: 80, flags, ...ends, ...more });
};
const datagram: Partial<PacketSpec> = { protocol: "udp", toPort: 53 };

function director(): TestDirector {
  const d = createTestDirector({ capacity: 64 });
  d.configure(services);
  d.clock.now = 100_000;
  return d;
}

/** Packets arrive at a director, one after the other. */
function see(d: TestDirector, ...packets: Uint8Array[]): void {
  for (const p of packets) {
    d.receive(p);
  }
}

/** A director is told records that were true `delayTicks` ago. */
function hear(d: TestDirector, records: Uint8Array, delayTicks = 0): void {
  d.replica.apply({ peer: PEER, records, delayTicks }, d.clock.now);
  d.dataplane.flushFlows(() => expect.unreachable("no room for a flow"));
}

/** Tell `to` what `from` has to say. Returns how many records. */
function tell(from: TestDirector, to: TestDirector, delayTicks = 0): number {
  const batch = from.publisher.take();
  if (batch) hear(to, batch.records, delayTicks);
  return batch?.count ?? 0;
}

/** Ticks since the last packet of the first record. */
const ageOf = (d: TestDirector) => (d.clock.now - readField(d.table.records[4], 0, RECORD.lastSeen)) >>> 0;

const outcomes = (d: TestDirector) => Object.fromEntries([...d.replica.outcomes].filter(([, n]) => n > 0));

function published(d: TestDirector): { state: number; ended: boolean }[] {
  const records = d.publisher.take()?.records ?? new Uint8Array();
  const seen = [];
  for (let at = 0; at < records.length; ) {
    const r = createConnectionRecord();
    at = decodeConnection(records, at, r);
    seen.push({ state: r.state, ended: r.ended });
  }
  return seen;
}

const E = TcpState.established;
const tellings: [string, Uint8Array[], { state: number; ended: boolean }[]][] = [
  ["a half-open connection: nothing", [packet("S")], []],
  ["an established one: once", [packet("S"), packet("A"), packet("A")], [{ state: E, ended: false }]],
  [
    "each change of state after that",
    [packet("S"), packet("A"), packet("FA"), packet("R")],
    [E, TcpState.closeWait, TcpState.close].map((state) => ({ state, ended: false })),
  ],
  ["a datagram: nothing", [packet("", datagram)], []],
  ["a second datagram: the flow", [packet("", datagram), packet("", datagram)], [{ state: 2, ended: false }]],
];
for (const [what, packets, want] of tellings) {
  test(`publisher tells of ${what}`, () => {
    const d = director();
    see(d, ...packets);
    expect(published(d)).toEqual(want);
  });
}

test("publisher tells of an end only where it told of the connection", () => {
  const d = director();
  see(d, packet("S", { fromPort: 1 }), packet("S"), packet("A"));
  d.publisher.take();
  for (const index of [0, 1]) d.connections.close(4, index, d.clock.now);
  expect(published(d)).toEqual([{ state: E, ended: true }]);
});

test("publisher tells nothing twice when all records are reviewed", () => {
  const d = director();
  see(d, packet("S"), packet("A"));
  d.publisher.take();
  d.connections.reviewAll();
  d.connections.advance(d.clock.now, 99);
  expect(published(d)).toEqual([]);
});

test("publisher refreshes an active connection within a third of its timeout, a silent one never", () => {
  const d = director();
  see(d, packet("S"), packet("A"), packet("S", { fromPort: 1 }), packet("A", { fromPort: 1 }));
  d.publisher.take();
  const timeout = DEFAULT_TIMEOUTS(6, E);
  d.pass(1000);
  see(d, packet("A"));
  d.pass(Math.floor(timeout / 3) - 1000 + 200);
  expect(published(d)).toEqual([{ state: E, ended: false }]);
  d.pass(Math.floor(timeout / 3) + 200);
  expect(published(d)).toEqual([]);
});

for (const family of [4, 6] as const) {
  for (const [protocol, more] of [
    ["tcp", {}],
    ["udp", datagram],
  ] as const) {
    test(`a standby forwards a ${protocol} flow over IPv${family} that it was told of, to the same server, and owns it`, () => {
      const [active, standby] = [director(), director()];
      see(active, packet("S", more, family), packet("A", more, family));
      active.dataplane.sent.length = 0;
      expect(tell(active, standby)).toBe(1);
      expect(outcomes(standby)).toEqual({ inserted: 1 });
      const next = packet("PA", { ...more, payload: "line 2" }, family);
      see(active, next);
      see(standby, next);
      expect(standby.dataplane.sent).toEqual(active.dataplane.sent);
      expect(readField(standby.table.records[family], 0, RECORD.life) & LIFE.remote).toBe(0);
      expect(tell(standby, active)).toBe(1); // taking over is news
      expect(standby.digests.count(MINE)).toBe(1);
    });
  }
}

test("a standby counts a peer's connection, but did not make it", () => {
  const [active, standby] = [director(), director()];
  see(active, packet("S"), packet("A"));
  tell(active, standby);
  const destinations = [...standby.services.services][0]!.destinations;
  expect(destinations.map((d) => d.active)).toEqual([1, 0]);
  expect(destinations.map((d) => d.totals.connections)).toEqual([0, 0]);
});

test("states, ages and ends follow the owner", () => {
  const [active, standby] = [director(), director()];
  see(active, packet("S"), packet("A"));
  tell(active, standby);
  see(active, packet("FA"));
  active.clock.now += 50;
  tell(active, standby, 20);
  const r = standby.table.records[4];
  expect(stateOf(r, 0)).toBe(TcpState.closeWait);
  expect(ageOf(standby)).toBe(20 + 1); // published at once, delayed by 20, rounded up
  active.connections.close(4, 0, active.clock.now);
  tell(active, standby);
  expect(outcomes(standby)).toEqual({ inserted: 1, refreshed: 1, ended: 1 });
  expect(standby.table.size).toBe(0);
});

test("of two owners the one with the later packet prevails, on both sides", () => {
  const [a, b] = [director(), director()];
  for (const d of [a, b]) see(d, packet("S"), packet("A"));
  b.clock.now += 500;
  a.clock.now += 500;
  see(b, packet("FA"));
  const [fromA, fromB] = [a.publisher.take()!, b.publisher.take()!];
  a.clock.now += 10;
  b.clock.now += 10;
  hear(a, fromB.records, 10);
  hear(b, fromA.records, 510);
  expect(outcomes(a)).toEqual({ taken_over: 1, refreshed: 1 }); // established, then closing
  expect(outcomes(b)).toEqual({ ignored_older: 1 });
  expect([a.digests.count(PEER), b.digests.count(MINE)]).toEqual([1, 1]);
  expect(stateOf(a.table.records[4], 0)).toBe(TcpState.closeWait);
});

test("a peer's later record with another destination replaces ours without a word", () => {
  const [a, b] = [director(), director()];
  see(b, packet("S", { fromPort: 9 })); // so that b's round robin stands elsewhere
  for (const d of [a, b]) see(d, packet("S"), packet("A"));
  a.publisher.take();
  a.clock.now += 500;
  expect(tell(b, a)).toBe(1);
  expect(outcomes(a)).toEqual({ replaced: 1 });
  expect(a.publisher.take()).toBeUndefined();
  see(a, packet("A"));
  expect([...a.dataplane.sent.at(-1)!.nextHop]).toEqual([10, 0, 0, 2]);
});

test("a peer's later end ends ours without a word", () => {
  const [a, b] = [director(), director()];
  for (const d of [a, b]) see(d, packet("S"), packet("A"));
  a.publisher.take();
  a.clock.now += 500;
  b.connections.close(4, 0, b.clock.now);
  tell(b, a);
  expect(outcomes(a)).toEqual({ taken_over: 1, ended: 1 });
  expect(a.publisher.take()).toBeUndefined();
});

test("records of an unknown service wait until it is configured, and age meanwhile", () => {
  const [active, standby] = [director(), createTestDirector()];
  see(active, packet("S"), packet("A"));
  tell(active, standby);
  expect(outcomes(standby)).toEqual({ parked: 1 });
  standby.configure(services);
  standby.clock.now += 300;
  standby.replica.applyParked(standby.clock.now);
  expect(outcomes(standby)).toEqual({ parked: 1, inserted: 1 });
  expect(ageOf(standby)).toBe(301);
});

test.for([0x8000_0000, 0xffff_fffe])("a record that is %i ticks old ends as any old one", (age) => {
  const [active, standby] = [director(), director()];
  see(active, packet("S"), packet("A"));
  tell(active, standby, age);
  standby.connections.setPeerLive(PEER, true);
  standby.pass(1000);
  expect(standby.table.size).toBe(0);
});

const lies: [string, object][] = [
  ["another protocol than its service", { protocol: 17 }],
  ["a destination of another service", { destinationId: 5 }],
  ["a state that does not exist", { state: 14 }],
  ["another family than its service", { family: 6 }],
];
for (const [what, lie] of lies) {
  test(`a record with ${what} is refused`, () => {
    const d = director();
    const truth = { serviceId: 1, destinationId: 2, state: 1, clientPort: 7 };
    const r = Object.assign(createConnectionRecord(), truth, lie);
    const bytes = new Uint8Array(MAX_RECORD_BYTES);
    const records = bytes.slice(0, encodeConnection(bytes, 0, r));
    hear(d, records);
    expect(outcomes(d)).toEqual({ invalid: 1 });
    expect(d.table.size).toBe(0);
  });
}

test("bytes that are no record end the telling, counted once", () => {
  const d = director();
  d.replica.apply({ peer: PEER, records: new Uint8Array(5), delayTicks: 0 }, d.clock.now);
  expect(outcomes(d)).toEqual({ invalid: 1 });
});

/** Two directors of which `b` holds three connections of `a`. */
function pair(): [TestDirector, TestDirector] {
  const [a, b] = [director(), director()];
  for (const fromPort of [1, 2, 3]) see(a, packet("S", { fromPort }), packet("A", { fromPort }));
  tell(a, b);
  return [a, b];
}

test("digests agree exactly while the tables do", () => {
  const [a, b] = pair();
  expect(b.digests.digest(PEER)).toEqual(a.digests.digest(MINE));
  expect(a.digests.digest(MINE).some((sum) => sum !== 0)).toBe(true);
  a.connections.close(4, 1, a.clock.now);
  expect(b.digests.digest(PEER)).not.toEqual(a.digests.digest(MINE));
  tell(a, b);
  expect(b.digests.digest(PEER)).toEqual(a.digests.digest(MINE));
});

test("digests differ when the same flow goes to another destination", () => {
  const [a, b] = [director(), director()];
  see(b, packet("S", { fromPort: 9 })); // so that b's round robin stands elsewhere
  for (const d of [a, b]) see(d, packet("S"), packet("A"));
  expect([a.digests.count(MINE), b.digests.count(MINE)]).toEqual([1, 1]);
  expect(a.digests.digest(MINE)).not.toEqual(b.digests.digest(MINE));
});

test("digest of one bucket differs by what is missing, and reading that bucket repairs it", () => {
  const [a, b] = pair();
  const bucket = b.digests.bucketOf(4, 1);
  b.connections.close(4, 1, b.clock.now);
  const [theirs, ours] = [a.digests.digest(MINE), b.digests.digest(PEER)];
  expect([...theirs.keys()].filter((i) => theirs[i] !== ours[i])).toEqual([bucket]);
  const { records } = a.publisher.readOwned({ cursor: 0, maxBytes: 1000, bucket }, a.clock.now);
  hear(b, records);
  expect(b.digests.digest(PEER)).toEqual(a.digests.digest(MINE));
});

test("what a peer does not name again in its snapshot is gone afterwards", () => {
  const [a, b] = pair();
  b.replica.beginReload(PEER, []);
  a.connections.close(4, 0, a.clock.now);
  a.publisher.take(); // lost
  const { records } = a.publisher.readOwned({ cursor: 0, maxBytes: 1000 }, a.clock.now);
  hear(b, records);
  b.replica.endReload({ peer: PEER, unmentioned: "forget", handicapTicks: 0 }, b.clock.now);
  expect([b.table.size, b.digests.count(PEER)]).toEqual([2, 2]);
  expect(b.publisher.take()).toBeUndefined();
});

test("a reload of some buckets leaves the others alone", () => {
  const [, b] = pair();
  const bucket = b.digests.bucketOf(4, 0);
  b.replica.beginReload(PEER, [bucket]);
  b.replica.endReload({ peer: PEER, unmentioned: "forget", handicapTicks: 0 }, b.clock.now);
  expect(b.table.size).toBe([1, 2].filter((index) => b.digests.bucketOf(4, index) !== bucket).length);
});

test("what a restarted peer does not name can be adopted: it is ours, a little older, and published", () => {
  const [, b] = pair();
  b.replica.beginReload(PEER, []);
  b.replica.endReload({ peer: PEER, unmentioned: "adopt", handicapTicks: 40 }, b.clock.now);
  expect([b.digests.count(PEER), b.digests.count(MINE)]).toEqual([0, 3]);
  expect(published(b)).toHaveLength(3);
  expect(ageOf(b)).toBe(1 + 40);
});

test("a snapshot in small slices names every owned record once", () => {
  const [a, b] = [director(), director()];
  for (let fromPort = 1001; fromPort <= 1020; fromPort++)
    see(a, packet("S", { fromPort }), packet("A", { fromPort }));
  see(a, packet("S", {}, 6), packet("A", {}, 6));
  a.publisher.take();
  let slices = 0;
  for (let cursor: number | null = 0; cursor !== null; slices++) {
    const { records, next } = a.publisher.readOwned({ cursor, maxBytes: MAX_RECORD_BYTES }, a.clock.now);
    hear(b, records);
    cursor = next;
  }
  expect(slices).toBeGreaterThanOrEqual(3);
  expect(outcomes(b)).toEqual({ inserted: 21 });
});
