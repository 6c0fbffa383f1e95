/** What a change of the document does, for people: the differences, and the connections that they touch. Pure. */
import type { ServiceStatus } from "@tandem/engine/client";
import {
  type DocumentChange,
  type DocumentSpec,
  destinationKey,
  documentChanges,
  serviceKey,
} from "@tandem/model";
import { formatPlural, type Paint, type Tone } from "./format.ts";

/** A difference, and how many connections it touches on the node that was asked. */
export interface PlannedChange extends DocumentChange {
  /** Of the destination, or of all the service's; absent where nothing that runs is changed. */
  readonly connections?: number;
  /** What becomes of them; absent where they just go on. */
  readonly fate?: Fate;
}

/** `whenRemoved`, as a document says it. */
type Fate = DocumentSpec["services"][number]["whenRemoved"];

const FATES: Record<Fate, string> = {
  keep: "go on",
  drop: "are not answered until it returns",
  expire: "are forgotten",
  reset: "are reset",
};

/** Every difference between two documents, with the connections that `services` has now. */
export function planChanges(
  before: DocumentSpec,
  after: DocumentSpec,
  services: readonly ServiceStatus[],
): PlannedChange[] {
  const counts = connectionsByKey(services);
  const fates = fatesByKey(before);
  return documentChanges(before, after).map((change) => {
    const connections = change.kind === "+" ? undefined : counts.get(change.what);
    if (!connections) return change;
    const fate = change.kind === "-" ? fates.get(change.what) : undefined;
    return { ...change, connections, ...(fate && { fate }) };
  });
}

/** Of services and of their destinations. */
function connectionsByKey(services: readonly ServiceStatus[]): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (key: string, n: number) => counts.set(key, (counts.get(key) ?? 0) + n);
  for (const service of services)
    for (const d of service.destinations) {
      const n = d.activeConnections + d.inactiveConnections;
      add(serviceKey(service), n);
      add(destinationKey(service, d), n);
    }
  return counts;
}

/** What becomes of the connections of destinations when these are removed. */
function fatesByKey({ services }: DocumentSpec): Map<string, Fate> {
  return new Map(
    services.flatMap((s) => s.destinations.map((d) => [destinationKey(s, d), s.whenRemoved] as const)),
  );
}

const TONES: Record<DocumentChange["kind"], Tone> = { "+": "good", "-": "bad", "~": "warn" };

/** One line each, indented. */
export function formatPlan(changes: readonly PlannedChange[], paint: Paint): string {
  return changes
    .map(({ kind, what, how, ...touched }) => {
      const line = `  ${paint(TONES[kind], kind)} ${what}${how && `: ${how}`}`;
      return `${line}${paint("faint", formatTouched(touched))}\n`;
    })
    .join("");
}

function formatTouched({ connections, fate }: Pick<PlannedChange, "connections" | "fate">): string {
  if (connections === undefined) return "";
  return ` (${formatPlural(connections, "connection")}${fate ? ` ${FATES[fate]}` : ""})`;
}

/** How many connections a plan touches: each one once, with its destination. */
export function touchedConnections(changes: readonly PlannedChange[]): number {
  const services = new Set(changes.filter(isService).map(({ what }) => what));
  const counted = changes.filter((c) => isService(c) || !services.has(c.what.split(" -> ")[0]!));
  return counted.reduce((sum, { connections = 0 }) => sum + connections, 0);
}

const isService = ({ what, connections }: PlannedChange): boolean =>
  connections !== undefined && !what.includes(" -> ");
