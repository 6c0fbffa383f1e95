/** The services that run, with what they counted since the daemon started or adopted them. */
import type { Engine, ServiceStatus } from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import { serviceStatus } from "./service-status.ts";

/** Who knows of them. */
export interface ServiceSources {
  readonly engine: Engine;
  readonly monitor: Monitor;
}

/** Ask all who know. Rejects with `LbError` (unavailable) once the forwarder is gone. */
export async function readServices({ engine, monitor }: ServiceSources): Promise<ServiceStatus[]> {
  const [counted, rates] = await Promise.all([engine.ask("services", {}), engine.ask("rates", {})]);
  const counts = new Map(counted.map((s) => [s.serviceId, s]));
  const health = new Map(monitor.snapshot().map((h) => [h.destinationId, h]));
  return engine.document.services.map((s) => serviceStatus(s, { counts, rates, health }));
}
