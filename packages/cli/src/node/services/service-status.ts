/** A running service for the API: what its document says, what the forwarder counts, what health believes. Pure. */
import type {
  Answer,
  DestinationCounts,
  DestinationStatus,
  ServiceCounts,
  ServiceStatus,
  Traffic,
} from "@tandem/engine";
import type { DestinationHealth } from "@tandem/health";
import { type DestinationRecord, type ServiceRecord, TunnelSpec } from "@tandem/model";
import { formatPlural } from "../../tandem/format.ts";

/** What is known besides the records: counts by service id, health by destination id, rates by both. */
export interface Known {
  readonly counts: ReadonlyMap<number, ServiceCounts>;
  readonly rates: Answer<"rates">;
  readonly health: ReadonlyMap<number, DestinationHealth>;
}

type Rates = NonNullable<ReturnType<Answer<"rates">["get"]>>;

/** Put it together. Never throws. */
export function serviceStatus(s: ServiceRecord, known: Known): ServiceStatus {
  const destinations = destinationsOf(s, known);
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
    traffic: trafficOf(known.counts.get(s.id)),
    rates: ratesOf(known.rates.get(s.id)),
    destinations,
  };
}

/** Those of the document, then those that only connections remember. */
function destinationsOf(s: ServiceRecord, known: Known): DestinationStatus[] {
  const counts = new Map(known.counts.get(s.id)?.destinations.map((c) => [c.destinationId, c]));
  const configured = s.destinations.map((d) => {
    const c = counts.get(d.id);
    counts.delete(d.id); // whatever it says: one that was removed may have come back since it was counted
    return destinationStatus(s, { record: d, counts: c }, known);
  });
  const removed = [...counts.values()].flatMap((c) =>
    c.removed ? removedStatus(s, { record: c.removed, counts: c }, known) : [],
  );
  return [...configured, ...removed];
}

interface Counted<Counts extends DestinationCounts | undefined = DestinationCounts | undefined> {
  readonly record: DestinationRecord;
  readonly counts: Counts;
}

function destinationStatus(
  s: ServiceRecord,
  { record: d, counts: c }: Counted,
  known: Known,
): DestinationStatus {
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
    removed: false,
    traffic: trafficOf(c),
    rates: ratesOf(known.rates.get(d.id)),
  };
}

/** Nothing new goes there, and nobody checks it. */
function removedStatus(
  s: ServiceRecord,
  { record, counts }: Counted<DestinationCounts>,
  known: Known,
): DestinationStatus {
  const weightless = { ...record, weight: 0, upperThreshold: 0, lowerThreshold: 0 };
  return {
    ...destinationStatus(s, { record: weightless, counts }, known),
    effectiveWeight: 0,
    why: `removed, ${whatIsLeft(counts)}`,
    health: "unchecked",
    overloaded: false,
    held: s.whenRemoved === "drop",
    removed: true,
  };
}

function whatIsLeft(c: DestinationCounts): string {
  const connections = c.activeConnections + c.inactiveConnections;
  return connections === 0 && c.persistentConnections > 0
    ? formatPlural(c.persistentConnections, "template")
    : formatPlural(connections, "connection");
}

function trafficOf(c: Traffic | undefined): Traffic {
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
