/** What a change of the document does, for people: the differences, and what becomes of connections. Pure. */
import type { ServiceStatus } from "@tandem/engine/client";
import { type DocumentChange, type DocumentSpec, documentChanges } from "@tandem/model";
import { addFates, connectionFates, type Fates, formatFates, sumFates } from "./connection-fates.ts";
import { formatCount, formatPlural, type Paint, type Tone, wrap } from "./format.ts";

/** A difference, and what becomes of connections by it on the node that was asked. */
export interface PlannedChange extends DocumentChange {
  /** Of the destination, or of those of the service's that have no difference of their own; absent where it has none to have, or nobody can count. */
  readonly connections?: Fates;
}

/** Every difference between two documents, with what becomes of the connections that `services` has now: each counts once. */
export function planChanges(
  before: DocumentSpec,
  after: DocumentSpec,
  services: readonly ServiceStatus[],
): PlannedChange[] {
  const changes = documentChanges(before, after);
  const changed = new Set(changes.map(({ what }) => what));
  const fates = connectionFates(before, after, services);
  const byLine = Map.groupBy(fates, ({ service, destination }) =>
    changed.has(destination) ? destination : service,
  );
  return changes.map((change) => {
    const met = byLine.get(change.what);
    return met ? { ...change, connections: sumFates(met) } : change;
  });
}

const TONES: Record<DocumentChange["kind"], Tone> = { "+": "good", "-": "bad", "~": "warn" };

/** One line each, indented, wrapped to the paint's width. */
export function formatPlan(changes: readonly PlannedChange[], paint: Paint): string {
  return changes
    .map(({ kind, what, how, connections }) => {
      const line = `  ${paint(TONES[kind], kind)} ${what}${how && `: ${how}`}`;
      const fate = connections ? paint("faint", ` (${formatFates(connections)})`) : "";
      return wrap(`${line}${fate}`, paint.width, INDENT);
    })
    .join("");
}

/** Of the lines that a difference goes on in, characters. */
const INDENT = 6;

/** How a plan begins: `2 changes; connections: 12 reset, 3 kept`. */
export function formatPlanTitle(changes: readonly PlannedChange[]): string {
  const sum = addFates(changes.flatMap(({ connections }) => (connections ? [connections] : [])));
  const parts = Object.entries(sum).map(([fate, n]) => `${formatCount(n)} ${fate}`);
  const title = formatPlural(changes.length, "change");
  return parts.length === 0 ? title : `${title}; connections: ${parts.join(", ")}`;
}
