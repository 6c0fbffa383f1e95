/** What the API offers about this node, carried out by its parts. */
import type {
  Answer,
  ConnectionFilter,
  ConnectionRow,
  ConnectionStatus,
  DestinationCounts,
  DestinationStatus,
  Engine,
  NodeApi,
  NodeStatus,
  ServiceStatus,
  Traffic,
} from "@tandem/engine";
import type { DestinationHealth, Monitor } from "@tandem/health";
import {
  formatEndpoint,
  LbError,
  methodName,
  protocolName,
  type ServiceRecord,
  serviceKey,
  specOf,
} from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";
import { drainDestinations } from "./drain.ts";
import type { Switchover } from "./switchover.ts";

/** The parts that the API speaks for. */
export interface NodeParts {
  readonly node: string;
  readonly engine: Engine;
  readonly keeper: ConfigKeeper;
  readonly monitor: Monitor;
  readonly switchover: Switchover;
  status(): Promise<NodeStatus>;
}

/** Rows that one question to the forwarder brings: below a millisecond of its time. */
const ROWS_PER_QUESTION = 512;

/** The API of a running node. */
export function createNodeService(parts: NodeParts): NodeApi {
  const { engine, keeper, monitor } = parts;
  return {
    status: parts.status,
    async services() {
      const counts = new Map((await engine.ask("destinations", {})).map((d) => [d.destinationId, d]));
      const health = new Map(monitor.snapshot().map((h) => [h.destinationId, h]));
      return engine.document.services.map((s) => serviceStatus(s, counts, health));
    },
    connections: (filter) => listConnections(engine, parts.node, filter),
    document: async () => keeper.current(),
    async apply(spec, { expectedRevision, author }) {
      let before = 0;
      const { revision } = await keeper.change((current) => {
        before = current.revision;
        if (expectedRevision !== undefined && expectedRevision !== before) {
          throw new LbError({ code: "stale_revision", have: expectedRevision, current: before });
        }
        return spec;
      }, author);
      return { revision, changed: revision !== before };
    },
    async drain({ author, ...request }) {
      let destinations: string[] = [];
      const { revision } = await keeper.change((current) => {
        const edited = drainDestinations(specOf(current), request);
        ({ destinations } = edited);
        return edited.spec;
      }, author);
      return { revision, destinations };
    },
    switchover: (request) => parts.switchover.run(request),
  };
}

function serviceStatus(
  s: ServiceRecord,
  counts: ReadonlyMap<number, DestinationCounts>,
  health: ReadonlyMap<number, DestinationHealth>,
): ServiceStatus {
  const destinations = s.destinations.map((d): DestinationStatus => {
    const c = counts.get(d.id);
    const h = health.get(d.id);
    return {
      id: d.id,
      address: d.address,
      port: d.port ?? s.port,
      method: d.method ?? s.method,
      configuredWeight: d.weight,
      effectiveWeight: c?.effectiveWeight ?? 0,
      why: d.drain ? "drained" : (h?.why ?? ""),
      health: h?.isChecked ? (h.up ? "up" : "down") : "unchecked",
      activeConnections: c?.activeConnections ?? 0,
      inactiveConnections: c?.inactiveConnections ?? 0,
      traffic: trafficOf(c),
    };
  });
  const { id, protocol, address, port, scheduler } = s;
  const traffic = destinations.map((d) => d.traffic).reduce(addTraffic, trafficOf(undefined));
  return { id, protocol, address, port, scheduler, traffic, destinations };
}

function trafficOf(c: DestinationCounts | undefined): Traffic {
  const { connections = 0, inPackets = 0, inBytes = 0, outPackets = 0, outBytes = 0 } = c ?? {};
  return { connections, inPackets, inBytes, outPackets, outBytes };
}

function addTraffic(a: Traffic, b: Traffic): Traffic {
  return {
    connections: a.connections + b.connections,
    inPackets: a.inPackets + b.inPackets,
    inBytes: a.inBytes + b.inBytes,
    outPackets: a.outPackets + b.outPackets,
    outBytes: a.outBytes + b.outBytes,
  };
}

async function* listConnections(
  engine: Engine,
  node: string,
  filter: ConnectionFilter,
): AsyncGenerator<ConnectionStatus> {
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  for (let cursor: number | null = 0; cursor !== null && left > 0; ) {
    const slice: Answer<"list"> = await engine.ask("list", { cursor, limit: ROWS_PER_QUESTION });
    for (const row of slice.rows.filter((r) => isWanted(r, filter)).slice(0, left)) {
      left--;
      yield connectionStatus(row, node);
    }
    cursor = slice.next;
  }
}

function isWanted(row: ConnectionRow, { service, client, destination }: ConnectionFilter): boolean {
  const { virtual: address, virtualPort: port } = row;
  if (
    service !== undefined &&
    serviceKey({ protocol: protocolName(row.protocol), address, port }) !== service
  )
    return false;
  return isAt(client, row.client, row.clientPort) && isAt(destination, row.destination, row.destinationPort);
}

/** Whether an endpoint is the one wanted, which may be an address alone; undefined wants any. */
function isAt(wanted: string | undefined, address: string, port: number): boolean {
  return wanted === undefined || wanted === address || wanted === formatEndpoint(address, port);
}

function connectionStatus(row: ConnectionRow, node: string): ConnectionStatus {
  return {
    protocol: protocolName(row.protocol),
    state: row.state,
    client: formatEndpoint(row.client, row.clientPort),
    virtual: formatEndpoint(row.virtual, row.virtualPort),
    destination: formatEndpoint(row.destination, row.destinationPort),
    method: methodName(row.method),
    expiresInSeconds: row.expiresInSeconds,
    owner: row.owner || node,
    inPackets: row.inPackets,
    inBytes: row.inBytes,
    outPackets: row.outPackets,
    outBytes: row.outBytes,
  };
}
