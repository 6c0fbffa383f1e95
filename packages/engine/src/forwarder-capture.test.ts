import { expect, test } from "vitest";
import type { CapturedPacket, CaptureFilter } from "./core/capture/captured.ts";
import { REASONS, type Reason } from "./core/verdict.ts";
import { buildIcmpError, buildPacket, type PacketSpec } from "./packet/testing.ts";
import { buildFragments } from "./packet/testing-cut.ts";
import { documentOf, type InProcessForwarder, startInProcess } from "./testing.ts";
import { A, client, establish, receive, rowsOf, run, server, WEB, web } from "./testing-clients.ts";

const ALL: CaptureFilter = { reasons: new Set(Object.keys(REASONS) as Reason[]) };
const LAN = { interfaces: { eth0: 1 } };

/** A forwarder that serves, and shows. */
function capturing(filter: CaptureFilter = ALL, options: Parameters<typeof startInProcess>[0] = LAN) {
  const f = startInProcess(options);
  run(f, WEB);
  f.send({ type: "capture", number: 1, filter });
  f.settle();
  return f;
}

type Batch = { packets: CapturedPacket[]; lost: number };

/** What was shown since the last call, each batch taken. */
function shown(f: InProcessForwarder): Batch {
  f.settle();
  const batches = f.said.splice(0).filter((e) => e.type === "captured");
  for (const _ of batches) f.send({ type: "captured_taken" });
  return {
    packets: batches.flatMap((b) => b.packets),
    lost: batches.reduce((sum, b) => sum + b.lost, 0),
  };
}

const reasonsOf = ({ packets }: Batch) => packets.map((p) => `${p.path} ${p.reason}`);
const bytesOf = (spec: PacketSpec) => buildPacket(spec).subarray(0, 128);

test("a capture shows each packet once, as it came in, with who decided what", () => {
  const f = capturing();
  const longer = { ...client(1, "A"), payload: new Uint8Array(400).fill(7) };
  receive(f, client(1));
  f.clock.now += 3;
  f.settle();
  receive(f, server(1, "SA"));
  f.clock.now += 1;
  receive(f, longer);
  const { packets, lost } = shown(f);
  expect(lost).toBe(0);
  const known = { ifindex: 1, interface: "eth0", family: 4, service: 1, destination: A, clientPort: 40_000 };
  const same = { ...known, client: Uint8Array.of(198, 51, 100, 1) };
  expect(packets).toMatchObject([
    {
      ...same,
      path: "core",
      reason: "scheduled",
      from: "client",
      packetBytes: 40,
      bytes: bytesOf(client(1)),
    },
    { ...same, path: "fast", reason: "forwarded", from: "server", bytes: bytesOf(server(1, "SA")) },
    { ...same, path: "fast", reason: "forwarded", from: "client", packetBytes: 440, bytes: bytesOf(longer) },
  ]);
  const times = packets.map((p) => p.timeMs);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(0);
  expect(times[2]! - times[1]!).toBeCloseTo(2 ** 20 / 1e6);
});

test("what the core refuses is shown with its service, and no destination", () => {
  const f = capturing();
  run(f, documentOf([web([])], WEB));
  receive(f, client(1));
  expect(shown(f).packets).toMatchObject([{ reason: "refused", service: 1, destination: 0, from: "client" }]);
});

test("what the core refuses by its mark is shown with that mark's service", () => {
  const f = capturing();
  const document = documentOf([{ mark: 7, destinations: [] }], WEB);
  run(f, document);
  f.dataplane.receive(1, buildPacket(client(1)), { mark: 7 });
  const service = document.services[0]!.id;
  expect(shown(f).packets).toMatchObject([{ reason: "refused", service, from: "client" }]);
});

test("a packet that the core rewrites is shown as it came in, and once", () => {
  const f = capturing();
  establish(f, 1);
  shown(f);
  const last = { ...client(1, "A"), ttl: 1 };
  receive(f, last);
  expect(shown(f).packets).toMatchObject([
    { reason: "core_ttl_exceeded", bytes: bytesOf(last), destination: A },
  ]);
});

const about = buildPacket({ ...client(1), to: "10.0.0.1" });
const error = buildIcmpError({ from: "10.0.0.1", to: "198.51.100.1", type: 3, about });
const [part, rest] = buildFragments(buildPacket({ ...client(2), payload: new Uint8Array(60) }), 32) as [
  Uint8Array,
  Uint8Array,
];
const [, restOfKnown] = buildFragments(
  buildPacket({ ...client(1), payload: new Uint8Array(60).fill(7) }), // which are no ports
  32,
) as [Uint8Array, Uint8Array];
const stranger = buildPacket({ ...server(9, "SA") });

const ofNobody = { service: 0, destination: 0 };
const ofTheServer = { from: "server", client: Uint8Array.of(198, 51, 100, 9), clientPort: 40_000 };
const decided: [what: string, packets: Uint8Array[], wanted: Partial<CapturedPacket>[]][] = [
  ["an error about a connection", [error], [{ reason: "icmp_translated", from: "server", destination: A }]],
  ["a fragment before the first", [rest], [{ reason: "fragment_held", ...ofNobody }]],
  [
    "a fragment of a connection before the first",
    [restOfKnown],
    [{ reason: "fragment_held", ...ofNobody, clientPort: 0 }],
  ],
  [
    "the first fragment of a new connection",
    [part],
    [{ reason: "fragment_forwarded", service: 1, destination: A }],
  ],
  [
    "a server's packet to nobody",
    [stranger],
    [{ reason: "refused", ...ofNobody, ...(ofTheServer as object) }],
  ],
];
for (const [what, packets, wanted] of decided) {
  test(`a capture shows what the core decided about ${what}`, () => {
    const f = capturing();
    run(f, { ...WEB, settings: { ...WEB.settings, unmatchedReply: "refuse" } });
    establish(f, 1);
    shown(f);
    for (const packet of packets) f.dataplane.receive(1, packet);
    const seen = shown(f).packets;
    expect(seen).toMatchObject(wanted);
    expect(seen.map((p) => p.bytes)).toEqual(packets);
  });
}

test("a datagram that is scheduled by itself is shown with its own client and where it went", () => {
  const f = capturing();
  const document = documentOf([{ ...web(), protocol: "udp", onePacket: true }], WEB);
  const { id: service, destinations } = document.services[0]!;
  run(f, document);
  for (const n of [1, 2]) receive(f, { ...client(n), protocol: "udp" });
  const of = { reason: "one_packet", service, destination: destinations[0]!.id, from: "client" };
  expect(shown(f).packets).toMatchObject(
    [1, 2].map((n) => ({ ...of, client: Uint8Array.of(198, 51, 100, n) })),
  );
});

test("a capture that ends shows nothing more, nor what was waiting", () => {
  const f = capturing();
  receive(f, client(1, "A"));
  f.send({ type: "capture", number: 2, filter: undefined });
  f.turn();
  receive(f, client(2));
  receive(f, client(2, "R"));
  f.settle();
  f.send({ type: "capture", number: 3, filter: ALL });
  expect(shown(f).packets).toEqual([]);
});

test("a capture hears nothing of what the one before it has lost", () => {
  const f = capturing(ALL, { ...LAN, captureCapacity: 1 });
  for (let n = 0; n < 3; n++) receive(f, client(1, "A"));
  f.send({ type: "capture", number: 2, filter: undefined });
  f.turn();
  f.send({ type: "capture", number: 3, filter: ALL });
  expect(shown(f)).toEqual({ packets: [], lost: 0 });
});

test("what is sent has the number of the order that it was lost or shown under", () => {
  const f = capturing(ALL, { ...LAN, captureCapacity: 1 });
  for (let n = 0; n < 3; n++) receive(f, client(1, "A"));
  f.send({ type: "capture", number: 2, filter: ALL });
  f.settle();
  for (let n = 0; n < 2; n++) receive(f, client(1, "A"));
  f.settle();
  const sent = f.said.filter((e) => e.type === "captured");
  expect(sent.map(({ number, packets, lost }) => [number, packets.length, lost])).toEqual([
    [1, 0, 2],
    [2, 1, 0],
    [2, 1, 1],
  ]);
});

test("what found no room is told once, also while a capture goes on", () => {
  const f = capturing(ALL, { ...LAN, captureCapacity: 1 });
  const lostOf = (packets: number) => {
    for (let n = 0; n < packets; n++) receive(f, client(1, "A"));
    return shown(f).lost;
  };
  expect([lostOf(3), lostOf(1), lostOf(2)]).toEqual([2, 0, 1]);
});

test("the loop looks often while a capture runs, and at once where a turn has left packets in the ring", () => {
  const f = capturing();
  expect(f.idleMs).toBe(10);
  for (let n = 0; n < 257; n++) receive(f, client(1, "A"));
  f.turn();
  expect(f.idleMs).toBe(0);
  f.turn();
  expect(f.idleMs).toBe(10);
  f.send({ type: "capture", number: 2, filter: undefined });
  f.turn();
  expect(f.idleMs).toBe(50);
});

const filters: [name: string, filter: Partial<CaptureFilter>, wanted: string[]][] = [
  ["a service", { service: 1 }, ["core scheduled", "fast forwarded"]],
  ["another service", { service: 9 }, []],
  ["a client", { client: { address: Uint8Array.of(198, 51, 100, 2), port: 0 } }, ["fast mid_stream"]],
  ["a client's port", { client: { address: Uint8Array.of(198, 51, 100, 2), port: 9 } }, []],
  ["a reason", { reasons: new Set<Reason>(["scheduled", "new_flow"]) }, ["core scheduled"]],
];
for (const [name, filter, wanted] of filters) {
  test(`a capture can be of ${name}`, () => {
    const f = capturing({ ...ALL, ...filter });
    receive(f, client(1));
    f.settle();
    receive(f, server(1, "SA"));
    receive(f, client(2, "A"));
    receive(f, { ...client(3), toPort: 22 });
    const seen = reasonsOf(shown(f));
    expect(filter.service === 1 ? seen.filter((s) => s !== "fast mid_stream") : seen).toEqual(wanted);
  });
}

test("batches that nobody takes do not pile up: packets are lost, counted, and told of", () => {
  const f = capturing(ALL, { ...LAN, captureCapacity: 10 });
  let given = 0;
  for (let round = 0; round < 20; round++) {
    for (let n = 0; n < 5; n++) receive(f, client(1, "A"));
    given += 5;
    f.settle();
  }
  const batches = f.said.filter((e) => e.type === "captured");
  expect(batches.length).toBe(4);
  const first = shown(f);
  const rest = shown(f);
  expect(first.packets.length + rest.packets.length).toBe(4 * 5 + 10);
  expect(first.lost + rest.lost).toBe(given - 30);
});

test("the packets of a turn are shown by their times, and each with its own bytes", () => {
  const f = capturing();
  receive(f, client(1, "A"));
  f.clock.now += 2;
  for (const n of [2, 3]) receive(f, client(n));
  const seen = shown(f);
  expect(reasonsOf(seen)).toEqual(["fast mid_stream", "core scheduled", "core scheduled"]);
  expect(seen.packets.map((p) => p.bytes)).toEqual([client(1, "A"), client(2), client(3)].map(bytesOf));
});

test("a packet that ends its connection is shown as that connection's", () => {
  const f = capturing();
  establish(f, 1);
  shown(f);
  const { place } = rowsOf(f)[0]!;
  f.ask("end", { places: [place], isAloud: true });
  receive(f, client(1, "A"));
  expect(shown(f).packets).toMatchObject([
    { path: "core", reason: "reset_sent", service: 1, destination: A },
  ]);
});

/** Leave so many batches that no more is sent. */
function clog(f: InProcessForwarder): void {
  for (let n = 0; n < 4; n++) {
    receive(f, client(1, "A"));
    f.settle();
  }
}

test("what the core has decided while batches were under way is bounded, and counted beyond that", () => {
  const f = capturing(ALL, { ...LAN, capacity: 4096, upcallCapacity: 8192 });
  clog(f);
  for (let n = 0; n < 1030; n++) receive(f, { ...client(1), fromPort: 1000 + n });
  f.settle();
  const seen = [shown(f), shown(f)];
  expect(seen.map((batch) => [batch.packets.length, batch.lost])).toEqual([
    [4, 0],
    [1024, 6],
  ]);
});

test("what has not been handed on when a capture ends is not shown to the next", () => {
  const f = capturing();
  clog(f);
  receive(f, client(2));
  f.settle();
  f.send({ type: "capture", number: 2, filter: undefined });
  f.send({ type: "capture", number: 3, filter: ALL });
  expect(shown(f).packets).toHaveLength(4);
  expect(shown(f).packets).toEqual([]);
});
