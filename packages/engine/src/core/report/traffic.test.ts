/** Rates from records that live and end while a sample is being taken. */
import { expect, test } from "vitest";
import { FLOW_WORDS } from "../../packet/parse.ts";
import { RECORD } from "../layout.ts";
import { addToCounter } from "../record.ts";
import { createBirth } from "../table/connection-table.ts";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { sendFrom } from "../testing-clients.ts";
import { sumTraffic } from "./census.ts";
import type { Traffic } from "./traffic.ts";

const TWO_SECONDS = Math.ceil(2e9 / 2 ** 20);
/** Records that one call reads. */
const SLICE = 16_384;
/** Packets in 2 s for one more per second at the first sample, which moves a quarter of the way: a rate says exactly what was counted. */
const UNIT = 8;

const dns = {
  protocol: "udp",
  address: "192.0.2.1",
  port: 53,
  scheduler: "rr",
  destinations: [{ address: "10.0.0.1" }, { address: "10.0.0.2" }],
};
const SERVICE = 1;

interface Scene {
  d: TestDirector;
  traffic: Traffic;
  /** Carry `units` times `UNIT` packets of a connection. */
  carry(index: number, units: number): void;
}

/** Connections at all indexes up to the last, alternately to destinations 2 and 3, and a first sample behind them. */
function scene(last: number): Scene {
  const d = createTestDirector({ capacity: 3 * SLICE });
  d.configure([dns]);
  const { traffic } = d;
  for (let index = 0; index <= last; index++) connect(d, 2 + (index % 2));
  sample(d, traffic);
  return {
    d,
    traffic,
    carry: (index, units) => addToCounter(d.table.records[4], index, RECORD.inPackets, units * UNIT),
  };
}

/** A new connection to a destination. Returns its index. */
function connect(d: TestDirector, destinationId: number): number {
  const key = new Uint32Array(FLOW_WORDS);
  key[0] = nextClient++;
  return d.connections.open(
    { ...createBirth(), key, serviceId: SERVICE, destinationId, lastSeen: d.clock.now },
    d.clock.now,
  );
}
let nextClient = 1;

/** Take one whole sample. */
function sample(d: TestDirector, traffic: Traffic): void {
  d.clock.now += TWO_SECONDS;
  while (traffic.advance(d.clock.now));
}

const rateOf = (traffic: Traffic, id: number) => traffic.rates().get(id)?.inPacketsPerSecond;
/** Packets per second: of the service, and of its two destinations. */
const ratesOf = (traffic: Traffic) => [SERVICE, 2, 3].map((id) => rateOf(traffic, id));

test("traffic has no rates before its second sample, and one every two seconds then", () => {
  const { d, traffic, carry } = scene(0);
  expect(ratesOf(traffic)).toEqual([0, 0, 0]);
  carry(0, 5);
  d.clock.now += TWO_SECONDS - 2;
  expect(traffic.advance(d.clock.now)).toBe(false);
  expect(ratesOf(traffic)).toEqual([0, 0, 0]);
  d.clock.now += 2;
  while (traffic.advance(d.clock.now));
  expect(ratesOf(traffic)).toEqual([5, 5, 0]);
});

test("traffic that was restarted counts from there on, of the ids that were named", () => {
  const { d, traffic, carry } = scene(1);
  carry(0, 5);
  carry(1, 7);
  sample(d, traffic);
  const none = { connections: 0, inPackets: 0, inBytes: 0, outPackets: 0, outBytes: 0 };
  traffic.restart(new Map([2, 99].map((id) => [id, { ...none, inPackets: 5 * UNIT }])));
  expect(ratesOf(traffic)).toEqual([12, 0, 7]);
  carry(0, 3);
  sample(d, traffic);
  expect(rateOf(traffic, 2)).toBe(3);
});

test("traffic of a service is that of its destinations", () => {
  const { d, traffic, carry } = scene(1);
  carry(0, 5);
  carry(1, 7);
  sample(d, traffic);
  expect(ratesOf(traffic)).toEqual([12, 5, 7]);
});

test("every field has its rate", () => {
  const { d, traffic, carry } = scene(0);
  const r = d.table.records[4];
  carry(0, 2);
  addToCounter(r, 0, RECORD.inBytes, 3 * UNIT);
  addToCounter(r, 0, RECORD.outPackets, 4 * UNIT);
  addToCounter(r, 0, RECORD.outBytes, 5 * UNIT);
  d.services.destination(2)!.totals.connections += UNIT;
  sample(d, traffic);
  const want = {
    connectionsPerSecond: 1,
    inPacketsPerSecond: 2,
    inBytesPerSecond: 3,
    outPacketsPerSecond: 4,
    outBytesPerSecond: 5,
  };
  expect([SERVICE, 2].map((id) => traffic.rates().get(id))).toEqual([want, want]);
});

/** Connections in the first and in the second slice; both lead to one destination. */
const EARLY = 0;
const LATE = SLICE;

test("a large table is sampled slice by slice, between other work", () => {
  const { d, traffic } = scene(LATE);
  d.clock.now += TWO_SECONDS;
  expect([1, 2, 3].map(() => traffic.advance(d.clock.now))).toEqual([true, true, false]);
});

const endings: [string, number][] = [
  ["has been read", EARLY],
  ["has not been read yet", LATE],
];
for (const [when, index] of endings) {
  test(`a connection that ends when its record ${when} counts once`, () => {
    const { d, traffic, carry } = scene(LATE);
    carry(EARLY, 1);
    carry(LATE, 2);
    d.clock.now += TWO_SECONDS;
    traffic.advance(d.clock.now);
    d.connections.close(4, index, d.clock.now);
    while (traffic.advance(d.clock.now));
    expect(ratesOf(traffic)).toEqual([3, 3, 0]);
    sample(d, traffic);
    expect(rateOf(traffic, SERVICE)).toBe(2); // nothing new: the average falls
  });
}

test("what a connection had after its record was read counts in the next sample, though it ended meanwhile", () => {
  const { d, traffic, carry } = scene(LATE);
  d.clock.now += TWO_SECONDS;
  traffic.advance(d.clock.now);
  carry(EARLY, 4);
  d.connections.close(4, EARLY, d.clock.now);
  while (traffic.advance(d.clock.now));
  expect(rateOf(traffic, SERVICE)).toBe(0);
  sample(d, traffic);
  expect(rateOf(traffic, SERVICE)).toBe(4);
});

test("a connection that is made while a sample is taken counts once", () => {
  const { d, traffic, carry } = scene(LATE);
  d.connections.close(4, EARLY, d.clock.now);
  d.clock.now += TWO_SECONDS;
  traffic.advance(d.clock.now);
  expect(connect(d, 2)).toBe(EARLY); // whose record has been read
  carry(EARLY, 6);
  while (traffic.advance(d.clock.now));
  expect(rateOf(traffic, SERVICE)).toBe(0);
  sample(d, traffic);
  expect(rateOf(traffic, SERVICE)).toBe(6);
});

test("a destination that leaves the document has rates while it has connections, one that comes begins with none", () => {
  const { d, traffic, carry } = scene(1);
  carry(0, 8);
  d.configure([{ ...dns, destinations: [{ address: "10.0.0.2" }, { address: "10.0.0.3" }] }]);
  sample(d, traffic);
  expect([2, SERVICE, 4].map((id) => rateOf(traffic, id))).toEqual([8, 8, 0]);
  carry(0, 8);
  for (let index = 0; index < d.table.reach(4); index++) d.connections.close(4, index, d.clock.now);
  sample(d, traffic);
  expect(rateOf(traffic, 2)).toBeUndefined();
  expect(rateOf(traffic, SERVICE)).toBe(14);
});

test("all that destinations ever had is all that was sent, whatever ends when", () => {
  let seed = 7;
  const below = (n: number) => (seed = (seed * 48_271) % 0x7fff_ffff) % n;
  const { d, traffic } = scene(0);
  for (let round = 0; round < 300; round++) {
    d.clock.now += below(400);
    traffic.advance(d.clock.now);
    if (below(4) > 0) send(d, below(40));
    else d.connections.close(4, below(d.table.reach(4)), d.clock.now);
    d.dataplane.flushFlows(() => {});
  }
  const sent = d.dataplane.counters().get("forwarded")!;
  expect(sent).toBeGreaterThan(150);
  const living = sumTraffic(d.table, d.services);
  for (let index = 0; index < d.table.reach(4); index++) d.connections.close(4, index, d.clock.now);
  for (const sums of [living, sumTraffic(d.table, d.services)])
    expect(sums.values().reduce((packets, t) => packets + t.inPackets, 0)).toBe(sent);
});

function send(d: TestDirector, client: number): void {
  sendFrom(d, `198.51.100.${client}`, { protocol: "udp", toPort: 53, fromPort: 1001 });
}
