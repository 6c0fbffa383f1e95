/** Ports of real servers that no packet gets: the kernel tells real servers apart by them, and lists them. */
import type { DestinationSpec, ServiceSpec } from "@tandem/model";
import type { ServerSettings, ServerTarget } from "./command.ts";

type Around = Pick<ServiceSpec, "port" | "persistence">;

/** Whether packets keep a port of their own instead of this one: all but masqueraded ones do, and those of whom stays for a service of every port or a mark. */
export const isPortUnused = (
  { port }: Pick<ServerTarget, "port">,
  method: ServerSettings["method"],
  service: Around,
): boolean =>
  port !== service.port &&
  (method !== "masquerade" || (service.port === 0 && service.persistence !== undefined));

/** Real servers of a service that has become another one: where a port has lost its meaning, it is known by how it is listed. */
export const withUnusedPorts = (
  destinations: readonly DestinationSpec[],
  service: Around & Pick<ServiceSpec, "method">,
): DestinationSpec[] =>
  destinations.map((d) => {
    const method = d.method ?? service.method;
    return method === "masquerade" && isPortUnused({ port: d.port ?? service.port }, method, service)
      ? { ...d, method, listedAs: method }
      : d;
  });
