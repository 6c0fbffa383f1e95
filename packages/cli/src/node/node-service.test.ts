import type {
  ConnectionFilter,
  ConnectionRow,
  DestinationCounts,
  Engine,
  NodeStatus,
  PacketExplanation,
  ServiceCounts,
} from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import { type Document, DocumentSpec, EMPTY_DOCUMENT, LbError, reviseDocument, specOf } from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";
import { expect, test } from "vitest";
import { connectionStatus } from "./connection-list.ts";
import { createNodeService } from "./node-service.ts";

const spec = DocumentSpec.parse({
  version: 1,
  services: [
    {
      protocol: "tcp",
      address: "192.0.2.1",
      port: 80,
      destinations: [
        { address: "10.0.0.1", weight: 5 },
        { address: "10.0.0.2", port: 8080 },
        { address: "10.0.0.3" },
      ],
    },
    { protocol: "udp", address: "2001:db8::1", port: 53, destinations: [{ address: "fd00::1" }] },
    {
      mark: 7,
      method: "tunnel",
      tunnel: { type: "gre" },
      persistence: { prefix: 24 },
      whenDown: "drop",
      destinations: [
        { address: "10.0.0.7", upperThreshold: 9 },
        { address: "10.0.0.8", tunnel: {} },
      ],
    },
  ],
});
const DOCUMENT = reviseDocument(EMPTY_DOCUMENT, spec);
/** Ids: services 1, 5 and 7, destinations 2, 3, 4, 6, 8 and 9. */

const row = (n: number, change: Partial<ConnectionRow> = {}): ConnectionRow => ({
  protocol: 6,
  state: "ESTABLISHED",
  client: "198.51.100.7",
  clientPort: n,
  virtual: "192.0.2.1",
  virtualPort: 80,
  destination: "10.0.0.1",
  destinationPort: 80,
  local: "0.0.0.0",
  localPort: 0,
  method: 0,
  serviceId: 1,
  destinationId: 2,
  idleSeconds: 3,
  mark: 0,
  isTemplate: false,
  isHeld: false,
  isWatched: false,
  controller: undefined,
  expiresInSeconds: 899,
  owner: "",
  inPackets: 1,
  inBytes: 40,
  outPackets: 2,
  outBytes: 80,
  ...change,
});
const ROWS: ConnectionRow[] = [
  row(1),
  row(2, { destination: "10.0.0.2", destinationPort: 8080, owner: "lb2" }),
  row(3, { client: "198.51.100.8" }),
  row(4, {
    protocol: 17,
    serviceId: 5,
    state: "UDP",
    client: "2001:db8:2::7",
    virtual: "2001:db8::1",
    virtualPort: 53,
  }),
  row(5),
  row(0, {
    protocol: 0,
    state: "ASSURED",
    client: "198.51.100.0",
    virtual: "0.0.0.7",
    virtualPort: 0,
    destination: "10.0.0.7",
    destinationPort: 0,
    method: 2,
    serviceId: 7,
    destinationId: 8,
    mark: 7,
    isTemplate: true,
  }),
];

const counted = (destinationId: number, change: Partial<DestinationCounts> = {}): DestinationCounts => ({
  destinationId,
  effectiveWeight: 1,
  activeConnections: 2,
  inactiveConnections: 1,
  persistentConnections: 4,
  isOverloaded: true,
  removed: undefined,
  connections: 10,
  inPackets: 100,
  inBytes: 1000,
  outPackets: 50,
  outBytes: 500,
  ...change,
});

/** A service that has had more than its destinations. */
const countedService = (serviceId: number, destinations: DestinationCounts[]): ServiceCounts => ({
  serviceId,
  connections: 20,
  inPackets: 200,
  inBytes: 2000,
  outPackets: 100,
  outBytes: 1000,
  destinations,
});

const RATES = {
  connectionsPerSecond: 1,
  inPacketsPerSecond: 2,
  inBytesPerSecond: 3,
  outPacketsPerSecond: 4,
  outBytesPerSecond: 5,
};

/** The API over parts that hold what is given; `asked` are the cursors that the forwarder was asked from. */
function setUp(
  options: {
    counts?: ServiceCounts[];
    rowsPerAnswer?: number;
    explanation?: PacketExplanation;
    document?: Document;
  } = {},
) {
  const { counts = [], rowsPerAnswer = 2, explanation, document = DOCUMENT } = options;
  const asked: number[] = [];
  const packets: unknown[] = [];
  let current: Document = DOCUMENT;
  const list = ({ cursor }: { cursor: number }) => {
    asked.push(cursor);
    const next = cursor + rowsPerAnswer;
    return { rows: ROWS.slice(cursor, next), next: next < ROWS.length ? next : null };
  };
  const explain = (packet: unknown) => {
    packets.push(packet);
    return explanation;
  };
  const rates = () => {
    const ids = counts.flatMap((s) => [s.serviceId, ...s.destinations.map((d) => d.destinationId)]);
    return new Map(ids.map((id) => [id, RATES]));
  };
  const answers = { services: () => counts, rates, list, explain };
  const engine = {
    document,
    ask: async (name: keyof typeof answers, ask: never) => answers[name](ask),
  } as unknown as Engine;
  const keeper = {
    current: () => current,
    async change(edit: (document: Document) => DocumentSpec) {
      const edited = edit(current);
      if (JSON.stringify(edited) !== JSON.stringify(specOf(current)))
        current = reviseDocument(current, edited);
      return current;
    },
  } as unknown as ConfigKeeper;
  const monitor = {
    snapshot: () => [
      { destinationId: 2, isChecked: true, up: true, why: "connected" },
      { destinationId: 3, isChecked: true, up: false, why: "connection refused" },
      { destinationId: 4, isChecked: false, up: true, why: "not checked" },
      { destinationId: 8, isChecked: true, up: false, why: "no answer within 1 s" },
    ],
  } as unknown as Monitor;
  const api = createNodeService({
    node: "lb1",
    engine,
    keeper,
    monitor,
    switchover: { run: async () => ({ steps: [], from: "lb1", to: "lb2" }) },
    status: async () => ({ node: "lb1" }) as NodeStatus,
  });
  return { api, asked, packets };
}

async function clientPorts(filter: ConnectionFilter, rowsPerAnswer?: number): Promise<number[]> {
  const { api } = setUp(rowsPerAnswer === undefined ? {} : { rowsPerAnswer });
  const ports: number[] = [];
  for await (const c of api.connections(filter)) ports.push(Number(c.client.split(":").at(-1)));
  return ports;
}

test("services are those of the document, with what the forwarder counts and health believes", async () => {
  const { api } = setUp({
    counts: [countedService(1, [counted(2, { effectiveWeight: 5 }), counted(3, { effectiveWeight: 0 })])],
  });
  const [web, dns] = await api.services();
  expect(web).toMatchObject({ id: 1, protocol: "tcp", address: "192.0.2.1", port: 80, scheduler: "wlc" });
  expect(web?.traffic).toEqual({
    connections: 20,
    inPackets: 200,
    inBytes: 2000,
    outPackets: 100,
    outBytes: 1000,
  });
  const rates = { connections: 1, inPackets: 2, inBytes: 3, outPackets: 4, outBytes: 5 };
  expect(web).toMatchObject({ rates, destinations: [{ rates }, { rates }, { rates: { inPackets: 0 } }] });
  expect(
    web?.destinations.map((d) => [d.port, d.configuredWeight, d.effectiveWeight, d.health, d.why]),
  ).toEqual([
    [80, 5, 5, "up", "connected"],
    [8080, 1, 0, "down", "connection refused"],
    [80, 1, 0, "unchecked", "not checked"],
  ]);
  expect(web?.destinations[0]).toMatchObject({
    method: "masquerade",
    activeConnections: 2,
    inactiveConnections: 1,
  });
  expect(dns?.destinations).toMatchObject([{ port: 53, health: "unchecked", why: "" }]);
});

test("a firewall mark's service and its destinations tell what is their own", async () => {
  const { api } = setUp({ counts: [countedService(7, [counted(8)])] });
  const [, , marked] = await api.services();
  expect(marked).toMatchObject({
    protocol: "any",
    address: "0.0.0.0",
    port: 0,
    mark: 7,
    persistence: { timeout: 360, prefix: 24 },
    onePacket: false,
    schedulerFlags: [],
  });
  expect(marked?.destinations).toMatchObject([
    {
      method: "tunnel",
      tunnel: { type: "gre", checksum: "none" },
      upperThreshold: 9,
      lowerThreshold: 0,
      overloaded: true,
      held: true,
      persistentConnections: 4,
    },
    { tunnel: { type: "ipip" }, overloaded: false, held: false, persistentConnections: 0 },
  ]);
});

const left: [what: string, change: Partial<DestinationCounts>, why: string][] = [
  ["connections", {}, "removed, 3 connections"],
  ["one connection", { activeConnections: 0 }, "removed, 1 connection"],
  ["templates", { activeConnections: 0, inactiveConnections: 0 }, "removed, 4 templates"],
];
for (const [what, change, why] of left) {
  test(`a removed destination that has ${what} is listed below the others, and weighs nothing`, async () => {
    const removed = { ...DOCUMENT.services[0]!.destinations[0]!, id: 10, address: "10.0.0.9" };
    const gone = counted(10, { ...change, effectiveWeight: 5, removed });
    const { api } = setUp({ counts: [countedService(1, [counted(2), gone])] });
    const [web] = await api.services();
    expect(web?.destinations.map((d) => [d.address, d.removed])).toEqual([
      ["10.0.0.1", false],
      ["10.0.0.2", false],
      ["10.0.0.3", false],
      ["10.0.0.9", true],
    ]);
    expect(web?.destinations[3]).toMatchObject({
      id: 10,
      port: 80,
      method: "masquerade",
      why,
      health: "unchecked",
      configuredWeight: 0,
      effectiveWeight: 0,
      overloaded: false,
      held: false,
      traffic: { connections: 10 },
    });
  });
}

test("a removed destination whose connections are dropped is held", async () => {
  const removed = { ...DOCUMENT.services[2]!.destinations[1]!, id: 10 };
  const gone = countedService(7, [counted(10, { removed })]);
  const services = DOCUMENT.services.map((s) => ({ ...s, whenRemoved: "drop" as const }));
  const { api } = setUp({ counts: [gone], document: { ...DOCUMENT, services } });
  expect((await api.services())[2]?.destinations[2]).toMatchObject({
    held: true,
    method: "tunnel",
    tunnel: { type: "ipip" },
    upperThreshold: 0,
  });
});

test("a destination that has come back since it was counted is listed once", async () => {
  const removed = DOCUMENT.services[0]!.destinations[0]!;
  const { api } = setUp({ counts: [countedService(1, [counted(2, { removed })])] });
  const [web] = await api.services();
  expect(web?.destinations.map((d) => [d.id, d.removed])).toEqual([2, 3, 4].map((id) => [id, false]));
});

test("a connection reads as operators write it, with the name of its owner", async () => {
  const { api } = setUp();
  const connections = await Array.fromAsync(api.connections({}));
  expect(connections[1]).toEqual({
    protocol: "tcp",
    state: "ESTABLISHED",
    client: "198.51.100.7:2",
    virtual: "192.0.2.1:80",
    destination: "10.0.0.2:8080",
    method: "masquerade",
    expiresInSeconds: 899,
    idleSeconds: 3,
    owner: "lb2",
    template: false,
    mark: 0,
    held: false,
    inPackets: 1,
    inBytes: 40,
    outPackets: 2,
    outBytes: 80,
  });
  expect(connections[0]?.owner).toBe("lb1");
  expect(connections[3]).toMatchObject({
    protocol: "udp",
    client: "[2001:db8:2::7]:4",
    virtual: "[2001:db8::1]:53",
  });
});

test("a template, a mark, full NAT, a controller and a hold show on a connection", async () => {
  const held = row(6, {
    local: "192.0.2.9",
    localPort: 1024,
    method: 5,
    mark: 7,
    isHeld: true,
    controller: { client: "198.51.100.0", clientPort: 0, virtual: "0.0.0.7", virtualPort: 0 },
  });
  expect(connectionStatus(held, "lb1")).toMatchObject({
    local: "192.0.2.9:1024",
    method: "full-nat",
    mark: 7,
    held: true,
    template: false,
    controller: "198.51.100.0:0 -> 0.0.0.7:0",
  });
  expect(connectionStatus(ROWS[5]!, "lb1")).toMatchObject({
    protocol: "any",
    state: "ASSURED",
    client: "198.51.100.0:0",
    template: true,
    mark: 7,
  });
});

const filters: [what: string, filter: ConnectionFilter, ports: number[]][] = [
  ["nothing", {}, [1, 2, 3, 4, 5, 0]],
  ["a firewall mark", { service: "mark 7 ipv4" }, [0]],
  ["a service", { service: "udp [2001:db8::1]:53" }, [4]],
  ["a client's address", { client: "198.51.100.7" }, [1, 2, 5]],
  ["a client's endpoint", { client: "198.51.100.7:5" }, [5]],
  ["an IPv6 client's endpoint", { client: "[2001:db8:2::7]:4" }, [4]],
  ["a destination's address", { destination: "10.0.0.2" }, [2]],
  ["a destination's endpoint", { destination: "10.0.0.1:80" }, [1, 3, 4, 5]],
  ["a client and a destination", { client: "198.51.100.7", destination: "10.0.0.1" }, [1, 5]],
  ["a limit", { limit: 2 }, [1, 2]],
  ["a limit that counts only what is wanted", { destination: "10.0.0.1", limit: 2 }, [1, 3]],
  ["a limit beyond the end", { limit: 99 }, [1, 2, 3, 4, 5, 0]],
];
for (const [what, filter, ports] of filters) {
  test(`connections filtered by ${what}, in slices of any size`, async () => {
    for (const size of [1, 2, 100]) expect(await clientPorts(filter, size)).toEqual(ports);
  });
}

test("connections of a service that never was are refused", async () => {
  const { api } = setUp();
  const listing = Array.fromAsync(api.connections({ service: "tcp 192.0.2.1:81" }));
  await expect(listing).rejects.toThrow('Cannot find service "tcp 192.0.2.1:81"');
});

test("no more is asked of the forwarder than a limit needs", async () => {
  const { api, asked } = setUp();
  await Array.fromAsync(api.connections({ limit: 2 }));
  expect(asked).toEqual([0]);
});

test("an applied document says whether it changed anything", async () => {
  const { api } = setUp();
  const lighter = { ...spec, services: spec.services.slice(0, 1) };
  expect(await api.apply(spec, { author: "ann" })).toEqual({ revision: 1, changed: false });
  expect(await api.apply(lighter, { author: "ann", expectedRevision: 1 })).toEqual({
    revision: 2,
    changed: true,
  });
  expect((await api.document()).revision).toBe(2);
});

test("a document for another revision is refused with both", async () => {
  const { api } = setUp();
  const applying = api.apply(spec, { author: "ann", expectedRevision: 7 });
  await expect(applying).rejects.toThrow(new LbError({ code: "stale_revision", have: 7, current: 1 }));
});

test("draining is an edit of the document that names what it found", async () => {
  const { api } = setUp();
  const request = { destination: "10.0.0.2", undo: false, author: "ann" };
  expect(await api.drain(request)).toEqual({
    revision: 2,
    destinations: ["tcp 192.0.2.1:80 -> 10.0.0.2:8080"],
  });
  const drained = (await api.document()).services[0]!.destinations.map((d) => d.drain);
  expect(drained).toEqual([false, true, false]);
  await expect(api.drain({ ...request, destination: "10.9.9.9" })).rejects.toThrow(
    'Cannot find destination "10.9.9.9"',
  );
  expect((await api.document()).revision).toBe(2);
});

test("a question goes to the forwarder as numbers, and its answer comes back in the operators' words", async () => {
  const verdict = { name: "forward", reason: "forwarded", says: "x" } as const;
  const explanation: PacketExplanation = {
    service: { key: "tcp 192.0.2.1:80", why: "that of its connection" },
    connection: row(1),
    template: row(0, { isTemplate: true, owner: "lb2" }),
    scheduler: { name: "wlc", candidates: [] },
    rewriting: ["its TTL is one less"],
    verdict,
    ends: "at once",
  };
  const { api, packets } = setUp({ explanation });
  const question = { protocol: "udp", client: "198.51.100.7", virtual: "192.0.2.1:80", mark: 7 };
  expect(await api.explain({ ...question, interface: "eth0" })).toEqual({
    ...explanation,
    connection: connectionStatus(row(1), "lb1"),
    template: expect.objectContaining({ template: true, owner: "lb2" }),
    node: "lb1",
  });
  await api.explain({ ...question, client: "[2001:db8::7]:9", virtual: "[2001:db8::1]:80" });
  expect(packets).toEqual([
    {
      protocol: 17,
      client: "198.51.100.7",
      clientPort: 0,
      virtual: "192.0.2.1",
      virtualPort: 80,
      mark: 7,
      interface: "eth0",
    },
    { protocol: 17, client: "2001:db8::7", clientPort: 9, virtual: "2001:db8::1", virtualPort: 80, mark: 7 },
  ]);
  await expect(api.explain({ ...question, client: "2001:db8::7" })).rejects.toThrow(
    'Cannot explain: client is "2001:db8::7", wanted an address of the family of "192.0.2.1:80"',
  );
});
