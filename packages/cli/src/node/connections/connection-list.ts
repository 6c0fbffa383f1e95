/** Connections for the API: asked for in slices, filtered, and in the operators' words. */
import type { Answer, ConnectionFilter, ConnectionRow, ConnectionStatus, Engine } from "@tandem/engine";
import { type Document, formatEndpoint, LbError, methodName, protocolName, serviceKey } from "@tandem/model";

/** Rows that one question to the forwarder brings: below a millisecond of its time. */
const ROWS_PER_QUESTION = 512;

/** A connection as the forwarder has it, and in the operators' words. */
export interface FoundConnection {
  readonly row: ConnectionRow;
  readonly status: ConnectionStatus;
}

/** The connections that a filter wants, in no order. @throws LbError as `findConnections` */
export async function* listConnections(
  engine: Engine,
  node: string,
  filter: ConnectionFilter,
): AsyncGenerator<ConnectionStatus> {
  for await (const { status } of findConnections(engine, node, filter)) yield status;
}

/** The same, as they lie in the table. @throws LbError not_found for a service that there is not and never was */
export async function* findConnections(
  engine: Pick<Engine, "ask" | "document">,
  node: string,
  filter: ConnectionFilter,
): AsyncGenerator<FoundConnection> {
  const serviceId = filter.service === undefined ? undefined : findService(engine.document, filter.service);
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  for (let cursor: number | null = 0; cursor !== null && left > 0; ) {
    const slice: Answer<"list"> = await engine.ask("list", { cursor, limit: ROWS_PER_QUESTION });
    for (const row of slice.rows) {
      if (serviceId !== undefined && row.serviceId !== serviceId) continue;
      const status = connectionStatus(row, node);
      if (left === 0 || !isWanted(filter, status)) continue;
      left--;
      yield { row, status };
    }
    cursor = slice.next;
  }
}

/** A removed service may still have connections: its id is known. */
function findService({ services, retired }: Document, key: string): number {
  const id = services.find((s) => serviceKey(s) === key)?.id ?? retired[key];
  if (id === undefined) throw new LbError({ code: "not_found", what: "service", key });
  return id;
}

function isWanted(filter: ConnectionFilter, c: ConnectionStatus): boolean {
  const { client, destination, states = [], owner = c.owner } = filter;
  const { minIdleSeconds = 0, maxIdleSeconds = Number.POSITIVE_INFINITY } = filter;
  return (
    isAt(client, c.client) &&
    isAt(destination, c.destination) &&
    (states.length === 0 || states.includes(c.state)) &&
    owner === c.owner &&
    c.idleSeconds >= minIdleSeconds &&
    c.idleSeconds <= maxIdleSeconds
  );
}

/** Whether an endpoint is the one wanted, which may be an address alone; undefined wants any. */
function isAt(wanted: string | undefined, endpoint: string): boolean {
  if (wanted === undefined || wanted === endpoint) return true;
  const address = endpoint.slice(0, endpoint.lastIndexOf(":"));
  return wanted === address || `[${wanted}]` === address;
}

/** One connection in the operators' words. Never throws. */
export function connectionStatus(row: ConnectionRow, node: string): ConnectionStatus {
  return {
    protocol: protocolName(row.protocol),
    state: row.state,
    client: formatEndpoint(row.client, row.clientPort),
    virtual: formatEndpoint(row.virtual, row.virtualPort),
    destination: formatEndpoint(row.destination, row.destinationPort),
    method: methodName(row.method),
    ...(row.localPort !== 0 && { local: formatEndpoint(row.local, row.localPort) }),
    expiresInSeconds: row.expiresInSeconds,
    idleSeconds: row.idleSeconds,
    owner: row.owner || node,
    template: row.isTemplate,
    mark: row.mark,
    held: row.isHeld,
    ...(row.callId !== undefined && { callId: row.callId }),
    ...(row.controller && { controller: describeController(row.controller) }),
    inPackets: row.inPackets,
    inBytes: row.inBytes,
    outPackets: row.outPackets,
    outBytes: row.outBytes,
  };
}

const describeController = (c: NonNullable<ConnectionRow["controller"]>): string =>
  `${formatEndpoint(c.client, c.clientPort)} -> ${formatEndpoint(c.virtual, c.virtualPort)}`;
