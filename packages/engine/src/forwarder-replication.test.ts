import type { ReplicaAnswer, ReplicaCall } from "@tandem/model";
import { expect, test } from "vitest";
import { TcpState, tcp } from "./protocols/tcp.ts";
import { documentOf, type InProcessForwarder, startInProcess } from "./testing.ts";
import { client, receive, run, TICKS_PER_SECOND, WEB, web } from "./testing-clients.ts";

function start(document = WEB, capacity = 64): InProcessForwarder {
  const f = startInProcess({ capacity });
  run(f, document);
  return f;
}

/** Client `n` connects to a director. */
function connect(f: InProcessForwarder, n: number): void {
  for (const flags of ["S", "A"]) {
    receive(f, client(n, flags));
    f.settle();
  }
}

const call = (f: InProcessForwarder, ...calls: ReplicaCall[]): void => {
  for (const c of calls) f.send({ type: "replica", call: c });
};

/** Everything said since the last time. */
const said = (f: InProcessForwarder) => f.said.splice(0);

/** Records that a director has for its peers. */
function records(f: InProcessForwarder): { records: Uint8Array; count: number } {
  const batches = said(f).flatMap((e) => (e.type === "records" ? [e] : []));
  return {
    records: Uint8Array.from(batches.flatMap((b) => [...b.records])),
    count: batches.reduce((sum, b) => sum + b.count, 0),
  };
}

const answersOf = (f: InProcessForwarder): ReplicaAnswer[] =>
  said(f).flatMap((e) => (e.type === "replica" ? [e.answer] : []));

/** What `from` has to say arrives at `to` as a peer's. */
function tell(from: InProcessForwarder, to: InProcessForwarder, peer = "lb1", token = 1): number {
  const batch = records(from);
  call(to, { type: "apply", peer, token, ...batch, delayMs: 0 });
  to.settle();
  return batch.count;
}

const ownersOf = (f: InProcessForwarder) => Object.fromEntries(f.ask("counts", {}).owned);
const rowOwners = (f: InProcessForwarder) =>
  f.ask("list", { cursor: 0, limit: 100 }).rows.map((row) => row.owner);

test("a peer's connections are held under its name, and are this node's once it sees a packet of them", () => {
  const [a, b] = [start(), start()];
  for (const n of [1, 2]) connect(a, n);
  expect(tell(a, b)).toBe(2);
  expect(answersOf(b)).toEqual([{ type: "applied", token: 1 }]);
  expect(ownersOf(b)).toEqual({ "": 0, lb1: 2 });
  expect(b.ask("counts", {}).merged.get("inserted")).toBe(2);
  expect(rowOwners(b)).toEqual(["lb1", "lb1"]);
  expect(receive(b, client(1, "A"))).toBe("forwarded");
  b.settle();
  expect(ownersOf(b)).toEqual({ "": 1, lb1: 1 });
  expect(records(b).count).toBe(1);
});

test("two directors that agree have the same digest of the one's connections", () => {
  const [a, b] = [start(), start()];
  for (const n of [1, 2, 3]) connect(a, n);
  tell(a, b);
  said(b);
  call(a, { type: "digestOwned", request: 1 });
  call(b, { type: "digestOf", request: 2, peer: "lb1" });
  for (const f of [a, b]) f.settle();
  const [own, held] = [answersOf(a)[0], answersOf(b)[0]];
  expect(own).toMatchObject({ type: "digest", request: 1 });
  expect(held).toMatchObject({ type: "digest", request: 2 });
  expect((own as { buckets: Uint32Array }).buckets.some((sum) => sum !== 0)).toBe(true);
  expect((held as { buckets: Uint32Array }).buckets).toEqual((own as { buckets: Uint32Array }).buckets);
});

test("what was offered before an answer is said before it, what came later after it", () => {
  const f = start();
  connect(f, 1);
  said(f);
  receive(f, client(1, "FA"));
  call(f, { type: "digestOwned", request: 1 });
  f.settle();
  expect(said(f).map((e) => e.type)).toEqual(["records", "replica"]);
  call(f, { type: "readOwned", request: 2, bucket: null, cursor: null, maxBytes: 4096 });
  f.settle();
  receive(f, client(1, "R"));
  f.settle();
  expect(said(f).map((e) => e.type)).toEqual(["replica", "records"]);
});

test("a snapshot of all that a node owns is read in slices", () => {
  const f = start(WEB, 20_000);
  for (const n of [1, 2, 3]) connect(f, n);
  said(f);
  let total = 0;
  let questions = 0;
  for (let cursor: number | null = null; ; questions++) {
    call(f, { type: "readOwned", request: questions, bucket: null, cursor, maxBytes: 4096 });
    f.settle();
    const answer = answersOf(f)[0] as Extract<ReplicaAnswer, { type: "owned" }>;
    expect(answer.request).toBe(questions);
    total += answer.count;
    if (answer.next === null) break;
    cursor = answer.next;
  }
  expect(total).toBe(3);
  expect(questions).toBeGreaterThan(0);
});

test("calls are carried out for about a millisecond at a time, in order, between two looks at the rings", () => {
  const f = start();
  const tokens = Array.from({ length: 10 }, (_, i) => i);
  const empty = { records: new Uint8Array(), count: 0, delayMs: 0 };
  call(f, ...tokens.map((token): ReplicaCall => ({ type: "apply", peer: "lb1", token, ...empty })));
  let ticks = 0;
  Object.defineProperty(f.clock, "now", { get: () => ticks++ }); // every look at the clock costs a tick
  f.turn();
  const first = answersOf(f).length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(tokens.length);
  expect(f.idleMs).toBe(0);
  const rest: number[] = [];
  while (rest.length < tokens.length - first) {
    f.turn();
    rest.push(...answersOf(f).map((a) => (a.type === "applied" ? a.token : -1)));
  }
  expect(rest).toEqual(tokens.slice(first));
});

test("records of a service that is not configured yet wait for it", () => {
  const next = documentOf([web(), { ...web(), port: 81 }], WEB);
  const [a, b] = [start(next), start()];
  for (const flags of ["S", "A"]) {
    receive(a, { ...client(1, flags), toPort: 81 });
    a.settle();
  }
  expect(tell(a, b)).toBe(1);
  expect(ownersOf(b)).toEqual({ "": 0, lb1: 0 });
  run(b, next);
  expect(ownersOf(b)).toEqual({ "": 0, lb1: 1 });
});

test("a peer's connections do not expire while its stream is not live", () => {
  const [a, b] = [start(), start()];
  connect(a, 1);
  tell(a, b);
  const pass = (f: InProcessForwarder, seconds: number) => {
    f.clock.now += Math.ceil(seconds * TICKS_PER_SECOND);
    f.settle();
  };
  const timeout = tcp.timeoutSeconds[TcpState.established]!;
  pass(b, timeout + 1);
  expect(ownersOf(b)).toEqual({ "": 0, lb1: 1 });
  call(b, { type: "setPeerLive", peer: "lb1", live: true });
  b.settle();
  pass(b, 11); // it is looked at every 10 s
  expect(ownersOf(b)).toEqual({ "": 0, lb1: 0 });
});

for (const [unmentioned, want] of [
  ["forget", { "": 0, lb1: 1 }],
  ["adopt", { "": 1, lb1: 1 }],
] as const) {
  test(`what a peer's snapshot does not mention is ${unmentioned === "forget" ? "forgotten" : "adopted"}`, () => {
    const [a, b] = [start(), start()];
    connect(a, 1);
    const first = records(a);
    connect(a, 2);
    const second = records(a);
    for (const batch of [first, second])
      call(b, { type: "apply", peer: "lb1", token: 1, ...batch, delayMs: 0 });
    call(
      b,
      { type: "beginReload", peer: "lb1", buckets: [] },
      { type: "apply", peer: "lb1", token: 2, ...second, delayMs: 0 },
      { type: "endReload", peer: "lb1", unmentioned, handicapMs: 0 },
    );
    b.settle();
    expect(ownersOf(b)).toEqual(want);
  });
}

test("after a restart, a peer's connections have an unknown owner until the peer names them", () => {
  const [a, former] = [start(), start()];
  connect(a, 1);
  const batch = records(a);
  call(former, { type: "apply", peer: "lb1", token: 1, ...batch, delayMs: 0 });
  former.settle();
  const b = startInProcess({ dataplane: former.dataplane, clock: former.clock });
  run(b, WEB);
  expect(rowOwners(b)).toEqual(["?"]);
  call(b, { type: "apply", peer: "lb1", token: 1, ...batch, delayMs: 0 });
  b.settle();
  expect(rowOwners(b)).toEqual(["lb1"]);
  expect(ownersOf(b)).toEqual({ "": 0, lb1: 1 });
});

test("254 peers have a place in the record, another one is a bug of the caller", () => {
  const f = start();
  for (let n = 1; n <= 254; n++) call(f, { type: "setPeerLive", peer: `lb${n}`, live: true });
  f.settle();
  call(f, { type: "setPeerLive", peer: "lb255", live: true });
  expect(() => f.settle()).toThrow("invariant: more than 254 peers");
});

test("connections that are ended here end at the peers", () => {
  const [a, b] = [start(), start()];
  for (const n of [1, 2]) connect(a, n);
  tell(a, b);
  const [row] = a.ask("list", { cursor: 0, limit: 100 }).rows;
  a.ask("end", { places: [row!.place], isAloud: false });
  a.settle();
  tell(a, b);
  expect(ownersOf(b)).toEqual({ "": 0, lb1: 1 });
  expect(b.ask("list", { cursor: 0, limit: 100 }).rows[0]!.client).not.toBe(row!.client);
  expect(records(b).count).toBe(0);
});

test("connections that are ended aloud end at the peers, too, when nobody answers", () => {
  const [a, b] = [start(), start()];
  connect(a, 1);
  tell(a, b);
  const places = a.ask("list", { cursor: 0, limit: 100 }).rows.map((row) => row.place);
  expect(a.ask("end", { places, isAloud: true })).toEqual({ ended: 1 });
  a.settle();
  tell(a, b);
  expect(b.ask("counts", {}).connections).toBe(1);
  a.clock.now += Math.ceil(3 * TICKS_PER_SECOND);
  a.settle();
  tell(a, b);
  expect(b.ask("counts", {}).connections).toBe(0);
});

test("connections of a peer that are ended here are told to all", () => {
  const [a, b, c] = [start(), start(), start()];
  connect(a, 1);
  const batch = records(a);
  for (const f of [b, c]) {
    call(f, { type: "apply", peer: "lb1", token: 1, ...batch, delayMs: 0 });
    f.settle();
    f.clock.now += Math.ceil(TICKS_PER_SECOND);
  }
  const places = b.ask("list", { cursor: 0, limit: 100 }).rows.map((row) => row.place);
  b.ask("end", { places, isAloud: false });
  b.settle();
  tell(b, c, "lb2");
  expect([b.ask("counts", {}).connections, c.ask("counts", {}).connections]).toEqual([0, 0]);
});
