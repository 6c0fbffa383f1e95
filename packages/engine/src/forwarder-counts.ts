/** What a forwarder counts, put together from who counts it. */
import { sumTraffic } from "./core/report/census.ts";
import { addTotals } from "./core/services/service.ts";
import type { Destination, DestinationTotals, ServiceTable } from "./core/services/service-table.ts";
import type { ConnectionTable } from "./core/table/connection-table.ts";
import type { Reason } from "./core/verdict.ts";
import type { DestinationCounts, ServiceCounts } from "./forwarder-protocol.ts";

/** Counts of all services that run, and of their destinations, removed ones among them that still have connections. Reads every record. */
export function countServices(table: ConnectionTable, services: ServiceTable): ServiceCounts[] {
  const sums = sumTraffic(table, services);
  const others = Map.groupBy(services.destinations, (d) => (d.isConfigured ? undefined : d.serviceId));
  return Array.from(services.services, (s) => {
    const known = [...s.destinations, ...(others.get(s.id) ?? [])];
    const destinations = known.map((d) => destinationCounts(d, sums.get(d.id)!));
    return { serviceId: s.id, ...destinations.reduce(addTotals, { ...s.departed }), destinations };
  });
}

const destinationCounts = (d: Destination, traffic: DestinationTotals): DestinationCounts => ({
  destinationId: d.id,
  effectiveWeight: d.weight,
  activeConnections: d.active,
  inactiveConnections: d.inactive,
  persistentConnections: d.persistent,
  isOverloaded: d.overloaded,
  removed: d.isConfigured ? undefined : d.record,
  ...traffic,
});

/** Sums by reason: one may be the fast path's and the core's. */
export function addCounts(
  a: ReadonlyMap<Reason, number>,
  b: ReadonlyMap<Reason, number>,
): Map<Reason, number> {
  const sums = new Map(a);
  for (const [reason, count] of b) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return sums;
}
