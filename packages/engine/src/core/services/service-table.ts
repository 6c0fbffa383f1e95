/** Services and destinations found by endpoint, firewall mark and id; documents and weights become what runs. */
import { DEFAULT_SETTINGS, type Document, type ServiceRecord, type SettingsSpec } from "@tandem/model";
import { FLOW_PORTS, FLOW_PROTOCOL, IP_PROTOCOL } from "../../packet/parse.ts";
import { swapPort } from "../../packet/words.ts";
import { createWordMap } from "../word-map.ts";
import { ENDPOINT_WORDS, type EndpointParts, writeEndpoint } from "./endpoint.ts";
import {
  addTotals,
  createDestination,
  createService,
  type Destination,
  type Fate,
  reviseService,
  type Service,
  setWeight,
} from "./service.ts";
import { setThresholds } from "./thresholds.ts";

export { addressWords, type Destination, type DestinationTotals, type Service } from "./service.ts";

/** Effective weights by destination id; one that is not named has its configured weight. */
export type Weights = ReadonlyMap<number, number>;

/** What health says. */
export interface Health {
  readonly weights: Weights;
  /** Ids of destinations that their checks have taken down; not those that are drained or weigh nothing. */
  readonly down: ReadonlySet<number>;
}

/** Services and destinations; one thread owns them. */
export interface ServiceTable {
  /** Those of the document. */
  readonly services: Iterable<Service>;
  /** Those that are configured, or were and still have connections. */
  readonly destinations: Iterable<Destination>;
  readonly settings: SettingsSpec;
  /** A service that is configured, or was and still has connections. */
  service(id: number): Service | undefined;
  /** A destination that is configured, or was and still has connections. */
  destination(id: number): Destination | undefined;
  /** The service that a client's packet with this flow key and firewall mark (0: none) is for, looked up as docs/packet-path.md says (7). */
  find(family: 4 | 6, key: Uint32Array, mark: number): Service | undefined;
  /** What is to become of the connections of a destination now. */
  fateOf(destination: Destination): Fate;
  /** Run this document: what stays keeps its counts and its scheduler's position. */
  commit(document: Document, health: Health): void;
  /** Replace what health says. Returns whether connections may have met another fate. */
  setHealth(health: Health): boolean;
  /** Forget a destination that is not configured, once its last connection is gone; what it had becomes its service's. */
  forgetIfUnused(destination: Destination): void;
}

/** An empty table. `random` is the schedulers' chance. */
export function createServiceTable(random: (below: number) => number): ServiceTable {
  let settings = DEFAULT_SETTINGS;
  let configured: readonly Service[] = [];
  /** Configured or not, while there are destinations of theirs to know. */
  const services = new Map<number, Service>();
  const destinations = new Map<number, Destination>();
  const weights = new Map<number, number>(); // configured ones, by destination id
  const byEndpoint = createWordMap<Service>(ENDPOINT_WORDS);
  const byMark = { 4: new Map<number, Service>(), 6: new Map<number, Service>() };
  const endpoint = new Uint32Array(ENDPOINT_WORDS);
  const parts: EndpointParts = { family: 4, from: endpoint, at: 0, port: 0, protocol: 0 };

  function at(port: number): Service | undefined {
    parts.port = port;
    writeEndpoint(endpoint, parts);
    return byEndpoint.get(endpoint);
  }

  function findByEndpoint(family: 4 | 6, key: Uint32Array): Service | undefined {
    const port = key[FLOW_PORTS[family]]! >>> 16;
    parts.family = family;
    parts.from = key;
    parts.at = family === 4 ? 1 : 4;
    parts.protocol = key[FLOW_PROTOCOL[family]]!;
    return at(port) ?? (mayBeFtpData(parts.protocol, port) ? ftpService() : undefined) ?? at(0);
  }

  function ftpService(): Service | undefined {
    const service = at(FTP_PORT);
    return service && isFtpGroup(service.record) ? service : undefined;
  }

  /** A service that is configured as it was; weights may be others. */
  function recommitService(service: Service, health: Health): Service {
    let isChanged = false;
    for (const d of service.destinations) {
      weights.set(d.id, d.record.weight);
      d.isConfigured = true;
      d.isDown = health.down.has(d.id);
      isChanged = setWeight(d, health.weights.get(d.id) ?? d.record.weight) || isChanged;
    }
    if (isChanged) service.scheduler.update(service.destinations);
    return service;
  }

  function commitService(record: ServiceRecord, health: Health): Service {
    const around = { settings, random };
    const service = services.get(record.id) ?? createService(record, around);
    services.set(record.id, service);
    const { scheduler } = service;
    reviseService(service, record, around);
    const before = service.destinations.map((d) => d.weight);
    const after = record.destinations.map((d) => commitDestination(record, d, health));
    const isSameList = after.length === before.length && after.every((d, i) => d === service.destinations[i]);
    const isUnchanged = isSameList && after.every((d, i) => d.weight === before[i]);
    service.destinations = after;
    if (service.scheduler !== scheduler || !isUnchanged) service.scheduler.update(after);
    return service;
  }

  function commitDestination(
    service: ServiceRecord,
    record: ServiceRecord["destinations"][number],
    health: Health,
  ): Destination {
    const fresh = createDestination(service, record);
    const d = destinations.get(record.id) ?? fresh;
    destinations.set(d.id, d);
    weights.set(d.id, record.weight);
    d.record = record;
    d.method = fresh.method;
    d.tunnel = fresh.tunnel;
    d.isConfigured = true;
    d.isDown = health.down.has(d.id);
    setWeight(d, health.weights.get(d.id) ?? record.weight);
    setThresholds(d, record.upperThreshold, record.lowerThreshold);
    return d;
  }

  function forgetIfUnused(d: Destination): void {
    const isUsed = d.isConfigured || d.active + d.inactive + d.persistent > 0;
    if (isUsed || !destinations.delete(d.id)) return;
    addTotals(services.get(d.serviceId)!.departed, d.totals);
  }

  /** Forget what neither stands in the document nor has connections. */
  function forgetGone(): void {
    for (const d of [...destinations.values()]) forgetIfUnused(d);
    const inUse = new Set(destinations.values().map((d) => d.serviceId));
    for (const service of configured) inUse.add(service.id);
    for (const id of [...services.keys()]) if (!inUse.has(id)) services.delete(id);
  }

  function index(service: Service): void {
    if (service.mark !== 0) {
      byMark[service.family].set(service.mark, service);
      return;
    }
    writeEndpoint(endpoint, { ...service, from: service.address, at: 0 });
    byEndpoint.set(endpoint, service);
  }

  return {
    get services() {
      return configured;
    },
    get destinations() {
      return destinations.values();
    },
    get settings() {
      return settings;
    },
    service: (id) => services.get(id),
    destination: (id) => destinations.get(id),
    find: (family, key, mark) =>
      (mark === 0 ? undefined : byMark[family].get(mark)) ?? findByEndpoint(family, key),
    fateOf(d) {
      if (d.isConfigured && !d.isDown) return "keep";
      const record = services.get(d.serviceId)?.record;
      return (d.isConfigured ? record?.whenDown : record?.whenRemoved) ?? "keep";
    },
    commit(document, health) {
      const isSame = JSON.stringify(document.settings) === JSON.stringify(settings);
      settings = document.settings;
      for (const d of destinations.values()) d.isConfigured = false;
      weights.clear();
      configured = document.services.map((record) => {
        const known = services.get(record.id);
        return isSame && known?.record === record
          ? recommitService(known, health)
          : commitService(record, health);
      });
      byEndpoint.clear();
      byMark[4].clear();
      byMark[6].clear();
      for (const service of configured) index(service);
      forgetGone();
    },
    setHealth(health) {
      let isFateful = false;
      for (const service of configured) {
        let isChanged = false;
        for (const d of service.destinations) {
          const isDown = health.down.has(d.id);
          isFateful ||= isDown !== d.isDown && service.record.whenDown !== "keep";
          d.isDown = isDown;
          isChanged = setWeight(d, health.weights.get(d.id) ?? weights.get(d.id)!) || isChanged;
        }
        if (isChanged) service.scheduler.update(service.destinations);
      }
      return isFateful;
    },
    forgetIfUnused,
  };
}

const FTP_PORT = swapPort(21);
const FTP_DATA_PORT = swapPort(20);

/** Port 20, or an unprivileged one. */
const mayBeFtpData = (protocol: number, port: number): boolean =>
  protocol === IP_PROTOCOL.tcp && (port === FTP_DATA_PORT || swapPort(port) > 1023);

/**
 * Whether port 20 and the unprivileged ports of the address go where the service's port 21 goes: persistence takes a client's data connections to
 * the destination of its control connection. Without it they are not the service's (Linux 6.1 `ip_vs_schedule`).
 */
export const isFtpGroup = (record: ServiceRecord): boolean =>
  record.protocol === "tcp" && record.port === 21 && record.persistence !== undefined;
