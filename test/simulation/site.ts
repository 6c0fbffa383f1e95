/** A simulated site: directors that replicate to each other, servers that come and go, and addresses that are at one of the directors. */
import type { ConnectionRow } from "../../packages/engine/src/forwarder-protocol.ts";
import {
  buildSegment,
  readSegment,
  type Segment,
} from "../../packages/engine/src/packet/testing-segments.ts";
import {
  type Document,
  DocumentSpec,
  EMPTY_DOCUMENT,
  reviseDocument,
} from "../../packages/model/src/index.ts";
import {
  createSimulatedCluster,
  type SimulatedCluster,
  type SimulatedNode,
  type SimulatedTable,
  type TableSurroundings,
} from "../../packages/sync/src/testing/index.ts";
import { createSimulatedDirector, type SimulatedDirector } from "./director.ts";

/** What becomes of connections whose destination goes (`whenRemoved`, `whenDown`). */
export const FATES = ["keep", "drop", "expire", "reset"] as const;
export type Fate = (typeof FATES)[number];

/** Servers by number: an address of each family. */
const SERVERS = [1, 2, 3] as const;
export type Server = (typeof SERVERS)[number];
const addressesOf = (server: Server) => ({ 4: `10.0.0.${server}`, 6: `fd00::${server}` }) as const;
/** The server that has this address; undefined if none has. */
export const serverAt = (address: string): Server | undefined =>
  SERVERS.find((server) => Object.values<string>(addressesOf(server)).includes(address));

const VIPS = { 4: "192.0.2.1", 6: "2001:db8::1" } as const;

/** Services: FTP in all its kinds, and the web with clients that stay. */
export const SERVICES = {
  ftp: { family: 4, port: 21, helper: "ftp" },
  fullFtp: { family: 4, port: 2121, helper: "ftp", method: "full-nat", sourceAddresses: ["10.0.0.250"] },
  stickyFtp: { family: 6, port: 21, helper: "ftp", persistence: { timeout: 100 } },
  web: { family: 4, port: 80, persistence: { timeout: 100 } },
} as const;
export type ServiceName = keyof typeof SERVICES;
/** Where clients find a service. */
export const virtualOf = (name: ServiceName) => ({
  address: VIPS[SERVICES[name].family],
  port: SERVICES[name].port,
});

/** Seconds, shorter than the defaults: simulations wait for the end of everything. */
const TIMEOUTS = {
  tcp: { established: 300, listen: 300, synRecv: 30, finWait: 30, timeWait: 30, closeWait: 30, lastAck: 30 },
};

/** How servers are at the moment. */
export interface ServerState {
  isConfigured: boolean;
  isDown: boolean;
  weight: number;
}

/** A director's table, as the simulated cluster sees it. */
interface SiteTable extends SimulatedTable {
  readonly director: SimulatedDirector;
}

/** The site. */
export interface Site {
  readonly cluster: SimulatedCluster;
  readonly servers: ReadonlyMap<Server, ServerState>;
  /** What becomes of connections, by service. */
  readonly fates: Readonly<Record<ServiceName, { whenRemoved: Fate; whenDown: Fate }>>;
  /** The director that has the addresses; one that is down answers nobody. */
  active: SimulatedNode;
  directorOf(node: SimulatedNode): SimulatedDirector;
  /** Carry a segment to the active director. Returns the segments that left there meanwhile. */
  carry(segment: Segment): Segment[];
  /** Change a server; every director that is up hears of it now, others when they start. */
  change(server: Server, to: Partial<ServerState>): void;
}

/** A site with everything up. Its addresses are at the first director. */
export function createSite(options: { seed: number; nodes: readonly string[]; capacity: number }): Site {
  const servers = new Map(SERVERS.map((s) => [s, { isConfigured: true, isDown: false, weight: 1 }]));
  let fates: Site["fates"] | undefined;
  let document: Document = EMPTY_DOCUMENT;

  const specOf = (name: ServiceName): object => {
    const { family, port, ...more } = SERVICES[name];
    const there = [...servers].filter(([, { isConfigured }]) => isConfigured);
    return {
      ...{ protocol: "tcp", address: VIPS[family], port, scheduler: "rr", timeouts: TIMEOUTS },
      ...{ ...more, ...fates?.[name] },
      destinations: there.map(([server, { weight }]) => ({ address: addressesOf(server)[family], weight })),
    };
  };
  function revise(): void {
    const services = (Object.keys(SERVICES) as ServiceName[]).map(specOf);
    document = reviseDocument(document, DocumentSpec.parse({ version: 1, services }));
  }
  function run(director: SimulatedDirector): void {
    const isDown = (address: string) => servers.get(serverAt(address)!)!.isDown;
    const gone = document.services.flatMap((s) => s.destinations.filter((d) => isDown(d.address)));
    const down = new Set(gone.map(({ id }) => id));
    director.ask("program", { document, weights: new Map([...down].map((id) => [id, 0])), down });
  }
  const createTable = (around: TableSurroundings): SiteTable => {
    const director = createSimulatedDirector(around, { capacity: options.capacity, onStart: run });
    return {
      director,
      send: director.send,
      restart: director.restart,
      tick: director.turn,
      seePacket() {},
      end() {},
      contents: () => new Map(),
    };
  };

  revise();
  const cluster = createSimulatedCluster({ seed: options.seed, nodes: options.nodes, createTable });
  const fate = () => ({ whenRemoved: cluster.chance.pick(FATES), whenDown: cluster.chance.pick(FATES) });
  const chosen = { ftp: fate(), fullFtp: fate(), stickyFtp: fate(), web: fate() };
  const directorOf = (node: SimulatedNode) => (node.table as SiteTable).director;
  const site: Site = {
    ...{ cluster, servers, fates: chosen, directorOf },
    active: cluster.nodes[0]!,
    carry: (segment) =>
      site.active.isUp() ? directorOf(site.active).receive(buildSegment(segment)).map(readSegment) : [],
    change(server, to) {
      Object.assign(servers.get(server)!, to);
      revise();
      for (const node of cluster.nodes.filter((n) => n.isUp())) {
        run(directorOf(node));
        directorOf(node).turn();
      }
    },
  };
  fates = chosen;
  site.change(1, {});
  return site;
}

/**
 * What directors must agree about, a line for each connection and template that peers are told of. Not what a restarted director has kept and nobody
 * claims: it ends with its time.
 */
export function tableText(director: SimulatedDirector, node: string): string {
  const isTold = (row: ConnectionRow) => row.virtualPort !== RETIRED_PORT && !UNTOLD.has(row.state);
  const told = director.rows().filter((row) => isTold(row) && row.owner !== "?");
  return told
    .map((row) => lineOf(row, node))
    .sort()
    .join("\n");
}

const RETIRED_PORT = 65_535;
/** States of connections of which peers need not know. */
const UNTOLD: ReadonlySet<string> = new Set(["SYN_RECV", "SYN_SENT", "CLOSE"]);

function lineOf(row: ConnectionRow, node: string): string {
  const { client, clientPort, virtual, virtualPort, destination, destinationPort, local, localPort } = row;
  const ends = [client, clientPort, virtual, virtualPort, destination, destinationPort, local, localPort];
  return [...ends, row.method, row.isTemplate ? "template" : "", row.owner || node].join(" ");
}
