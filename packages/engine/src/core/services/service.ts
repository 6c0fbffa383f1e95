/** Services and destinations as they run, and how a document's records become them. */
import {
  type DestinationRecord,
  familyOf,
  METHOD_NUMBERS,
  PROTOCOL_NUMBERS,
  parseAddress,
  type ServiceRecord,
  type SettingsSpec,
  TUNNEL_NUMBERS,
  type TunnelSpec,
} from "@tandem/model";
import type { Tunnel } from "../../dataplane/dataplane.ts";
import { swapPort, wordsOf } from "../../packet/words.ts";
import { createTimeouts, type Timeouts } from "../../protocols/timeouts.ts";
import { overheadOf } from "../../rewrite/tunnel.ts";
import { SCHEDULERS } from "../../schedulers/registry.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import { TUNNEL_FLAG } from "../layout.ts";
import { type ClientList, createClientList, maskWords } from "./client-list.ts";

/** What becomes of the connections of a destination: the values of `whenDown` and `whenRemoved`. */
export type Fate = ServiceRecord["whenDown"];

/** One destination of one service, running. Words and ports are as they stand in packets. */
export interface Destination {
  readonly id: number;
  readonly serviceId: number;
  /** As it was configured last. */
  record: DestinationRecord;
  /** 1 word for IPv4, 4 for IPv6; a tunnel may lead to the other family than the service's. */
  readonly address: Uint32Array;
  /** 0: that of the packet. */
  readonly port: number;
  /** `METHOD_NUMBERS`: of connections made from now on. */
  method: number;
  /** How a tunnel leads there; undefined for other methods. */
  tunnel: Tunnel | undefined;
  /** Effective weight: what the scheduler sees. */
  weight: number;
  /** The latest weight that was not 0; the weight it was added with until then. */
  lastWeight: number;
  active: number;
  inactive: number;
  /** Persistence templates that lead here. */
  persistent: number;
  upperThreshold: number;
  lowerThreshold: number;
  overloaded: boolean;
  /** It stands in the document. */
  isConfigured: boolean;
  /** Its checks say so. */
  isDown: boolean;
  /** Connections made here since the start, and the traffic of those that have ended. */
  readonly totals: DestinationTotals;
}

/** What a destination has had. */
export interface DestinationTotals {
  connections: number;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** Persistence as the packet path needs it. */
export interface Persistence {
  /** Ticks of 2^20 ns without a new connection. */
  readonly timeout: number;
  /** The bits of a client's address that count. */
  readonly mask: Uint32Array;
  readonly engine: "sip" | undefined;
}

/** One virtual service, running. */
export interface Service {
  readonly id: number;
  readonly family: 4 | 6;
  /** 0 for a firewall mark's. */
  readonly protocol: number;
  readonly address: Uint32Array;
  readonly port: number;
  /** Firewall mark; 0: it is found by its endpoint. */
  readonly mark: number;
  scheduler: Scheduler<Destination>;
  /** What the scheduler was made from. */
  schedule: string;
  destinations: readonly Destination[];
  /** What destinations had that were forgotten: with what the known ones have, all that the service ever had. */
  readonly departed: DestinationTotals;
  /** As it was configured last. */
  record: ServiceRecord;
  persistence: Persistence | undefined;
  /** Undefined: everybody is served. */
  clients: ClientList | undefined;
  timeouts: Timeouts;
  /** Full NAT: addresses to come from. */
  sources: readonly Uint32Array[];
}

/** What schedulers and timeouts of all services depend on. */
export interface ServiceSurroundings {
  readonly settings: SettingsSpec;
  random(below: number): number;
}

const TICKS_PER_SECOND = 1e9 / 2 ** 20;
/** Ticks are compared as signed 32-bit numbers: 26 days. */
const LONGEST_SECONDS = 2 ** 21;

/** A service without destinations, from its first record. */
export function createService(record: ServiceRecord, around: ServiceSurroundings): Service {
  return {
    id: record.id,
    family: familyOf(record.address),
    protocol: PROTOCOL_NUMBERS[record.protocol],
    address: addressWords(record.address),
    port: swapPort(record.port),
    mark: record.mark ?? 0,
    scheduler: createScheduler(record, around),
    schedule: scheduleText(record, around),
    destinations: [],
    departed: noTotals(),
    record,
    persistence: undefined,
    clients: undefined,
    timeouts: createTimeouts(around.settings.timeouts, record.timeouts),
    sources: [],
  };
}

/** Take over what a newer record says, but for its destinations. */
export function reviseService(service: Service, record: ServiceRecord, around: ServiceSurroundings): void {
  const { allow, deny } = record;
  const schedule = scheduleText(record, around);
  if (service.schedule !== schedule) service.scheduler = createScheduler(record, around);
  service.schedule = schedule;
  service.record = record;
  service.persistence = record.persistence && persistenceOf(service, record.persistence);
  service.clients = allow.length + deny.length > 0 ? createClientList(allow, deny) : undefined;
  service.timeouts = createTimeouts(around.settings.timeouts, record.timeouts);
  service.sources = (record.sourceAddresses ?? []).map(addressWords);
}

function persistenceOf(
  service: Service,
  { timeout, prefix, mask, engine }: NonNullable<ServiceRecord["persistence"]>,
): Persistence {
  const words = service.address.length;
  return {
    timeout: Math.round(Math.min(timeout, LONGEST_SECONDS) * TICKS_PER_SECOND),
    mask: mask === undefined ? maskWords(words, prefix ?? 32 * words) : addressWords(mask),
    engine,
  };
}

/** Equal text, equal scheduler. */
function scheduleText(record: ServiceRecord, { settings }: ServiceSurroundings): string {
  const { scheduler, schedulerFlags } = record;
  const hasCache = scheduler === "lblc" || scheduler === "lblcr";
  return [scheduler, ...schedulerFlags.toSorted(), hasCache ? settings.cacheSeconds : ""].join(" ");
}

function createScheduler(record: ServiceRecord, around: ServiceSurroundings): Scheduler<Destination> {
  return SCHEDULERS[record.scheduler]<Destination>({
    fallback: record.schedulerFlags.includes("fallback"),
    port: record.schedulerFlags.includes("port"),
    cacheSeconds: around.settings.cacheSeconds,
    random: (below) => around.random(below),
  });
}

/** Nothing yet. */
const noTotals = (): DestinationTotals => ({
  connections: 0,
  inPackets: 0,
  inBytes: 0,
  outPackets: 0,
  outBytes: 0,
});

/** Add to a sum what another destination has had. Returns the sum. */
export function addTotals(sum: DestinationTotals, of: Readonly<DestinationTotals>): DestinationTotals {
  sum.connections += of.connections;
  sum.inPackets += of.inPackets;
  sum.inBytes += of.inBytes;
  sum.outPackets += of.outPackets;
  sum.outBytes += of.outBytes;
  return sum;
}

/** A destination that has had nothing yet. */
export function createDestination(service: ServiceRecord, record: DestinationRecord): Destination {
  return {
    id: record.id,
    serviceId: service.id,
    record,
    address: addressWords(record.address),
    port: swapPort(record.port ?? service.port),
    method: methodOf(service, record),
    tunnel: tunnelOf(service, record),
    weight: record.weight,
    lastWeight: record.weight,
    active: 0,
    inactive: 0,
    persistent: 0,
    upperThreshold: 0,
    lowerThreshold: 0,
    overloaded: false,
    isConfigured: true,
    isDown: false,
    totals: noTotals(),
  };
}

type MethodNumber = (typeof METHOD_NUMBERS)[keyof typeof METHOD_NUMBERS];

/** Forwarding method of a destination: its own, or its service's. */
export const methodOf = (service: ServiceRecord, d: DestinationRecord): MethodNumber =>
  METHOD_NUMBERS[d.method ?? service.method];

/** The tunnel to a destination: its own, or its service's; undefined for other methods. */
export function tunnelOf(service: ServiceRecord, d: DestinationRecord): Tunnel | undefined {
  if (methodOf(service, d) !== METHOD_NUMBERS.tunnel) return undefined;
  const { type, port, checksum } = d.tunnel ?? service.tunnel ?? { type: "ipip", port: 0, checksum: "none" };
  const address = parseAddress(d.address)!;
  return { address, type: TUNNEL_NUMBERS[type], flags: TUNNEL_FLAGS[checksum], port: port ?? 0 };
}

/** Bytes that a tunnel to `address` (text) adds to each packet. */
export function tunnelOverhead(address: string, { type, checksum }: TunnelSpec): number {
  return overheadOf({ family: familyOf(address), type: TUNNEL_NUMBERS[type], flags: TUNNEL_FLAGS[checksum] });
}

const TUNNEL_FLAGS = { none: 0, full: TUNNEL_FLAG.checksum, remote: TUNNEL_FLAG.remoteChecksum } as const;

/** Set the effective weight. Returns whether it changed. */
export function setWeight(d: Destination, weight: number): boolean {
  const isChanged = d.weight !== weight;
  d.weight = weight;
  if (weight > 0) d.lastWeight = weight;
  return isChanged;
}

/** A document's address, which its schema has checked, as words. */
export function addressWords(address: string): Uint32Array {
  const bytes = parseAddress(address);
  if (!bytes) throw new Error(`invariant: "${address}" in a document is no address`);
  return wordsOf(bytes);
}
