/** Templates, and what is kept beside connections, on their way from the director that has them to the others. */
import { RecordFlag } from "@tandem/model";
import { expect, test } from "vitest";
import { LIFE, RECORD } from "../layout.ts";
import { isAlive, readField } from "../record.ts";
import { rowsOf, type TestDirector } from "../testing.ts";
import { A, CLIENT, connectFrom, sendFrom, web } from "../testing-clients.ts";
import { createTestPeers, hear, outcomesOf, PEER, recordsIn, saidBy, tell } from "../testing-peers.ts";
import { MINE } from "./digest.ts";

const TICKS_PER_SECOND = 1e9 / 2 ** 20;
const SLOTS = 3 * 64; // timers are late by up to two slots of the wheel
const TIMEOUT_S = 300;
const persistent = { ...web, persistence: { timeout: TIMEOUT_S } };

const templatesOf = (d: TestDirector) => rowsOf(d).filter((row) => row.isTemplate);
const statesOf = (d: TestDirector) => templatesOf(d).map((row) => row.state);
/** What a director says of templates: ended, assured, or neither. */
const templatesSaid = (d: TestDirector): string[] =>
  saidBy(d)
    .filter((r) => (r.flags & RecordFlag.template) !== 0)
    .map((r) => (r.ended ? "ended" : (r.flags & RecordFlag.assured) !== 0 ? "assured" : "new"));
const pass = (seconds: number, ...directors: TestDirector[]) => {
  for (const d of directors) d.pass(Math.ceil(seconds * TICKS_PER_SECOND) + SLOTS);
};
const holds = (d: TestDirector) => d.connections.setPeerLive(PEER, true);

test("a template is published when it is made, when its client has proven itself, and when it ends", () => {
  const [d] = createTestPeers([persistent]);
  sendFrom(d, CLIENT, { fromPort: 1001 });
  expect(templatesSaid(d)).toEqual(["new"]);
  sendFrom(d, CLIENT, { fromPort: 1001, flags: "A" });
  expect(templatesSaid(d)).toEqual(["assured"]);
  sendFrom(d, CLIENT, { fromPort: 1001, flags: "R" });
  expect(templatesSaid(d)).toEqual([]);
  pass(TIMEOUT_S, d);
  expect(templatesSaid(d)).toEqual(["ended"]);
});

test("renewals by new connections travel as refreshes, a third of the timeout apart", () => {
  const [d] = createTestPeers([persistent]);
  connectFrom(d, CLIENT, 1001);
  saidBy(d);
  for (let second = 0; second < TIMEOUT_S; second += 10) {
    pass(10, d);
    sendFrom(d, CLIENT, { fromPort: 2000 + second });
  }
  const refreshes = templatesSaid(d).length;
  expect(refreshes).toBeGreaterThanOrEqual(2);
  expect(refreshes).toBeLessThanOrEqual(4);
});

test("a client stays with its destination when another director takes over, and its template is that one's then", () => {
  const [a, b] = createTestPeers([persistent]);
  sendFrom(b, "198.51.100.99"); // so that b's round robin stands elsewhere
  expect(connectFrom(a, CLIENT, 1001)).toBe(A);
  b.publisher.take();
  tell(a, b);
  expect(statesOf(b)).toEqual(["NONE", "ASSURED"]);
  expect(connectFrom(b, CLIENT, 1002)).toBe(A);
  expect(b.digests.count(PEER)).toBe(1); // the connection, not the template
  a.clock.now += 100;
  tell(b, a);
  expect(outcomesOf(a)).toMatchObject({ taken_over: 1 });
});

test.for(["one@x", "ab"])(
  "a call stays with its destination when another director takes over, and its Call-ID %s comes along",
  (id) => {
    const [a, b] = createTestPeers([{ ...persistent, protocol: "udp", persistence: { engine: "sip" } }]);
    const invite = (d: TestDirector, fromPort: number, callId: string) => {
      const payload = `INVITE sip:b@x SIP/2.0\r\nCall-ID: ${callId}\r\n\r\n`;
      return sendFrom(d, CLIENT, { protocol: "udp", fromPort, payload });
    };
    invite(b, 1000, "other@x"); // so that b's round robin stands elsewhere
    b.publisher.take();
    expect(invite(a, 1001, id)).toBe(A);
    tell(a, b);
    expect(outcomesOf(b)).toEqual({ inserted: 1, refreshed: 1 });
    const r = b.table.records[4];
    const kept = Array.from({ length: 8 }, (_, i) => Buffer.from(b.table.annexes.read(r, i)).toString());
    expect(kept).toContain(id);
    expect(invite(b, 1002, id)).toBe(A);
  },
);

test("a follower's connections hang on their client's template", () => {
  const [a, b] = createTestPeers([persistent]);
  for (const port of [1001, 1002]) connectFrom(a, CLIENT, port);
  connectFrom(a, "198.51.100.8", 1003);
  tell(a, b);
  const hanging = rowsOf(b).map((row) => row.controller?.client ?? "-");
  expect(hanging.toSorted()).toEqual(["-", "-", "198.51.100.7", "198.51.100.7", "198.51.100.8"]);
  expect(rowsOf(b).map((row) => row.controller)).toEqual(rowsOf(a).map((row) => row.controller));
});

/** All that `from` owns, as a snapshot tells it. */
function tellAll(from: TestDirector, to: TestDirector): void {
  let cursor: number | null = 0;
  while (cursor !== null) {
    const slice: ReturnType<TestDirector["publisher"]["readOwned"]> = from.publisher.readOwned(
      { cursor, maxBytes: 1000 },
      from.clock.now,
    );
    hear(to, slice.records);
    cursor = slice.next;
  }
}

test("a snapshot names templates before connections, so that those find theirs", () => {
  const [a, b] = createTestPeers([persistent]);
  connectFrom(a, "198.51.100.1", 1001); // a template at index 0, its connection at 1 …
  for (const index of [1, 0]) a.connections.close(4, index, a.clock.now);
  a.clock.now += 2000;
  connectFrom(a, CLIENT, 1002);
  a.connections.retire(4, indexOfTemplate(a), a.clock.now);
  connectFrom(a, CLIENT, 1003);
  tellAll(a, b);
  expect(templatesOf(b)).toHaveLength(1);
  const connection = rowsOf(b).find((row) => !row.isTemplate && row.clientPort === 1003)!;
  expect(connection.controller?.client).toBe(CLIENT);
  expect(b.digests.digest(PEER)).toEqual(a.digests.digest(MINE));
});

/** The template that a client would find. */
function indexOfTemplate(d: TestDirector): number {
  const r = d.table.records[4];
  for (let index = 0; index < r.capacity; index++)
    if (isAlive(r, index) && (readField(r, index, RECORD.life) & LIFE.template) !== 0) return index;
  return -1;
}

test("a template that is retired ends for the peers, and both directors agree on what is left", () => {
  const [a, b] = createTestPeers([persistent]);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  a.connections.retire(4, indexOfTemplate(a), a.clock.now);
  tell(a, b);
  expect(outcomesOf(b)).toMatchObject({ ended: 1 });
  expect(b.digests.digest(PEER)).toEqual(a.digests.digest(MINE));
  expect(sendFrom(b, CLIENT, { fromPort: 1002 })).toBe(A); // b's first pick: it knows no template
  expect(rowsOf(b).filter((row) => !row.isTemplate)).toHaveLength(2);
});

test("a template that outlives its time because connections hang on it does so for the peers, too", () => {
  const [a, b] = createTestPeers([{ ...persistent, persistence: { timeout: 3 } }]);
  holds(b);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  let refreshes = 0;
  for (let second = 0; second < 80; second += 20) {
    sendFrom(a, CLIENT, { fromPort: 1001, flags: "A" });
    pass(20, a, b);
    const batch = a.publisher.take();
    if (!batch) continue;
    refreshes += recordsIn(batch.records).filter((r) => (r.flags & RecordFlag.template) !== 0).length;
    hear(b, batch.records);
  }
  expect([templatesOf(a), templatesOf(b)].map((t) => t.length)).toEqual([1, 1]);
  expect(refreshes).toBe(2); // one a minute
  a.connections.close(4, 1, a.clock.now);
  tell(a, b);
  pass(30, a, b);
  expect([templatesOf(a), templatesOf(b)].map((t) => t.length)).toEqual([1, 1]);
  pass(100, a);
  tell(a, b);
  expect([a.table.size, b.table.size]).toEqual([0, 0]);
});

test("a follower does not take its own patience with a template for news of it", () => {
  const [a, b] = createTestPeers([{ ...persistent, persistence: { timeout: 3 } }]);
  holds(b);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  const seen = () => readField(b.table.records[4], indexOfTemplate(b), RECORD.lastSeen);
  const before = seen();
  pass(100, b);
  expect([templatesOf(b).length, seen()]).toEqual([1, before]);
});

test("a follower is rid of a retired template once its connections are gone, whether its owner lives or not", () => {
  const [a, b] = createTestPeers([persistent]);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  b.connections.retire(4, indexOfTemplate(b), b.clock.now);
  b.connections.close(4, 1 - indexOfTemplate(b), b.clock.now);
  pass(TIMEOUT_S, b);
  expect(b.table.size).toBe(0);
});

test("a connection does not hang on a template that leads elsewhere", () => {
  const [a, b] = createTestPeers([persistent]);
  connectFrom(a, CLIENT, 1001);
  a.connections.retire(4, indexOfTemplate(a), a.clock.now);
  connectFrom(a, CLIENT, 1002); // the round robin's next
  tell(a, b);
  const controllers = rowsOf(b).map((row) => [row.clientPort, row.controller?.client]);
  expect(controllers.find(([port]) => port === 1002)).toEqual([1002, CLIENT]);
  b.replica.beginReload(PEER, []);
  b.replica.endReload({ peer: PEER, unmentioned: "forget", handicapTicks: 0 }, b.clock.now);
  pass(1, b);
  tellAll(a, b);
  const connections = rowsOf(b).filter((row) => !row.isTemplate);
  expect(connections.map((row) => [row.clientPort, row.controller?.client])).toEqual(
    expect.arrayContaining([
      [1001, undefined],
      [1002, CLIENT],
    ]),
  );
});

test("a follower leaves it to the owner to end a template of which nothing was established", () => {
  const [a, b] = createTestPeers([persistent]);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  const r = b.table.records[4];
  const index = indexOfTemplate(b);
  Atomics.and(r.words, index * r.stride + RECORD.life, ~LIFE.assured);
  b.connections.close(4, 1 - index, b.clock.now);
  expect(templatesOf(b)).toHaveLength(1);
});

test("a peer's word does not make a client unproven again", () => {
  const [a, b] = createTestPeers([persistent]);
  sendFrom(a, CLIENT, { fromPort: 1001 });
  tell(a, b);
  connectFrom(b, CLIENT, 1002); // proven here
  b.publisher.take();
  a.clock.now += 500;
  b.clock.now += 400;
  sendFrom(a, CLIENT, { fromPort: 1003 });
  const { records } = a.publisher.readOwned({ cursor: 0, maxBytes: 1000 }, a.clock.now);
  hear(b, records);
  expect(outcomesOf(b)).toMatchObject({ taken_over: 1 });
  expect(statesOf(b)).toEqual(["ASSURED"]);
});

test("ways of one-packet services are nobody else's", () => {
  const service = {
    ...web,
    protocol: "udp",
    onePacket: true,
    method: "direct-route",
  };
  const [d] = createTestPeers([service]);
  expect(sendFrom(d, CLIENT, { protocol: "udp" })).toBe(A);
  expect(d.table.size).toBe(1);
  expect(saidBy(d)).toEqual([]);
  expect(d.publisher.readOwned({ cursor: 0, maxBytes: 1000 }, d.clock.now).count).toBe(0);
});

const annexOf = (d: TestDirector, index = 0) => [...d.table.annexes.read(d.table.records[4], index)];
const keep = (d: TestDirector, ...bytes: number[]) =>
  d.connections.keep(4, { index: 0, bytes: Uint8Array.from(bytes) }, d.clock.now);

test("what is kept beside a connection follows it when it changes, with each refresh, and away", () => {
  const [a, b] = createTestPeers([web]);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  keep(a, 1, 2, 3);
  expect(tell(a, b)).toBe(1);
  expect(annexOf(b)).toEqual([1, 2, 3]);
  keep(a, 9);
  a.publisher.take(); // lost
  sendFrom(a, CLIENT, { fromPort: 1001, flags: "FA" });
  tell(a, b);
  expect(annexOf(b)).toEqual([9]);
  keep(a);
  tell(a, b);
  expect([annexOf(a), annexOf(b)]).toEqual([[], []]);
});

test("what is kept beside a connection that nobody else knows is told with the connection", () => {
  const [a, b] = createTestPeers([web]);
  sendFrom(a, CLIENT, { fromPort: 1001 });
  keep(a, 5);
  expect(tell(a, b)).toBe(0);
  sendFrom(a, CLIENT, { fromPort: 1001, flags: "A" });
  tell(a, b);
  expect(annexOf(b)).toEqual([5]);
});

test("a connection for whose annex there is no room is kept without", () => {
  const [a] = createTestPeers([web]);
  connectFrom(a, CLIENT, 1001);
  saidBy(a);
  expect(a.connections.keep(4, { index: 0, bytes: new Uint8Array(256) }, a.clock.now)).toBe(false);
  expect(saidBy(a)).toEqual([]);
  expect(a.table.size).toBe(1);
});
