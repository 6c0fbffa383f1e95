/** The table that listings show, put together of the document and of what the node counts. Pure. */
import type { DestinationStatus, ServiceStatus, Traffic } from "@tandem/engine";
import {
  type DestinationSpec,
  destinationKey,
  familyOf,
  type ServiceSpec,
  serviceKey,
  TunnelSpec,
} from "@tandem/model";
import type { ServiceTarget } from "./command.ts";
import type { ListedServer, ListedService } from "./list/table.ts";

const NOTHING: Traffic = { connections: 0, inPackets: 0, inBytes: 0, outPackets: 0, outBytes: 0 };

/**
 * Services of a document as listings know them. The document decides what there is, so that a command sees what the one before it did; what has not come into
 * force yet has no counters. Destinations that are gone are not listed, as in the kernel: their connections are.
 */
export function tableOf(
  services: readonly ServiceSpec[],
  running: readonly ServiceStatus[],
): ListedService[] {
  const statuses = new Map(running.map((s) => [serviceKey(s), s]));
  return services.map((s) => {
    const status = statuses.get(serviceKey(s));
    const servers = new Map(status?.destinations.map((d) => [destinationKey(s, d), d]));
    return {
      target: targetOf(s),
      scheduler: s.scheduler,
      schedulerFlags: s.schedulerFlags,
      unusedFlags: s.unusedFlags ?? [],
      persistence: s.persistence,
      engine: s.persistence?.engine ?? s.unusedEngine,
      onePacket: s.onePacket,
      traffic: status?.traffic ?? NOTHING,
      rates: status?.rates ?? NOTHING,
      servers: s.destinations.map((d) => serverOf(s, d, servers.get(destinationKey(s, d)))),
    };
  });
}

function targetOf(s: ServiceSpec): ServiceTarget {
  if (s.mark !== undefined) return { mark: s.mark, family: familyOf(s.address) };
  if (s.protocol === "any") throw new Error("invariant: a service without a mark has a protocol");
  return { protocol: s.protocol, address: s.address, port: s.port };
}

function serverOf(s: ServiceSpec, d: DestinationSpec, status: DestinationStatus | undefined): ListedServer {
  const method = d.listedAs ?? d.method ?? s.method;
  return {
    address: d.address,
    port: d.port ?? s.port,
    method,
    configuredWeight: d.weight,
    effectiveWeight: effectiveWeight(d, status),
    tunnel: method === "tunnel" ? (d.tunnel ?? s.tunnel ?? TunnelSpec.parse({})) : undefined,
    upperThreshold: d.upperThreshold,
    lowerThreshold: d.lowerThreshold,
    activeConnections: status?.activeConnections ?? 0,
    inactiveConnections: status?.inactiveConnections ?? 0,
    persistentConnections: status?.persistentConnections ?? 0,
    traffic: status?.traffic ?? NOTHING,
    rates: status?.rates ?? NOTHING,
  };
}

/** What runs says what health made of a weight, unless the weight has changed since: then that is not known yet. */
function effectiveWeight(d: DestinationSpec, status: DestinationStatus | undefined): number {
  if (d.drain) return 0;
  const isCurrent = status && !status.removed && status.configuredWeight === d.weight;
  return isCurrent ? status.effectiveWeight : d.weight;
}
