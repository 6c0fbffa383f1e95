/** One upcall carried out: decided, its flows queued, its packet queued for injection. The caller flushes after the batch: flows, then packets. */
import type { DataPlane, Upcall } from "../dataplane/dataplane.ts";
import type { Connections } from "./connections.ts";
import { createDecider, type Decision } from "./decide.ts";
import type { ServiceTable } from "./service-table.ts";

/** A handler for `DataPlane.drainUpcalls`. It returns the decision, reused, for whoever counts reasons. */
export function createSlowPath(
  dataplane: Pick<DataPlane, "now" | "inject">,
  connections: Connections,
  services: ServiceTable,
): (upcall: Upcall) => Readonly<Decision> {
  const decide = createDecider(connections, services);
  return (upcall) => {
    const decision = decide(upcall, dataplane.now());
    if (decision.inject) dataplane.inject(decision.inject, upcall, decision.index);
    return decision;
  };
}
