/** A node's API for tests, over parts that say what is given. */
import type { ConnectionRow, Engine, NodeStatus, PacketExplanation, ServiceCounts } from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument, specOf } from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";
import { createNodeService } from "./node-service.ts";

type Order = Parameters<Engine["order"]>[0];

/** Services by address, over IPv6 and by mark. */
export const spec = DocumentSpec.parse({
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
/** Ids: services 1, 5 and 7, destinations 2, 3, 4, 6, 8 and 9. */
export const DOCUMENT = reviseDocument(EMPTY_DOCUMENT, spec);

/** A connection of client's port `n`. */
export const row = (n: number, change: Partial<ConnectionRow> = {}): ConnectionRow => ({
  place: { family: 4, index: n, generation: 1 },
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
/** What the forwarder has. */
export const ROWS: ConnectionRow[] = [
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

/** What every service and destination has per second. */
const RATES = {
  connectionsPerSecond: 1,
  inPacketsPerSecond: 2,
  inBytesPerSecond: 3,
  outPacketsPerSecond: 4,
  outBytesPerSecond: 5,
};

/** The API over parts that hold what is given; `asked` are the cursors that the forwarder was asked from. */
export function createTestService(
  options: {
    counts?: ServiceCounts[];
    rowsPerAnswer?: number;
    explanation?: PacketExplanation;
    document?: Document;
    /** Of every way. */
    mtu?: number;
  } = {},
) {
  const { counts = [], rowsPerAnswer = 2, explanation, document = DOCUMENT, mtu = 1600 } = options;
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
  const orders: Order[] = [];
  const engine = {
    document,
    order: (order: Order) => void orders.push(order),
    ask: async (name: keyof typeof answers, ask: never) => answers[name](ask),
  } as unknown as Engine;
  async function replace(edit: (document: Document) => Document) {
    const edited = edit(current);
    if (JSON.stringify(specOf(edited)) !== JSON.stringify(specOf(current))) current = edited;
    return current;
  }
  const keeper = {
    current: () => current,
    replace,
    change: (edit: (document: Document) => DocumentSpec) =>
      replace((document) => reviseDocument(document, edit(document))),
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
    forgetPeer() {},
    maintenance: { isInMaintenance: () => false, enterMaintenance() {}, leaveMaintenance() {} },
    async *events() {},
    peers: () => [],
    livePeers: () => [],
    peerAt() {
      throw new Error("there is none");
    },
    hosts: { namesOf: async () => new Map(), addressesOf: async () => new Map() },
    status: async () => ({ node: "lb1" }) as NodeStatus,
    noteChange() {},
    noteFailure() {},
    measure: async () => () => mtu,
  });
  return { api, asked, packets, orders };
}
