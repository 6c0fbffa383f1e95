/** The engine's forwarder over the in-memory data plane, as a table for simulated clusters: real packets, records, merging and timers. */
import type { ConnectionRow } from "../../packages/engine/src/forwarder-protocol.ts";
import { buildPacket, type PacketSpec } from "../../packages/engine/src/packet/testing.ts";
import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "../../packages/model/src/index.ts";
import type { SimulatedTable, TableSurroundings } from "../../packages/sync/src/testing/index.ts";
import { createSimulatedDirector } from "./director.ts";

const VIP = "192.0.2.1";
const destinations = [{ address: "10.0.0.1" }, { address: "10.0.0.2" }];
const web = { protocol: "tcp", address: VIP, scheduler: "rr", destinations };

/** Kinds of connections, by turns: the service of each, and how its packets come. */
const KINDS: readonly { service: object; packet: Partial<PacketSpec>; mark?: number }[] = [
  { service: { ...web, port: 80 }, packet: { toPort: 80 } },
  {
    service: { ...web, protocol: "udp", port: 53 },
    packet: { protocol: "udp", toPort: 53 },
  },
  { service: { mark: 7, scheduler: "rr", destinations }, packet: { toPort: 7000 }, mark: 7 },
  {
    service: { ...web, port: 81, method: "full-nat", sourceAddresses: ["10.0.0.250"] },
    packet: { toPort: 81 },
  },
  { service: { ...web, port: 82, persistence: {} }, packet: { toPort: 82 } },
];
const DOCUMENT = reviseDocument(
  EMPTY_DOCUMENT,
  DocumentSpec.parse({ version: 1, services: KINDS.map((kind) => kind.service) }),
);
/** States that are worth saving; simulations know but one. */
const SAVED = new Set(["ESTABLISHED", "UDP"]);
/** Keys of templates begin here. */
const FIRST_TEMPLATE = 65_536;
/** From where each client makes its first connection. */
export const FIRST_PORT = 40_000;

/** What a table holds: connections that are worth saving by key, and templates. */
export interface Held {
  readonly owner: string;
  readonly state: number;
  /** All that directors should agree about. */
  readonly text: string;
  readonly destination: string;
}
const CAPACITY = 512;
/** A state's number, as simulations speak of it: there is but one that counts. */
export const ESTABLISHED = 1;

/** A director's table, and its clients. */
export interface ForwarderTable extends SimulatedTable {
  contents(): ReadonlyMap<number, Held>;
  /** A client makes another connection, from another port than `FIRST_PORT`. Returns its destination. */
  connectAnew(key: number, fromPort: number): string | undefined;
}

/** A table that is a whole forwarder. Keys are 0..65535; every connection that is told of is established. Keys take turns in their kind; each is one client. */
export function createForwarderTable(around: TableSurroundings): ForwarderTable {
  const director = createSimulatedDirector(around, {
    capacity: CAPACITY,
    onStart: ({ ask }) =>
      ask("program", { document: DOCUMENT, weights: new Map<number, number>(), down: new Set<number>() }),
  });
  const see = (key: number, flags: string, fromPort = FIRST_PORT): void => {
    const { packet, mark } = KINDS[key % KINDS.length]!;
    const ends = { from: clientOf(key), fromPort, to: VIP, toPort: 0 };
    director.receive(buildPacket({ protocol: "tcp", flags, ...ends, ...packet }), mark);
  };
  const contents = (): Map<number, Held> => {
    const held = director.rows().filter((row) => (row.isTemplate ? !isRetired(row) : SAVED.has(row.state)));
    return new Map(held.map((row) => [keyOf(row), describe(row, around.node)]));
  };
  return {
    send: director.send,
    seePacket(key) {
      if (!contents().has(key)) see(key, "S");
      see(key, "A");
    },
    end: (key) => see(key, "R"), // which ends nothing of UDP
    restart: director.restart,
    tick: director.turn,
    connectAnew(key, fromPort) {
      for (const flags of ["S", "A"]) see(key, flags, fromPort);
      const isIts = (row: ConnectionRow) => row.client === clientOf(key) && row.clientPort === fromPort;
      return director.rows().find(isIts)?.destination;
    },
    contents,
  };
}

/** Key of the client whose template this is; undefined of a connection's key. */
export const clientOfTemplate = (key: number): number | undefined =>
  key >= FIRST_TEMPLATE && key < 2 * FIRST_TEMPLATE ? key - FIRST_TEMPLATE : undefined;

/** It is found no more, and each director's own. */
const isRetired = (template: ConnectionRow): boolean => template.virtualPort === 65_535;

const clientOf = (key: number): string => `198.51.${key >>> 8}.${key & 255}`;

function keyOf({ client, clientPort, isTemplate }: ConnectionRow): number {
  const bytes = client.split(".").map(Number);
  const block = isTemplate ? 1 : 2 * (clientPort - FIRST_PORT);
  return bytes[2]! * 256 + bytes[3]! + block * FIRST_TEMPLATE;
}

function describe(row: ConnectionRow, node: string): Held {
  const { client, clientPort, virtual, virtualPort, destination, destinationPort, local, localPort } = row;
  const owner = row.owner || node;
  const ends = [client, clientPort, virtual, virtualPort, destination, destinationPort, local, localPort];
  return {
    owner,
    state: ESTABLISHED,
    text: [...ends, row.method, row.isTemplate ? row.state : "", owner].join(" "),
    destination,
  };
}
