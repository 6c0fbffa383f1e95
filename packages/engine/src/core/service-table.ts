/** Services and destinations as they run: found by endpoint and by id, with effective weights, counts and schedulers. */
import {
  type Document,
  familyOf,
  METHOD_NUMBERS,
  PROTOCOL_NUMBERS,
  parseAddress,
  type ServiceRecord,
} from "@tandem/model";
import { FLOW_PORTS, FLOW_PROTOCOL } from "../packet/parse.ts";
import { addressToWords, swapPort } from "../packet/words.ts";
import { SCHEDULERS } from "../schedulers/registry.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import { ENDPOINT_WORDS, type EndpointParts, writeEndpoint } from "./endpoint.ts";
import { createWordMap } from "./word-map.ts";

/** One destination of one service, running. Words and ports are as they stand in packets. */
export interface Destination {
  readonly id: number;
  readonly serviceId: number;
  readonly address: Uint32Array;
  readonly port: number;
  /** `METHOD_NUMBERS`: of connections made from now on. */
  method: number;
  /** Effective weight: what the scheduler sees. */
  weight: number;
  active: number;
  inactive: number;
  readonly overloaded: boolean;
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

/** One virtual service, running. */
export interface Service {
  readonly id: number;
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly address: Uint32Array;
  readonly port: number;
  scheduler: Scheduler<Destination>;
  destinations: readonly Destination[];
}

/** Effective weights by destination id; one that is not named has its configured weight. */
export type Weights = ReadonlyMap<number, number>;

/** Services and destinations; one thread owns them. */
export interface ServiceTable {
  readonly services: Iterable<Service>;
  service(id: number): Service | undefined;
  /** A destination that is configured, or was and still has connections. */
  destination(id: number): Destination | undefined;
  /** The service that a client's packet with this flow key is for. */
  find(family: 4 | 6, key: Uint32Array): Service | undefined;
  /** Run this document: what stays keeps its counts and its scheduler's position. */
  commit(document: Document, weights: Weights): void;
  /** Replace the effective weights. */
  setWeights(weights: Weights): void;
  /** Forget a destination that is not configured, once its last connection is gone. */
  forgetIfUnused(destination: Destination): void;
}

/** An empty table. */
export function createServiceTable(): ServiceTable {
  const byId = new Map<number, Service>();
  const destinations = new Map<number, Destination>();
  const byEndpoint = createWordMap<Service>(ENDPOINT_WORDS);
  const configured = new Map<number, number>(); // destination id → configured weight
  const endpoint = new Uint32Array(ENDPOINT_WORDS);
  const parts: EndpointParts = { family: 4, from: endpoint, at: 0, port: 0, protocol: 0 };

  function commitService(record: ServiceRecord, weights: Weights): Service {
    const service = byId.get(record.id) ?? createService(record);
    const before = service.destinations.map((d) => d.weight);
    const after = record.destinations.map((d) => {
      configured.set(d.id, d.weight);
      const destination = destinations.get(d.id) ?? createDestination(record, d);
      destination.method = METHOD_NUMBERS[d.method ?? record.method];
      destination.weight = weights.get(d.id) ?? d.weight;
      return destination;
    });
    const isUnchanged =
      after.length === before.length &&
      after.every((d, i) => d === service.destinations[i] && d.weight === before[i]);
    service.destinations = after;
    if (service.scheduler.name !== record.scheduler) {
      service.scheduler = SCHEDULERS[record.scheduler]<Destination>();
      service.scheduler.update(after);
    } else if (!isUnchanged) service.scheduler.update(after);
    return service;
  }

  function forgetIfUnused(d: Destination): void {
    if (!configured.has(d.id) && d.active + d.inactive === 0) destinations.delete(d.id);
  }

  return {
    get services() {
      return byId.values();
    },
    service: (id) => byId.get(id),
    destination: (id) => destinations.get(id),
    find(family, key) {
      parts.family = family;
      parts.from = key;
      parts.at = family === 4 ? 1 : 4;
      parts.port = key[FLOW_PORTS[family]]! >>> 16;
      parts.protocol = key[FLOW_PROTOCOL[family]]!;
      writeEndpoint(endpoint, parts);
      return byEndpoint.get(endpoint);
    },
    commit(document, weights) {
      configured.clear();
      const services = document.services.map((record) => commitService(record, weights));
      byId.clear();
      byEndpoint.clear();
      for (const service of services) {
        byId.set(service.id, service);
        writeEndpoint(endpoint, { ...service, from: service.address, at: 0 });
        byEndpoint.set(endpoint, service);
        for (const d of service.destinations) destinations.set(d.id, d);
      }
      for (const d of [...destinations.values()]) forgetIfUnused(d);
    },
    setWeights(weights) {
      for (const service of byId.values()) {
        let isChanged = false;
        for (const d of service.destinations) {
          const weight = weights.get(d.id) ?? configured.get(d.id)!;
          isChanged ||= weight !== d.weight;
          d.weight = weight;
        }
        if (isChanged) service.scheduler.update(service.destinations);
      }
    },
    forgetIfUnused,
  };
}

function createService(record: ServiceRecord): Service {
  return {
    id: record.id,
    family: familyOf(record.address),
    protocol: PROTOCOL_NUMBERS[record.protocol],
    address: addressWords(record.address),
    port: swapPort(record.port),
    scheduler: SCHEDULERS[record.scheduler]<Destination>(),
    destinations: [],
  };
}

function createDestination(
  service: ServiceRecord,
  record: ServiceRecord["destinations"][number],
): Destination {
  return {
    id: record.id,
    serviceId: service.id,
    address: addressWords(record.address),
    port: swapPort(record.port ?? service.port),
    method: METHOD_NUMBERS.masquerade,
    weight: 0,
    active: 0,
    inactive: 0,
    overloaded: false,
    totals: { connections: 0, inPackets: 0, inBytes: 0, outPackets: 0, outBytes: 0 },
  };
}

/** A document's address, which its schema has checked, as words. */
export function addressWords(address: string): Uint32Array {
  const bytes = parseAddress(address);
  if (!bytes) throw new Error(`invariant: "${address}" in a document is no address`);
  const words = new Uint32Array(bytes.length / 4);
  addressToWords(bytes, words.length, words);
  return words;
}
