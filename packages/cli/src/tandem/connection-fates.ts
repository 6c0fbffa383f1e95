/** What a change of the document does to the connections that there are. Pure. */
import type { DestinationStatus, ServiceStatus } from "@tandem/engine/client";
import {
  type DestinationSpec,
  type DocumentSpec,
  destinationKey,
  type ServiceSpec,
  serviceKey,
} from "@tandem/model";
import { formatPlural } from "./format.ts";

/** What becomes of a connection, and how a plan says it: `12 connections kept`. */
export const FATES = {
  kept: "kept",
  filtered: "kept, but for those of clients that are no longer served: they end",
  drained: "drained: they go on until they end, nothing new comes",
  held: "held: unanswered while their destination is away",
  forgotten: "ended, without a word to either end",
  reset: "ended, and both ends are told",
} as const;
export type ConnectionFate = keyof typeof FATES;

/** Connections by what becomes of them. */
export type Fates = Readonly<Partial<Record<ConnectionFate, number>>>;

/** The connections of one destination. */
export interface DestinationFate {
  /** Key of the service, and of the destination. */
  readonly service: string;
  readonly destination: string;
  readonly fate: ConnectionFate;
  readonly connections: number;
}

type Policy = ServiceSpec["whenRemoved"];

const OF_REMOVED: Record<Policy, ConnectionFate> = {
  keep: "drained",
  drop: "held",
  expire: "forgotten",
  reset: "reset",
};
const OF_DOWN: Record<Policy, ConnectionFate> = { ...OF_REMOVED, keep: "kept" };

/** What becomes of the connections that `services` counts, by destination. One that was removed before counts if it is treated differently now. */
export function connectionFates(
  before: DocumentSpec,
  after: DocumentSpec,
  services: readonly ServiceStatus[],
): DestinationFate[] {
  const [was, is] = [placesOf(before), placesOf(after)];
  return services.flatMap((running) => {
    const service = serviceKey(running);
    return running.destinations.flatMap((d) => {
      const destination = destinationKey(running, d);
      const place = (at: Places) => ({ service: at.services.get(service), own: at.own.get(destination) });
      const fate = fateOf(d, place(was), place(is));
      const connections = d.activeConnections + d.inactiveConnections;
      return fate ? [{ service, destination, fate, connections }] : [];
    });
  });
}

/** Services and destinations of a document by key. */
interface Places {
  readonly services: ReadonlyMap<string, ServiceSpec>;
  readonly own: ReadonlyMap<string, DestinationSpec>;
}

const placesOf = ({ services }: DocumentSpec): Places => ({
  services: new Map(services.map((s) => [serviceKey(s), s])),
  own: new Map(services.flatMap((s) => s.destinations.map((d) => [destinationKey(s, d), d] as const))),
});

/** A destination and its service in a document, as far as they are in it. */
interface Place {
  readonly service: ServiceSpec | undefined;
  readonly own: DestinationSpec | undefined;
}

/** As the core judges (`gone.ts`): the policy of what runs afterwards counts, and of a service that is gone its last one. Undefined: the change has nothing to do with it. */
function fateOf({ health }: DestinationStatus, was: Place, is: Place): ConnectionFate | undefined {
  if (!is.service || !is.own) return fateOfRemoved(was, is);
  const whileDown = health === "down" ? OF_DOWN[is.service.whenDown] : "kept";
  if (whileDown !== "kept") return whileDown;
  if (was.service && isFilteredAnew(was.service, is.service)) return "filtered";
  return was.own && !isQuiesced(was.own) && isQuiesced(is.own) ? "drained" : "kept";
}

function fateOfRemoved(was: Place, is: Place): ConnectionFate | undefined {
  const whenRemoved = (is.service ?? was.service)?.whenRemoved;
  if (whenRemoved === undefined || (!was.own && whenRemoved === was.service?.whenRemoved)) return undefined;
  return OF_REMOVED[whenRemoved];
}

const isQuiesced = ({ drain, weight }: DestinationSpec): boolean => drain || weight === 0;

const isFilteredAnew = (was: ServiceSpec, { allow, deny }: ServiceSpec): boolean =>
  allow.length + deny.length > 0 && (was.allow.join() !== allow.join() || was.deny.join() !== deny.join());

/** Worst first: as plans tell them. */
const NAMES = (Object.keys(FATES) as ConnectionFate[]).reverse();

/** How many meet which fate. */
export const sumFates = (all: readonly DestinationFate[]): Fates =>
  addFates(all.map(({ fate, connections }) => ({ [fate]: connections })));

/** All of them together, what is worst first. */
export function addFates(all: readonly Fates[]): Fates {
  const sums = NAMES.map((name) => [name, all.reduce((n, fates) => n + (fates[name] ?? 0), 0)] as const);
  return Object.fromEntries(sums.filter(([, n]) => n > 0));
}

/** `no connections`, `12 connections kept`, `1 connection ended, and both ends are told; 3 connections kept`. */
export function formatFates(fates: Fates): string {
  const parts = NAMES.filter((name) => fates[name]).map(
    (name) => `${formatPlural(fates[name]!, "connection")} ${FATES[name]}`,
  );
  return parts.join("; ") || "no connections";
}
