import { type Document, DocumentSpec, EMPTY_DOCUMENT, LbError, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import type { ServiceChange } from "./dataplane/dataplane.ts";
import { createForwarder } from "./forwarder.ts";
import type { Answer } from "./forwarder-protocol.ts";
import { buildPacket, type PacketSpec } from "./packet/testing.ts";
import { TcpState, tcp } from "./protocols/tcp.ts";
import { documentOf, type InProcessForwarder, startInProcess } from "./testing.ts";

const VIP = "192.0.2.1";
const TICKS_PER_SECOND = 1e9 / 2 ** 20;
const NONE = { weights: new Map<number, number>(), down: new Set<number>() };
const web = (destinations: object[] = [{ address: "10.0.0.1" }]) => ({
  protocol: "tcp",
  address: VIP,
  port: 80,
  destinations,
});
const WEB = documentOf([web()]);
/** Ids: service 1, destinations from 2. */
const A = 2;

const client = (n: number, flags = "S"): PacketSpec => ({
  protocol: "tcp",
  from: `198.51.100.${n}`,
  fromPort: 40_000,
  to: VIP,
  toPort: 80,
  flags,
});
const server = (n: number, flags: string): PacketSpec => ({
  protocol: "tcp",
  from: "10.0.0.1",
  fromPort: 80,
  to: `198.51.100.${n}`,
  toPort: 40_000,
  flags,
});

const receive = (f: InProcessForwarder, packet: PacketSpec) =>
  f.dataplane.receive(1, buildPacket(packet)).reason;
const run = (f: InProcessForwarder, document: Document, health = NONE) =>
  f.ask("program", { document, ...health });
const packetsOf = (f: InProcessForwarder) => f.ask("counts", {}).packets;
const destinationsOf = (f: InProcessForwarder) => f.ask("services", {}).flatMap((s) => s.destinations);
const rowsOf = (f: InProcessForwarder) => f.ask("list", { cursor: 0, limit: 100 }).rows;

/** Client `n` connects, and is answered. */
function establish(f: InProcessForwarder, n: number): void {
  receive(f, client(n));
  f.settle();
  receive(f, server(n, "SA"));
  receive(f, client(n, "A"));
  f.settle();
}

test("forwarder leaves packets where they are until it has a document, then serves them", () => {
  const f = startInProcess();
  f.dataplane.program([
    { kind: "set_vip", address: Uint8Array.of(192, 0, 2, 1), flags: 0 },
    {
      kind: "set_service",
      at: { address: Uint8Array.of(192, 0, 2, 1), port: 80, protocol: 6 },
      id: 1,
      flags: 0,
    },
  ]);
  expect(receive(f, client(1))).toBe("new_flow");
  f.turn();
  expect(f.dataplane.waiting.upcalls).toBe(1);
  expect(f.idleMs).toBeGreaterThan(0);
  run(f, WEB);
  expect(f.dataplane.waiting.upcalls).toBe(0);
  expect(f.dataplane.sent).toHaveLength(1);
  expect(packetsOf(f).get("scheduled")).toBe(1);
});

test("forwarder changes of the fast path only what a document changes", () => {
  const f = startInProcess();
  expect(run(f, WEB).changes).toBe(4); // address, service, and a masqueraded destination twice
  expect(run(f, WEB).changes).toBe(0);
  expect(run(f, documentOf([web([{ address: "10.0.0.1" }, { address: "10.0.0.2" }])], WEB)).changes).toBe(2);
});

/** Let the data plane refuse once, after `good` changes. Returns a function that lets it be. */
function breakAfter(f: InProcessForwarder, good: number, error: Error): () => void {
  const { program } = f.dataplane;
  let left = good;
  f.dataplane.program = (changes: readonly ServiceChange[]) => {
    for (const change of changes) {
      if (left-- === 0) throw error;
      program([change]);
    }
  };
  return () => {
    f.dataplane.program = program;
  };
}

const refusal = new LbError({ code: "refused", doing: "write a service", why: "E2BIG", want: "room" });
const other = documentOf([{ ...web([{ address: "10.0.0.9" }]), port: 81 }], WEB);

for (const good of [0, 1, 2, 3, 5]) {
  test(`a document of which ${good} changes are taken is undone, and the one before it goes on`, () => {
    const f = startInProcess();
    run(f, WEB);
    const programmed = new Set(f.dataplane.programmed().map((c) => JSON.stringify(c)));
    breakAfter(f, good, refusal);
    expect(() => run(f, other)).toThrow(expect.objectContaining(refusal.failure));
    expect(new Set(f.dataplane.programmed().map((c) => JSON.stringify(c)))).toEqual(programmed);
    establish(f, 1);
    expect(rowsOf(f)).toMatchObject([
      { client: "198.51.100.1", destination: "10.0.0.1", state: "ESTABLISHED" },
    ]);
  });
}

test("a data plane that refuses to be put back, too, is put right by the next document", () => {
  const f = startInProcess();
  run(f, WEB);
  const mend = breakAfter(f, 1, refusal);
  const { program } = f.dataplane;
  f.dataplane.program = (changes) => {
    program(changes);
    throw refusal;
  };
  expect(() => run(f, other)).toThrow();
  mend();
  run(f, documentOf([web()], other));
  establish(f, 1);
  expect(rowsOf(f)).toHaveLength(1);
});

test("a forwarder whose first document is refused adopts with the next one", () => {
  const former = startInProcess();
  run(former, WEB);
  establish(former, 1);
  const f = startInProcess({ dataplane: former.dataplane, clock: former.clock });
  const mend = breakAfter(f, 0, refusal);
  expect(() => run(f, other)).toThrow();
  mend();
  expect(run(f, WEB)).toEqual({ changes: 0, adopted: 1, repaired: 0 });
});

test("a bug in the data plane is not taken for a refusal", () => {
  const f = startInProcess();
  breakAfter(f, 0, new Error("invariant: no"));
  f.send({ type: "question", id: 1, name: "program", ask: { document: WEB, ...NONE } });
  expect(() => f.turn()).toThrow("invariant: no");
});

test("forwarder adopts a former one's connections with its first document, and only then", () => {
  const former = startInProcess();
  run(former, WEB);
  establish(former, 1);
  establish(former, 2);
  const f = startInProcess({ dataplane: former.dataplane, clock: former.clock });
  expect(run(f, WEB)).toEqual({ changes: 0, adopted: 2, repaired: 0 });
  expect(run(f, WEB)).toEqual({ changes: 0, adopted: 0, repaired: 0 });
  expect(destinationsOf(f)).toMatchObject([{ destinationId: A, activeConnections: 2 }]);
  expect(receive(f, client(1, "A"))).toBe("forwarded");
});

test("a connection whose destination was removed while no daemon ran is reset, if the service says so", () => {
  const former = startInProcess();
  run(former, documentOf([web([{ address: "10.0.0.1" }])]));
  establish(former, 1);
  former.dataplane.sent.length = 0;
  const f = startInProcess({ dataplane: former.dataplane, clock: former.clock });
  run(f, documentOf([{ ...web([]), whenRemoved: "reset" }], documentOf([web([{ address: "10.0.0.1" }])])));
  f.settle();
  expect(f.dataplane.sent.map(({ bytes }) => bytes[33])).toEqual([0x10]); // the client is asked for a packet
  f.dataplane.sent.length = 0;
  expect(receive(f, client(1, "A"))).toBe("watched");
  f.settle();
  const flags = f.dataplane.sent.map(({ bytes }) => bytes[33]! & 0x04);
  expect(flags).toEqual([0x04, 0x04]); // RST to both
});

test("weights are those of the next new connection", () => {
  const f = startInProcess();
  const two = documentOf([web([{ address: "10.0.0.1" }, { address: "10.0.0.2" }])]);
  const pickedOf = (n: number) => {
    receive(f, client(n));
    f.settle();
    return rowsOf(f).at(-1)?.destination;
  };
  const weigh = (...weights: [number, number][]) => ({ weights: new Map(weights), down: new Set<number>() });
  run(f, two, weigh([A, 0]));
  expect(pickedOf(1)).toBe("10.0.0.2");
  f.send({ type: "weights", ...weigh([A + 1, 0]) });
  expect(pickedOf(2)).toBe("10.0.0.1");
  f.send({ type: "weights", ...weigh([A, 0], [A + 1, 0]) });
  receive(f, client(3));
  f.settle();
  expect(packetsOf(f).get("refused")).toBe(1);
});

test("forwarder counts packets of the fast path and its own, and connections", () => {
  const f = startInProcess({ capacity: 8 });
  run(f, WEB);
  establish(f, 1);
  receive(f, client(2));
  f.settle();
  const counts = f.ask("counts", {});
  expect(counts).toMatchObject({ connections: 2, capacity: 16 });
  expect(counts.owned).toEqual(new Map([["", 2]]));
  expect(Object.fromEntries(counts.packets)).toMatchObject({ new_flow: 2, scheduled: 2, forwarded: 4 });
});

test("forwarder counts connections that had to go for new ones", () => {
  const f = startInProcess({ capacity: 16 });
  run(f, WEB);
  for (let n = 1; n <= 16; n++) receive(f, client(n));
  f.settle();
  // two records, one of eight, are to stay free: the first connection that finds fewer costs an old one
  expect(f.ask("counts", {})).toMatchObject({ connections: 15, evicted: { nearly_full: 1, drop_entry: 0 } });
});

test("a destination's traffic is what its connections have, dead or alive", () => {
  const f = startInProcess();
  run(f, WEB);
  const traffic = () => destinationsOf(f)[0]!;
  for (const n of [1, 2]) establish(f, n);
  const alive = traffic();
  expect(alive).toMatchObject({ effectiveWeight: 1, activeConnections: 2, connections: 2 });
  expect(alive).toMatchObject({ inPackets: 4, inBytes: 160, outPackets: 2, outBytes: 80 });
  receive(f, client(1, "R"));
  f.settle();
  f.clock.now += (tcp.timeoutSeconds[TcpState.established]! + 1) * TICKS_PER_SECOND;
  f.settle();
  expect(f.ask("counts", {}).connections).toBe(0);
  expect(traffic()).toMatchObject({ activeConnections: 0, inactiveConnections: 0, connections: 2 });
  expect(traffic()).toMatchObject({ inPackets: 5, inBytes: 200, outPackets: 2, outBytes: 80 });
});

test("what a service has had never falls, whatever becomes of its destinations", () => {
  const f = startInProcess();
  const one = [{ address: "10.0.0.1" }];
  const two = documentOf([web([...one, { address: "10.0.0.2" }])]);
  run(f, two);
  for (let n = 1; n <= 4; n++) {
    receive(f, client(n));
    f.settle();
  }
  const service = () => f.ask("services", {})[0]!;
  const had = { serviceId: 1, connections: 4, inPackets: 4, inBytes: 160, outPackets: 0 };
  const [a, b] = [
    { destinationId: A, activeConnections: 2, removed: undefined },
    { destinationId: A + 1, activeConnections: 2, removed: undefined },
  ];
  expect(service()).toMatchObject({ ...had, destinations: [a, b] });

  const without = documentOf([web(one)], two);
  run(f, without);
  const removed = { address: "10.0.0.2", id: A + 1 };
  expect(service()).toMatchObject({ ...had, destinations: [a, { ...b, removed }] });

  f.clock.now += 120 * TICKS_PER_SECOND; // nobody answered
  f.settle();
  expect(f.ask("counts", {}).connections).toBe(0);
  expect(service()).toMatchObject({ ...had, destinations: [{ ...a, activeConnections: 0 }] });
  expect(service().destinations).toHaveLength(1);

  run(f, documentOf([web([...one, { address: "10.0.0.2" }])], without));
  for (let n = 1; n <= 2; n++) {
    receive(f, client(n));
    f.settle();
  }
  const again = { destinationId: A + 1, connections: 1, removed: undefined };
  expect(service()).toMatchObject({
    connections: 6,
    inPackets: 6,
    destinations: [{ connections: 3 }, again],
  });
});

test("forwarder says what goes on now, by destination and service, of what ends, too", () => {
  const f = startInProcess();
  run(f, WEB);
  f.settle(); // the first sample
  for (let n = 1; n <= 80; n++) establish(f, n);
  for (let n = 1; n <= 80; n += 2) receive(f, client(n, "R"));
  f.clock.now += Math.ceil(30 * TICKS_PER_SECOND); // those are gone by now
  f.settle();
  const want = { connectionsPerSecond: 10, inPacketsPerSecond: 25, outPacketsPerSecond: 10 };
  const rates = f.ask("rates", {});
  expect([...rates.keys()].toSorted()).toEqual([1, A]);
  for (const id of [1, A]) expect(rates.get(id)).toMatchObject(want);
});

test("a connection that finds no room in the flow map is none, and is counted", () => {
  const f = startInProcess({ flowCapacity: 3 });
  run(f, WEB);
  for (const n of [1, 2]) receive(f, client(n));
  f.settle();
  expect(f.ask("counts", {}).connections).toBe(1);
  expect(packetsOf(f).get("flow_map_full")).toBeGreaterThan(0);
});

test("a packet that the kernel does not take is counted", () => {
  const f = startInProcess();
  run(f, WEB);
  f.dataplane.flushPackets = () => 2;
  f.turn();
  expect(packetsOf(f).get("inject_refused")).toBe(2);
});

test("a change of state whose event was lost is found by looking at all records", () => {
  const f = startInProcess({ eventCapacity: 0 });
  run(f, WEB);
  establish(f, 1);
  expect(f.dataplane.lostEvents()).toBeGreaterThan(0);
  expect(destinationsOf(f)).toMatchObject([{ activeConnections: 1, inactiveConnections: 0 }]);
});

test("forwarder does not sleep while work is left over", () => {
  const f = startInProcess({ capacity: 2048, upcallCapacity: 4096 });
  run(f, WEB);
  for (let n = 0; n < 1000; n++) receive(f, { ...client(1), fromPort: 1000 + n });
  f.turn();
  expect(f.dataplane.waiting.upcalls).toBeGreaterThan(0);
  expect(f.idleMs).toBe(0);
  f.settle();
  expect(f.dataplane.waiting.upcalls).toBe(0);
  expect(f.ask("counts", {}).connections).toBe(1000);
});

test("a list is read in slices, each once", () => {
  const f = startInProcess({ capacity: 20_000 });
  run(f, WEB);
  for (const n of [1, 2, 3, 4, 5]) receive(f, client(n));
  f.settle();
  const clients: string[] = [];
  let questions = 0;
  for (let cursor: number | null = 0; cursor !== null; questions++) {
    const slice: Answer<"list"> = f.ask("list", { cursor, limit: 2 });
    expect(slice.rows.length).toBeLessThanOrEqual(2);
    clients.push(...slice.rows.map((r) => r.client));
    cursor = slice.next;
  }
  expect(clients.toSorted()).toEqual([1, 2, 3, 4, 5].map((n) => `198.51.100.${n}`));
  expect(questions).toBeGreaterThan(3);
});

test("ping tells what keeps packets from the fast path", () => {
  let faults: string[] = [];
  const f = startInProcess({ faults: () => faults });
  expect(f.ask("ping", {})).toEqual({ faults: [] });
  faults = ['Cannot find network interface "eth1"'];
  expect(f.ask("ping", {})).toEqual({ faults });
});

test("answers come in the order of the questions, before a stop is carried out", () => {
  const f = startInProcess();
  const heard: string[] = [];
  const forwarder = createForwarder(f.dataplane, (e) => heard.push(`${e.type} ${"id" in e ? e.id : ""}`), 1);
  forwarder.handle({ type: "question", id: 1, name: "ping", ask: {} });
  forwarder.handle({ type: "stop" });
  forwarder.handle({ type: "question", id: 2, name: "ping", ask: {} });
  expect(heard).toEqual(["answer 1", "answer 2"]);
  expect(forwarder.isStopped).toBe(true);
});

test("an explanation names this node's own connections by the empty name", () => {
  const f = startInProcess();
  run(f, WEB);
  receive(f, client(1));
  f.settle();
  const { client: from, clientPort, virtual, virtualPort } = rowsOf(f)[0]!;
  const packet = { protocol: 6, client: from, clientPort, virtual, virtualPort, mark: 0 };
  expect(f.ask("explain", packet)).toMatchObject({
    connection: { clientPort, owner: "" },
    verdict: { reason: "forwarded" },
  });
});

test("a document's settings and rules reach the fast path", () => {
  const f = startInProcess();
  const settings = { midStream: "host" };
  run(f, reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, settings, services: [web()] })));
  expect(receive(f, client(1, "A"))).toBe("mid_stream_host");
  run(f, WEB);
  expect(receive(f, client(1, "A"))).toBe("mid_stream");
});

test("a destination that goes down takes its connections along as its service says", () => {
  const f = startInProcess();
  const document = documentOf([{ ...web(), whenDown: "expire" }]);
  run(f, document);
  establish(f, 1);
  expect(rowsOf(f)).toHaveLength(1);
  const { id } = document.services[0]!.destinations[0]!;
  f.send({ type: "weights", weights: new Map([[id, 0]]), down: new Set([id]) });
  f.settle();
  expect(rowsOf(f)).toEqual([]);
});

test("a reason that fast path and core share is counted as one", () => {
  const f = startInProcess();
  run(f, documentOf([{ ...web(), deny: ["198.51.100.0/24"] }]));
  receive(f, client(1));
  receive(f, { ...client(1), fragment: 0x2000, payload: "1234" });
  f.settle();
  expect(packetsOf(f).get("denied")).toBe(2);
});
