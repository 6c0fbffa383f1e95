/** `DataPlane.program`: each change goes to the map that it is about. */
import type { DataPlane, ServiceChange } from "../dataplane.ts";
import type { ServiceMaps } from "./service-maps.ts";
import type { TunnelMap } from "./tunnel-map.ts";

/** What the fast path knows of services, whatever map it is in. */
export type Programming = Pick<DataPlane, "program" | "programmed">;

/** Programming of these maps. A tunnel is programmed though no route leads to its end yet. */
export function createProgramming(services: ServiceMaps, tunnels: TunnelMap): Programming {
  function apply(change: ServiceChange): void {
    if (change.kind === "set_tunnel") tunnels.set(change.destination, change.tunnel);
    else if (change.kind === "delete_tunnel") tunnels.delete(change.destination);
    else services.apply(change);
  }

  return {
    program(changes) {
      for (const change of changes) apply(change);
    },
    programmed: () => [
      ...services.programmed(),
      ...Array.from(
        tunnels.wanted(),
        ([destination, tunnel]): ServiceChange => ({ kind: "set_tunnel", destination, tunnel }),
      ),
    ],
  };
}
