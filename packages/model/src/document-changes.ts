/** What one document changes about another, for people. Pure. */
import type { DocumentSpec } from "./config.ts";
import { destinationKey, type ServiceSpec, serviceKey } from "./service-spec.ts";

/** One difference: `+` added, `-` removed, `~` changed. */
export interface DocumentChange {
  readonly kind: "+" | "-" | "~";
  /** Key of the service or destination, a mark rule, or `settings`; `order` when only the order of a list differs. */
  readonly what: string;
  /** For `~`: what differs, such as `weight 1 → 3`; else empty. */
  readonly how: string;
}

/** Fields of everything that a document says, by its key, in document order. */
type Entries = Map<string, Fields>;
type Fields = Readonly<Record<string, unknown>>;

/** Every difference between two documents: what was added or changed in the new one's order, then what is gone. Equal documents have none. */
export function documentChanges(before: DocumentSpec, after: DocumentSpec): DocumentChange[] {
  const both = new Set(before.services).intersection(new Set(after.services));
  const old = entriesOf(before, both);
  const now = entriesOf(after, both);
  const changed = [...now].flatMap(([what, fields]): DocumentChange[] => {
    const was = old.get(what);
    if (!was) return [{ kind: "+", what, how: "" }];
    if (was === fields) return [];
    const how = changesWithin(was, fields, "").join(", ");
    return how === "" ? [] : [{ kind: "~", what, how }];
  });
  const gone = [...old.keys()].filter((what) => !now.has(what));
  const moved = isReordered(old, now)
    ? [{ kind: "~" as const, what: "order", how: "listed differently" }]
    : [];
  return [...changed, ...moved, ...gone.map((what) => ({ kind: "-" as const, what, how: "" }))];
}

/** One difference in words: `~ tcp 192.0.2.1:80: scheduler wlc → rr`. */
export const describeChange = ({ kind, what, how }: DocumentChange): string =>
  `${kind} ${what}${how && `: ${how}`}`;

const VERBS: Record<DocumentChange["kind"], string> = { "+": "added", "~": "changed", "-": "removed" };
/** Longest summary, characters. */
const MAX_SUMMARY = 160;

/** All differences in a few words: the only one, or how many of each kind. Empty if there are none. */
export function summarizeChanges(changes: readonly DocumentChange[]): string {
  const [only, ...more] = changes;
  if (!only) return "";
  const one = describeChange(only);
  if (more.length === 0 && one.length <= MAX_SUMMARY) return one;
  const kinds = Object.keys(VERBS) as DocumentChange["kind"][];
  const counts = kinds.map((kind) => [changes.filter((c) => c.kind === kind).length, VERBS[kind]] as const);
  return counts
    .filter(([n]) => n > 0)
    .map(([n, verb]) => `${n} ${verb}`)
    .join(", ");
}

/** @param both services that stand in both documents, the same objects: all of them is one entry */
function entriesOf(document: DocumentSpec, both: ReadonlySet<ServiceSpec>): Entries {
  const entries: Entries = new Map([["settings", document.settings]]);
  for (const rule of document.marks) entries.set(`rule ${formatValue(rule)}`, {});
  for (const service of document.services) {
    if (both.has(service)) {
      entries.set(serviceKey(service), service);
      continue;
    }
    const { destinations, ...fields } = service;
    entries.set(serviceKey(service), fields);
    for (const d of destinations) entries.set(destinationKey(service, d), d);
  }
  return entries;
}

/** Fields within fields are told by their path, such as `check.interval 2 → 5`. */
function changesWithin(before: Fields, after: Fields, at: string): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (isFields(was) && isFields(is)) return changesWithin(was, is, `${at}${name}.`);
    const [old, now] = [formatValue(was), formatValue(is)];
    return old === now ? [] : [`${at}${name} ${old} → ${now}`];
  });
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `3`, `wlc`, `none`; a check as `{type http, interval 2, …}`. */
function formatValue(value: unknown): string {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value).filter(([, v]) => v !== undefined);
  return `{${fields.map(([name, v]) => `${name} ${formatValue(v)}`).join(", ")}}`;
}

/** Whether what both have stands in another order. */
function isReordered(old: Entries, now: Entries): boolean {
  const kept = [...now.keys()].filter((what) => old.has(what));
  const was = [...old.keys()].filter((what) => now.has(what));
  return kept.some((what, i) => what !== was[i]);
}
