/** Where a recording's packets are played: which real server of the running document a connection belongs to, and how it gets there. */
import { setTimeout as delay } from "node:timers/promises";
import { type DocumentSpec, familyOf, formatEndpoint, specOf } from "@tandem/model";
import type { ServerKey, Sighted } from "./sightings.ts";
import type { World } from "./world.ts";

type Service = DocumentSpec["services"][number];

/** A real server of a service. */
export interface Place {
  readonly key: ServerKey;
  readonly service: Service;
  /** Its number among the service's. */
  readonly at: number;
  /** The server's answers pass the director. */
  readonly isTranslated: boolean;
}

/** All real servers of a document. */
export const placesOf = ({ services }: DocumentSpec): Place[] =>
  services.flatMap((service) =>
    service.destinations.map((d, at) => ({
      key: `${nameOf(service)} > ${formatEndpoint(d.address, d.port ?? service.port)}`,
      service,
      at,
      isTranslated: (d.method ?? service.method) === "masquerade",
    })),
  );

function nameOf(s: Service): string {
  if (s.mark !== undefined) return `FWM ${s.mark | 0}${familyOf(s.address) === 6 ? " IPv6" : ""}`;
  return `${s.protocol.toUpperCase()} ${formatEndpoint(s.address, s.port)}`;
}

const hostOf = (end: string): string => end.slice(0, end.lastIndexOf(":"));

/** The real server that a connection leads to: by its service's port, by a service for all ports, or by mark. */
export function placeOf(c: Sighted, places: readonly Place[]): Place | undefined {
  const own = places.filter(({ service, at }) => service.destinations[at]!.address === hostOf(c.destination));
  const isTo = ({ service: s }: Place, port: string) =>
    s.mark === undefined && s.protocol === c.protocol.toLowerCase() && c.virtual === `${s.address}:${port}`;
  const port = c.virtual.slice(c.virtual.lastIndexOf(":") + 1);
  return (
    own.find((place) => isTo(place, port) && place.service.port === Number(port)) ??
    own.find((place) => place.service.port === 0 && isTo(place, port)) ??
    own.find(({ service }) => service.mark !== undefined)
  );
}

/** Let new connections to these ends, by mark too, reach one real server alone while `act` runs; with `isLasting`, of a one-packet service too. */
export async function aimedAt(
  { service, at }: Place,
  { virtuals, isLasting }: { virtuals: readonly string[]; isLasting: boolean },
  world: World,
  act: () => Promise<void>,
): Promise<void> {
  const before = await world.api(async (node) => specOf(await node.document()));
  const only = service.destinations.map((d, i) => ({ ...d, weight: i === at ? Math.max(1, d.weight) : 0 }));
  const aimed = { destinations: only, ...(isLasting && { onePacket: false }) };
  const services = before.services.map((s) => (nameOf(s) === nameOf(service) ? { ...s, ...aimed } : s));
  const marks = [...before.marks, ...rulesFor(service, virtuals, before)];
  await apply({ ...before, services, marks }, world);
  await act();
  await apply({ ...before, marks }, world);
}

/** Rules that give packets to these addresses a service's mark. */
function rulesFor({ mark }: Service, virtuals: readonly string[], { marks }: DocumentSpec) {
  const known = new Set(marks.map((rule) => rule.destination));
  const nets = new Set(virtuals.map((end) => `${hostOf(end)}/${end.split(":").length > 2 ? 128 : 32}`));
  return mark === undefined
    ? []
    : [...nets].filter((net) => !known.has(net)).map((destination) => ({ mark, destination }));
}

async function apply(spec: DocumentSpec, world: World): Promise<void> {
  const { revision } = await world.api((node) => node.apply(spec, { author: "compat" }));
  while ((await world.api((node) => node.status())).revision !== revision) await delay(POLL_MS);
}

const POLL_MS = 20;
