/** Reading the tables for people and metrics: traffic by destination, connections as rows. Changes nothing. */
import { formatAddress } from "@tandem/model";
import { swapPort, wordsToAddress } from "../../packet/words.ts";
import { PROTOCOLS } from "../../protocols/transitions.ts";
import { ADDRESS, LIFE, RECORD } from "../layout.ts";
import type { Connections } from "../life/connections.ts";
import { NO_SERVICE } from "../open/ways.ts";
import {
  addressAt,
  isAlive,
  methodOf,
  protocolOf,
  type RecordArray,
  readCounter,
  readField,
  stateOf,
  ticksSince,
} from "../record.ts";
import type { DestinationTotals, ServiceTable } from "../services/service-table.ts";
import { type ConnectionTable, FAMILIES } from "../table/connection-table.ts";

const TICKS_PER_SECOND = 1e9 / 2 ** 20;

/** Where a record lies, and which of those that ever lay there. */
export interface Place {
  readonly family: 4 | 6;
  readonly index: number;
  readonly generation: number;
}

/** One connection, readable. */
export interface Row {
  place: Place;
  protocol: number;
  state: string;
  client: string;
  clientPort: number;
  virtual: string;
  virtualPort: number;
  destination: string;
  destinationPort: number;
  /** Full NAT: what the connection to the destination comes from; otherwise unspecified, port 0. */
  local: string;
  localPort: number;
  method: number;
  serviceId: number;
  destinationId: number;
  /** Firewall mark of its service; 0 none. */
  mark: number;
  isTemplate: boolean;
  /** Its client's packets are dropped. */
  isHeld: boolean;
  /** Its packets go to the core first. */
  isWatched: boolean;
  /** Of a template of the persistence engine sip: the Call-ID that its client is known by, `?` for what is no printable ASCII. */
  callId?: string;
  /** The template or control connection that it hangs on. */
  controller: Pick<Row, "client" | "clientPort" | "virtual" | "virtualPort"> | undefined;
  /** Seconds until it expires if no packet comes. */
  expiresInSeconds: number;
  /** Seconds since its last packet; of a template since its last connection began. */
  idleSeconds: number;
  /** Slot of the owning peer; 0 is this node. */
  owner: number;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** Records that one `listConnections` looks at: below a millisecond. */
const SCAN_LIMIT = 16_384;

/** Living connections among the next `SCAN_LIMIT` records from `cursor` on, at most `limit`; `next` is null at the end. Cursors count the records of both families. */
export function listConnections(
  { connections, services }: { connections: Connections; services: ServiceTable },
  at: { cursor: number; limit: number },
  now: number,
): { rows: Row[]; next: number | null } {
  const { table } = connections;
  const rows: Row[] = [];
  const end = Math.min(at.cursor + SCAN_LIMIT, table.capacity);
  let { cursor } = at;
  for (; cursor < end && rows.length < at.limit; cursor++) {
    const isV4 = cursor < table.records[4].capacity;
    const r = isV4 ? table.records[4] : table.records[6];
    const index = isV4 ? cursor : cursor - table.records[4].capacity;
    const isListed = isAlive(r, index) && readField(r, index, RECORD.serviceId) !== NO_SERVICE;
    if (isListed) rows.push(describeRecord({ connections, services }, r.family, { index, now }));
  }
  return { rows, next: cursor < table.capacity ? cursor : null };
}

/** One living record, readable. */
export function describeRecord(
  { connections, services }: { connections: Connections; services: ServiceTable },
  family: 4 | 6,
  { index, now }: { index: number; now: number },
): Row {
  const r = connections.table.records[family];
  const ticksLeft = connections.ticksLeft(family, index, now);
  const ticksIdle = ticksSince(now, readField(r, index, RECORD.lastSeen));
  const row = readRow(r, index, { services, ticksLeft, ticksIdle });
  const kept = connections.table.annexes.read(r, index);
  return row.isTemplate && kept.length > 0 ? { ...row, callId: printable(kept) } : row;
}

/** It came from a client, and goes to a terminal. */
const printable = (bytes: Uint8Array): string => String.fromCharCode(...bytes).replace(/[^\x21-\x7e]/g, "?");

/** Totals by id of every known destination: of the connections that have ended and of those that live. */
export function sumTraffic(table: ConnectionTable, services: ServiceTable): Map<number, DestinationTotals> {
  const sums = new Map<number, DestinationTotals>();
  for (const d of services.destinations) sums.set(d.id, { ...d.totals });
  for (const family of FAMILIES) {
    const r = table.records[family];
    for (let index = 0; index < table.reach(family); index++) {
      const sum = isAlive(r, index) && sums.get(readField(r, index, RECORD.destinationId));
      if (sum) addCounters(sum, r, index);
    }
  }
  return sums;
}

function addCounters(sum: DestinationTotals, r: RecordArray, index: number): void {
  sum.inPackets += readCounter(r, index, RECORD.inPackets);
  sum.inBytes += readCounter(r, index, RECORD.inBytes);
  sum.outPackets += readCounter(r, index, RECORD.outPackets);
  sum.outBytes += readCounter(r, index, RECORD.outBytes);
}

function ownerOf(r: RecordArray, index: number): number {
  const isRemote = (readField(r, index, RECORD.life) & LIFE.remote) !== 0;
  return isRemote ? readField(r, index, RECORD.owner) : 0;
}

function readRow(
  r: RecordArray,
  index: number,
  { services, ticksLeft, ticksIdle }: { services: ServiceTable; ticksLeft: number; ticksIdle: number },
): Row {
  const serverPorts = readField(r, index, RECORD.serverPorts);
  const life = readField(r, index, RECORD.life);
  const controller = readField(r, index, RECORD.controller);
  return {
    place: { family: r.family, index, generation: readField(r, index, RECORD.generation) },
    protocol: protocolOf(r, index),
    state: stateText(r, index),
    ...readEnds(r, index),
    destination: destinationText(r, index, services),
    destinationPort: swapPort(serverPorts & 0xffff),
    local: addressText(r, index, ADDRESS.local),
    localPort: swapPort(serverPorts >>> 16),
    method: methodOf(r, index),
    serviceId: readField(r, index, RECORD.serviceId),
    destinationId: readField(r, index, RECORD.destinationId),
    mark: readField(r, index, RECORD.mark),
    isTemplate: (life & LIFE.template) !== 0,
    isHeld: (life & LIFE.held) !== 0,
    isWatched: (life & LIFE.watched) !== 0,
    controller: controller === 0 ? undefined : readEnds(r, controller - 1),
    expiresInSeconds: Math.floor(ticksLeft / TICKS_PER_SECOND),
    idleSeconds: Math.floor(ticksIdle / TICKS_PER_SECOND),
    owner: ownerOf(r, index),
    inPackets: readCounter(r, index, RECORD.inPackets),
    inBytes: readCounter(r, index, RECORD.inBytes),
    outPackets: readCounter(r, index, RECORD.outPackets),
    outBytes: readCounter(r, index, RECORD.outBytes),
  };
}

/** Who talks to what, by the record. */
function readEnds(r: RecordArray, index: number) {
  const ports = readField(r, index, RECORD.clientPorts);
  const isTemplate = (readField(r, index, RECORD.life) & LIFE.template) !== 0;
  return {
    client: addressText(r, index, ADDRESS.client),
    clientPort: isTemplate ? 0 : swapPort(ports & 0xffff), // a call's number stands there (call-id.ts)
    virtual: addressText(r, index, ADDRESS.virtual),
    virtualPort: swapPort(ports >>> 16),
  };
}

/** A tunnel's destination may be of another family than the record, which has no room for it then. */
function destinationText(r: RecordArray, index: number, services: ServiceTable): string {
  const tunnel = services.destination(readField(r, index, RECORD.destinationId))?.tunnel;
  return tunnel ? formatAddress(tunnel.address) : addressText(r, index, ADDRESS.destination);
}

function stateText(r: RecordArray, index: number): string {
  const life = readField(r, index, RECORD.life);
  if ((life & LIFE.template) !== 0) return (life & LIFE.assured) !== 0 ? "ASSURED" : "NONE";
  const state = stateOf(r, index);
  return PROTOCOLS[protocolOf(r, index)]?.stateNames[state] ?? String(state);
}

function addressText(r: RecordArray, index: number, which: number): string {
  const bytes = new Uint8Array(r.family === 4 ? 4 : 16);
  wordsToAddress(r.words, index * r.stride + addressAt(r, which), bytes, r.addressWords);
  return formatAddress(bytes);
}
