/** What one document changes about another, for people. Pure. */
import { familyOf } from "./address.ts";
import type { DocumentSpec } from "./config.ts";
import { TunnelSpec } from "./destination-spec.ts";
import { destinationKey, type ServiceSpec, serviceKey } from "./service-spec.ts";

/** One difference: `+` added, `-` removed, `~` changed. */
export interface DocumentChange {
  readonly kind: "+" | "-" | "~";
  /** Key of the service or destination, a mark rule, or `settings`; `order` when only the order of a list differs. */
  readonly what: string;
  /** For `~`: what differs, such as `weight 1 → 3`; else empty. */
  readonly how: string;
}

/** Everything that a document says, by its key, in document order. */
type Entries = Map<string, Entry>;
type Fields = Readonly<Record<string, unknown>>;

/** What a document says of one thing. */
interface Entry {
  readonly fields: Fields;
  /** What fields mean that are left out. */
  readonly unsaid?: Fields;
  /** Fields that mean nothing here, whatever they were. */
  readonly idle?: ReadonlySet<string>;
}

/**
 * Every difference between what two documents mean: what was added or changed in the new one's order, then what is gone. Equal documents have none, nor have
 * two of which one says what the other leaves to a default.
 */
export function documentChanges(before: DocumentSpec, after: DocumentSpec): DocumentChange[] {
  const both = new Set(before.services).intersection(new Set(after.services));
  const old = entriesOf(before, both);
  const now = entriesOf(after, both);
  const changed = [...now].flatMap(([what, is]): DocumentChange[] => {
    const was = old.get(what);
    if (!was) return [{ kind: "+", what, how: "" }];
    const how = changesBetween(was, is).join(", ");
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

/** All differences in a few words: the only one, what all of them have in common, or how many of each kind. Empty if there are none. */
export function summarizeChanges(changes: readonly DocumentChange[]): string {
  const [only, ...more] = changes;
  if (!only) return "";
  const one = describeChange(only);
  if (more.length === 0 && one.length <= MAX_SUMMARY) return one;
  const alike = `${changes.length} changed: ${only.how}`; // a drain, say, in every service
  const areAlike = more.length > 0 && only.kind === "~" && more.every(({ how }) => how === only.how);
  if (areAlike && alike.length <= MAX_SUMMARY) return alike;
  const kinds = Object.keys(VERBS) as DocumentChange["kind"][];
  const counts = kinds.map((kind) => [changes.filter((c) => c.kind === kind).length, VERBS[kind]] as const);
  return counts
    .filter(([n]) => n > 0)
    .map(([n, verb]) => `${n} ${verb}`)
    .join(", ");
}

/** @param both services that stand in both documents, the same objects: all of them is one entry */
function entriesOf(document: DocumentSpec, both: ReadonlySet<ServiceSpec>): Entries {
  const entries: Entries = new Map([["settings", { fields: document.settings }]]);
  for (const rule of document.marks) entries.set(`rule ${formatValue(rule)}`, { fields: {} });
  for (const service of document.services) {
    if (both.has(service)) {
      entries.set(serviceKey(service), { fields: service });
      continue;
    }
    entries.set(serviceKey(service), serviceEntry(service));
    const { port, method, tunnel = IPIP } = service;
    const unsaid = { port, method, tunnel };
    for (const d of service.destinations) entries.set(destinationKey(service, d), { fields: d, unsaid });
  }
  return entries;
}

const IPIP = TunnelSpec.parse({});
const ALL_BITS = { 4: 32, 6: 128 } as const;

/** Method and tunnel of a service are for destinations that name none: where all do, they mean nothing. */
function serviceEntry({ destinations, ...service }: ServiceSpec): Entry {
  const isEmpty = destinations.length === 0;
  const isMethodMeant = isEmpty || destinations.some((d) => d.method === undefined);
  const isTunnelMeant =
    isEmpty || destinations.some((d) => (d.method ?? service.method) === "tunnel" && d.tunnel === undefined);
  const idle = [...(isMethodMeant ? [] : ["method"]), ...(isTunnelMeant ? [] : ["tunnel"])];
  return { fields: withoutWholePrefix(service), idle: new Set(idle) };
}

/** A prefix of all bits is as good as none. */
function withoutWholePrefix(service: Omit<ServiceSpec, "destinations">): Fields {
  const { persistence, address } = service;
  if (persistence?.prefix !== ALL_BITS[familyOf(address)]) return service;
  const { prefix: _, ...rest } = persistence;
  return { ...service, persistence: rest };
}

function changesBetween(was: Entry, is: Entry): string[] {
  if (was.fields === is.fields) return [];
  const idle = is.idle ?? NONE;
  return changesWithin(meantBeside(was, is, idle), meantBeside(is, was, idle), "");
}

const NONE: ReadonlySet<string> = new Set();

/** What an entry means where it or the other one says something: what neither says is the same. */
function meantBeside({ fields, unsaid = {} }: Entry, other: Entry, idle: ReadonlySet<string>): Fields {
  const heard = Object.entries(unsaid).filter(([name]) => other.fields[name] !== undefined);
  const said = Object.entries(fields).filter(([name, value]) => value !== undefined && !idle.has(name));
  return Object.fromEntries([...heard, ...said]);
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
