import type { ConnectionFilter, ConnectionRow, DestinationCounts, Engine, NodeStatus } from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import { type Document, DocumentSpec, EMPTY_DOCUMENT, LbError, reviseDocument, specOf } from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";
import { expect, test } from "vitest";
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
  ],
});
const DOCUMENT = reviseDocument(EMPTY_DOCUMENT, spec);
/** Ids: services 1 and 5, destinations 2, 3, 4 and 6. */

const row = (n: number, change: Partial<ConnectionRow> = {}): ConnectionRow => ({
  protocol: 6,
  state: "ESTABLISHED",
  client: "198.51.100.7",
  clientPort: n,
  virtual: "192.0.2.1",
  virtualPort: 80,
  destination: "10.0.0.1",
  destinationPort: 80,
  method: 0,
  serviceId: 1,
  destinationId: 2,
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
  row(4, { protocol: 17, state: "UDP", client: "2001:db8:2::7", virtual: "2001:db8::1", virtualPort: 53 }),
  row(5),
];

const counted = (destinationId: number, change: Partial<DestinationCounts> = {}): DestinationCounts => ({
  serviceId: 1,
  destinationId,
  effectiveWeight: 1,
  activeConnections: 2,
  inactiveConnections: 1,
  connections: 10,
  inPackets: 100,
  inBytes: 1000,
  outPackets: 50,
  outBytes: 500,
  ...change,
});

/** The API over parts that hold what is given; `asked` are the cursors that the forwarder was asked from. */
function setUp(options: { counts?: DestinationCounts[]; rowsPerAnswer?: number } = {}) {
  const { counts = [], rowsPerAnswer = 2 } = options;
  const asked: number[] = [];
  let current: Document = DOCUMENT;
  const list = ({ cursor }: { cursor: number }) => {
    asked.push(cursor);
    const next = cursor + rowsPerAnswer;
    return { rows: ROWS.slice(cursor, next), next: next < ROWS.length ? next : null };
  };
  const answers = { destinations: () => counts, list };
  const engine = {
    document: DOCUMENT,
    ask: async (name: keyof typeof answers, ask: { cursor: number }) => answers[name](ask),
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
  return { api, asked };
}

async function clientPorts(filter: ConnectionFilter, rowsPerAnswer?: number): Promise<number[]> {
  const { api } = setUp(rowsPerAnswer === undefined ? {} : { rowsPerAnswer });
  const ports: number[] = [];
  for await (const c of api.connections(filter)) ports.push(Number(c.client.split(":").at(-1)));
  return ports;
}

test("services are those of the document, with what the forwarder counts and health believes", async () => {
  const { api } = setUp({ counts: [counted(2, { effectiveWeight: 5 }), counted(3, { effectiveWeight: 0 })] });
  const [web, dns] = await api.services();
  expect(web).toMatchObject({ id: 1, protocol: "tcp", address: "192.0.2.1", port: 80, scheduler: "wlc" });
  expect(web?.traffic).toEqual({
    connections: 20,
    inPackets: 200,
    inBytes: 2000,
    outPackets: 100,
    outBytes: 1000,
  });
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
    owner: "lb2",
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

const filters: [what: string, filter: ConnectionFilter, ports: number[]][] = [
  ["nothing", {}, [1, 2, 3, 4, 5]],
  ["a service", { service: "udp [2001:db8::1]:53" }, [4]],
  ["a service that there is not", { service: "tcp 192.0.2.1:81" }, []],
  ["a client's address", { client: "198.51.100.7" }, [1, 2, 5]],
  ["a client's endpoint", { client: "198.51.100.7:5" }, [5]],
  ["an IPv6 client's endpoint", { client: "[2001:db8:2::7]:4" }, [4]],
  ["a destination's address", { destination: "10.0.0.2" }, [2]],
  ["a destination's endpoint", { destination: "10.0.0.1:80" }, [1, 3, 4, 5]],
  ["a client and a destination", { client: "198.51.100.7", destination: "10.0.0.1" }, [1, 5]],
  ["a limit", { limit: 2 }, [1, 2]],
  ["a limit that counts only what is wanted", { destination: "10.0.0.1", limit: 2 }, [1, 3]],
  ["a limit beyond the end", { limit: 99 }, [1, 2, 3, 4, 5]],
];
for (const [what, filter, ports] of filters) {
  test(`connections filtered by ${what}, in slices of any size`, async () => {
    for (const size of [1, 2, 100]) expect(await clientPorts(filter, size)).toEqual(ports);
  });
}

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
