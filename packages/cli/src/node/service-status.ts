/** A running service for the API: what its document says, what the forwarder counts, what health believes. Pure. */
import type { Answer, DestinationCounts, DestinationStatus, ServiceStatus, Traffic } from "@tandem/engine";
import type { DestinationHealth } from "@tandem/health";
import { type DestinationRecord, type ServiceRecord, TunnelSpec } from "@tandem/model";

/** What is known of destinations besides their records, by their ids; rates by those of services, too. */
export interface Known {
  readonly counts: ReadonlyMap<number, DestinationCounts>;
  readonly rates: Answer<"rates">;
  readonly health: ReadonlyMap<number, DestinationHealth>;
}

type Rates = NonNullable<ReturnType<Answer<"rates">["get"]>>;

/** Put it together. Never throws. */
export function serviceStatus(s: ServiceRecord, known: Known): ServiceStatus {
  const destinations = s.destinations.map((d) => destinationStatus(s, d, known));
  const { id, protocol, address, port, mark, scheduler, schedulerFlags, persistence, onePacket, helper } = s;
  return {
    id,
    protocol,
    address,
    port,
    ...(mark !== undefined && { mark }),
    scheduler,
    schedulerFlags,
    ...(persistence && { persistence }),
    onePacket,
    ...(helper !== undefined && { helper }),
    traffic: destinations.map((d) => d.traffic).reduce(addTraffic, trafficOf(undefined)),
    rates: ratesOf(known.rates.get(s.id)),
    destinations,
  };
}

function destinationStatus(s: ServiceRecord, d: DestinationRecord, known: Known): DestinationStatus {
  const c = known.counts.get(d.id);
  const h = known.health.get(d.id);
  const method = d.method ?? s.method;
  return {
    id: d.id,
    address: d.address,
    port: d.port ?? s.port,
    method,
    ...(method === "tunnel" && { tunnel: d.tunnel ?? s.tunnel ?? TunnelSpec.parse({}) }),
    configuredWeight: d.weight,
    effectiveWeight: c?.effectiveWeight ?? 0,
    why: d.drain ? "drained" : (h?.why ?? ""),
    health: h?.isChecked ? (h.up ? "up" : "down") : "unchecked",
    activeConnections: c?.activeConnections ?? 0,
    inactiveConnections: c?.inactiveConnections ?? 0,
    persistentConnections: c?.persistentConnections ?? 0,
    upperThreshold: d.upperThreshold,
    lowerThreshold: d.lowerThreshold,
    overloaded: c?.isOverloaded ?? false,
    held: h?.up === false && s.whenDown === "drop",
    traffic: trafficOf(c),
    rates: ratesOf(known.rates.get(d.id)),
  };
}

function trafficOf(c: DestinationCounts | undefined): Traffic {
  const { connections = 0, inPackets = 0, inBytes = 0, outPackets = 0, outBytes = 0 } = c ?? {};
  return { connections, inPackets, inBytes, outPackets, outBytes };
}

function ratesOf(r: Rates | undefined): Traffic {
  return {
    connections: r?.connectionsPerSecond ?? 0,
    inPackets: r?.inPacketsPerSecond ?? 0,
    inBytes: r?.inBytesPerSecond ?? 0,
    outPackets: r?.outPacketsPerSecond ?? 0,
    outBytes: r?.outBytesPerSecond ?? 0,
  };
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
