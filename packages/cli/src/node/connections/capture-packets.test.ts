import type {
  CapturedPackets,
  CapturedRow,
  CapturedRowFilter,
  CaptureFilter,
  CaptureListener,
} from "@tandem/engine";
import { DocumentSpec, LbError, parseAddress, reviseDocument, specOf } from "@tandem/model";
import { expect, test } from "vitest";
import { DOCUMENT } from "../testing-service.ts";
import { type CapturingEngine, capturePackets } from "./capture-packets.ts";

const PACKET: CapturedRow = {
  timeMs: 1_795_372_800_000.25,
  ifindex: 2,
  interface: "eth0",
  reason: "scheduled",
  family: 4,
  service: 1,
  destination: 3,
  from: "client",
  client: Uint8Array.of(198, 51, 100, 7),
  clientPort: 40_112,
  packetBytes: 60,
  bytes: Uint8Array.of(0x45),
  path: "core",
};
const ALL: CaptureFilter = { reasons: [], all: false };

/** An engine that runs the document of the tests, with what it was asked to show. */
function createEngine(document = DOCUMENT) {
  const running: ({ filter: CapturedRowFilter } & CaptureListener)[] = [];
  const engine = {
    document,
    capture(filter: CapturedRowFilter, listener: CaptureListener) {
      const one = { filter, ...listener };
      running.push(one);
      return () => void running.splice(running.indexOf(one), 1);
    },
    ask: async () => ({ faults: [] }),
  };
  return { engine: engine as unknown as CapturingEngine & typeof engine, running };
}

/** A capture that is on. */
async function begin(filter: Partial<CaptureFilter> = {}, document = DOCUMENT) {
  const { engine, running } = createEngine(document);
  const ending = new AbortController();
  const packets = capturePackets(engine, { ...ALL, ...filter }, ending.signal);
  expect((await packets.next()).value).toEqual({ packets: [], lost: 0 });
  const { filter: rowFilter, tell, fail } = running[0]!;
  return { engine, running, ending, packets, rowFilter, tell, fail };
}

const shown = (of: CapturedPackets) => of.packets[0]!;

test("a packet is told in the operators' words", async () => {
  const { packets, tell } = await begin();
  tell({ packets: [PACKET], lost: 2 });
  expect((await packets.next()).value).toEqual({
    packets: [
      {
        timeMs: 1_795_372_800_000.25,
        interface: "eth0",
        verdict: "forward",
        reason: "scheduled",
        length: 60,
        data: Uint8Array.of(0x45),
        path: "core",
        direction: "to_destination",
        service: "tcp 192.0.2.1:80",
        destination: "10.0.0.2:8080",
      },
    ],
    lost: 2,
  });
});

test("a packet that belongs to nothing says so by saying nothing", async () => {
  const { packets, tell } = await begin();
  tell({
    packets: [{ ...PACKET, service: 0, destination: 99, from: undefined, reason: "fragment_held" }],
    lost: 0,
  });
  const packet = shown((await packets.next()).value!);
  expect(packet).toMatchObject({ verdict: "upcall", reason: "fragment_held" });
  expect([packet.direction, packet.service, packet.destination]).toEqual([undefined, undefined, undefined]);
});

test("services and destinations have their names after they are removed or added, while a capture runs", async () => {
  const { engine, packets, tell } = await begin();
  tell({ packets: [PACKET], lost: 0 });
  await packets.next();
  const { settings, services } = specOf(DOCUMENT);
  const added = { protocol: "tcp", address: "192.0.2.3", port: 80, destinations: [] };
  const spec = DocumentSpec.parse({ version: 1, settings, services: [...services.slice(1), added] });
  engine.document = reviseDocument(DOCUMENT, spec);
  tell({ packets: [{ ...PACKET, from: "server" }], lost: 0 });
  expect(shown((await packets.next()).value!)).toMatchObject({
    direction: "to_client",
    service: "tcp 192.0.2.1:80",
    destination: "10.0.0.2:8080",
  });
  const { id } = engine.document.services.find(({ address }) => address === added.address)!;
  tell({ packets: [{ ...PACKET, service: id }], lost: 0 });
  expect(shown((await packets.next()).value!).service).toBe("tcp 192.0.2.3:80");
});

const address4 = Uint8Array.of(198, 51, 100, 7);
const filters: { name: string; filter: Partial<CaptureFilter>; want: Partial<CapturedRowFilter> }[] = [
  { name: "a service", filter: { service: "udp [2001:db8::1]:53" }, want: { service: 5 } },
  { name: "a service by mark", filter: { service: "mark 7 ipv4" }, want: { service: 7 } },
  { name: "a client", filter: { client: "198.51.100.7" }, want: { client: { address: address4, port: 0 } } },
  {
    name: "a client's port",
    filter: { client: "198.51.100.7:9" },
    want: { client: { address: address4, port: 9 } },
  },
  {
    name: "a client of IPv6",
    filter: { client: "[2001:db8::7]:9" },
    want: { client: { address: parseAddress("2001:db8::7")!, port: 9 } },
  },
  {
    name: "reasons, others not",
    filter: { reasons: ["not_ours", "mid_stream"], all: true },
    want: { reasons: new Set(["not_ours", "mid_stream"] as const) },
  },
];
for (const { name, filter, want } of filters) {
  test(`the engine is asked for ${name}`, async () =>
    expect((await begin(filter)).rowFilter).toMatchObject(want));
}

test("what has nothing to do with a service is shown when all is wanted", async () => {
  const usual = (await begin()).rowFilter.reasons;
  expect(["not_ours", "other_host", "forwarded", "left_to_host"].map((r) => usual.has(r as never))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect((await begin({ all: true })).rowFilter.reasons.has("not_ours")).toBe(true);
});

test("a capture of a destination shows its packets alone, and asks the engine for its service where it has only one", async () => {
  const { packets, tell, rowFilter } = await begin({ destination: "10.0.0.2", limit: 2 });
  expect(rowFilter.service).toBe(1);
  const other = { ...PACKET, destination: 2 };
  tell({ packets: [other, PACKET, other, PACKET, PACKET], lost: 3 });
  const { packets: seen, lost }: CapturedPackets = (await packets.next()).value!;
  expect([seen.map(({ destination }) => destination), lost]).toEqual([Array(2).fill("10.0.0.2:8080"), 3]);
  expect((await packets.next()).done).toBe(true);
});

test("a destination of several services, or one that was removed, is captured; one that never was is refused", async () => {
  const { settings, services } = specOf(DOCUMENT);
  const [web, dns] = services as [(typeof services)[0], (typeof services)[0]];
  const both = DocumentSpec.parse({ version: 1, settings, services: [web, { ...web, port: 81 }, dns] });
  const doubled = reviseDocument(DOCUMENT, both);
  expect((await begin({ destination: "10.0.0.2:8080" }, doubled)).rowFilter.service).toBeUndefined();
  const named = { destination: "10.0.0.2", service: "tcp 192.0.2.1:80" };
  expect((await begin(named, doubled)).rowFilter.service).toBe(1);
  const none = reviseDocument(DOCUMENT, DocumentSpec.parse({ version: 1, settings, services: [] }));
  expect((await begin({ destination: "10.0.0.2:8080" }, none)).rowFilter.service).toBe(1);
  for (const destination of ["10.0.0.9", "10.0.0.2:8081"])
    await expect(begin({ destination })).rejects.toThrow(`destination is "${destination}", wanted one that`);
});

test("a service that was removed is found, one that never was is refused with those that run", async () => {
  const { settings, services } = specOf(DOCUMENT);
  const fewer = reviseDocument(
    DOCUMENT,
    DocumentSpec.parse({ version: 1, settings, services: services.slice(1, 2) }),
  );
  expect((await begin({ service: "tcp 192.0.2.1:80" }, fewer)).rowFilter.service).toBe(1);
  const { engine, running } = createEngine(fewer);
  const asking = capturePackets(
    engine,
    { ...ALL, service: "tcp 192.0.2.9:80" },
    AbortSignal.timeout(60_000),
  ).next();
  await expect(asking).rejects.toThrow(
    'Cannot capture packets: service is "tcp 192.0.2.9:80", wanted one that runs: udp [2001:db8::1]:53',
  );
  expect(running).toEqual([]);
});

test("a capture ends after as many packets as are wanted", async () => {
  const { packets, tell, running } = await begin({ limit: 3 });
  tell({ packets: [PACKET, PACKET], lost: 0 });
  tell({ packets: [PACKET, PACKET], lost: 1 });
  const rest = await Array.fromAsync(packets);
  expect(rest.map((batch) => [batch.packets.length, batch.lost])).toEqual([
    [2, 0],
    [1, 1],
  ]);
  expect(running).toEqual([]);
});

test("a capture ends when its time is over", async () => {
  const { packets, running } = await begin({ durationMs: 20 });
  expect(await packets.next()).toEqual({ done: true, value: undefined });
  expect(running).toEqual([]);
});

test("a capture ends when its watcher leaves, and the others go on", async () => {
  const { engine, running, packets, ending } = await begin();
  const other = capturePackets(engine, ALL, new AbortController().signal);
  await other.next();
  const last = packets.next();
  ending.abort();
  expect(await last).toEqual({ done: true, value: undefined });
  expect(running.length).toBe(1);
  running[0]!.tell({ packets: [PACKET], lost: 0 });
  expect((await other.next()).value).toMatchObject({ packets: [{ reason: "scheduled" }] });
});

test("a watcher who has left gets nothing of what waits", async () => {
  const { packets, tell, ending, running } = await begin();
  tell({ packets: [PACKET], lost: 0 });
  ending.abort();
  expect(await packets.next()).toEqual({ done: true, value: undefined });
  expect(running).toEqual([]);
});

test("a watcher who has left before the capture is on leaves nothing behind", async () => {
  const { engine, running } = createEngine();
  expect(await Array.fromAsync(capturePackets(engine, ALL, AbortSignal.abort()))).toEqual([
    { packets: [], lost: 0 },
  ]);
  expect(running).toEqual([]);
});

test("a forwarder that is gone before it is on fails it, and nothing stays behind", async () => {
  const { engine, running } = createEngine();
  engine.ask = async () => {
    throw new Error("gone");
  };
  await expect(capturePackets(engine, ALL, new AbortController().signal).next()).rejects.toThrow("gone");
  expect(running).toEqual([]);
});

test("a forwarder that ends while it is on fails it, behind what was captured until then", async () => {
  const { packets, tell, fail, running } = await begin();
  tell({ packets: [PACKET], lost: 0 });
  fail(new LbError({ code: "unavailable", what: "the forwarder", why: "it has ended" }));
  expect((await packets.next()).value).toMatchObject({ packets: [{ reason: "scheduled" }] });
  await expect(packets.next()).rejects.toThrow("Cannot reach the forwarder: it has ended");
  expect(running).toEqual([]);
});
