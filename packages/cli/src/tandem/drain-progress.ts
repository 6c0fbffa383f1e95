/** How a drain gets on: what is left, how fast it becomes less, when it may be over. Pure. */
import type { ServiceStatus } from "@tandem/engine/client";
import { destinationKey, serviceKey } from "@tandem/model";
import { formatCount, formatDuration } from "./format.ts";

/** What destinations still have. */
export interface Remainder {
  /** Connections that may go on: of TCP and SCTP those that are not closing, of others all. */
  readonly left: number;
  /** Connections that are closing, which end by themselves within minutes and are not waited for. */
  readonly closing: number;
  /** Persistence templates. */
  readonly templates: number;
}

/** Of the destinations with these keys. */
export function remainderOf(services: readonly ServiceStatus[], keys: readonly string[]): Remainder {
  const sum = { left: 0, closing: 0, templates: 0 };
  for (const service of services)
    for (const d of service.destinations) {
      if (!keys.includes(destinationKey(service, d))) continue;
      const knowsEnds = service.protocol === "tcp" || service.protocol === "sctp";
      sum.left += d.activeConnections + (knowsEnds ? 0 : d.inactiveConnections);
      sum.closing += knowsEnds ? d.inactiveConnections : 0;
      sum.templates += d.persistentConnections;
    }
  return sum;
}

/** The two halves of a destination's key: the service's, and the real server's endpoint. */
export function partsOf(key: string): { service: string; destination: string } {
  const [service = "", destination = ""] = key.split(" -> ");
  return { service, destination };
}

/** How many were left when. */
export interface Sample {
  readonly atMs: number;
  readonly left: number;
}

/** How it gets on. */
export interface Pace {
  /** Fewer per second, over the last half minute; 0 and up. */
  readonly perSecond: number;
  /** Milliseconds until none are left, at this pace; undefined: it does not become less. */
  readonly endsInMs: number | undefined;
}

const WINDOW_MS = 30_000;

/** The pace of the latest samples; at least one. */
export function paceOf(samples: readonly Sample[]): Pace {
  const last = samples.at(-1)!;
  const first = samples.find(({ atMs }) => last.atMs - atMs <= WINDOW_MS)!;
  const fewer = Math.max(0, first.left - last.left);
  if (fewer === 0) return { perSecond: 0, endsInMs: last.left === 0 ? 0 : undefined };
  const perMs = fewer / (last.atMs - first.atMs);
  return { perSecond: perMs * 1000, endsInMs: last.left / perMs };
}

/** `1,234 of 4,013 connections left, 12.5/s fewer, about 1 min 39 s to go; 8 min until the deadline`. */
export function formatProgress(of: {
  left: number;
  began: number;
  pace: Pace;
  deadlineInMs: number | undefined;
}): string {
  const { left, began, pace, deadlineInMs } = of;
  const speed = pace.perSecond > 0 ? `, ${Number(pace.perSecond.toPrecision(3))}/s fewer` : "";
  const rest = pace.endsInMs ? `, about ${formatDuration(Math.ceil(pace.endsInMs / 1000) * 1000)} to go` : "";
  const deadline = deadlineInMs === undefined ? "" : `; ${formatDuration(deadlineInMs)} until the deadline`;
  return `${formatCount(left)} of ${formatCount(Math.max(began, left))} connections left${speed}${rest}${deadline}`;
}

/** Services among these that have persistent clients. */
export const persistentServices = (services: readonly ServiceStatus[], keys: readonly string[]): string[] =>
  services
    .filter((s) => s.persistence && s.destinations.some((d) => keys.includes(destinationKey(s, d))))
    .map(serviceKey);
