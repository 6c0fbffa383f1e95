/**
 * The configuration document: what operators write (`DocumentSpec`) and what the cluster keeps (`Document`: the same with
 * ids and a revision). Reading files and finding lines is the caller's business.
 */
import { z } from "zod";
import { checkDocument, MAX_SERVICES } from "./check-document.ts";
import { DestinationSpec } from "./destination-spec.ts";
import { documentOrder } from "./document-order.ts";
import { wanted } from "./field.ts";
import { MAX_MARK_RULES, MarkRuleSpec } from "./mark-spec.ts";
import { withProfile } from "./profile.ts";
import { destinationKey, ServiceSpec, serviceKey } from "./service-spec.ts";
import { DEFAULT_SETTINGS, SettingsSpec } from "./settings-spec.ts";

const servicesLimit = wanted(`at most ${MAX_SERVICES} services`);

const documentFields = z.strictObject({
  version: z.literal(1).describe("Version of the document's format."),
  settings: SettingsSpec.prefault({}).describe("Settings of the whole cluster."),
  marks: z
    .array(MarkRuleSpec)
    .max(MAX_MARK_RULES, wanted(`at most ${MAX_MARK_RULES} rules`))
    .default([])
    .describe("Rules that give packets a firewall mark; the first that matches counts."),
  services: z.array(ServiceSpec).max(MAX_SERVICES, servicesLimit).default([]).describe("Virtual services."),
});

/**
 * What an operator writes. It comes out with every default filled in, those of its profile too. Order of destinations is listing order: the kernel's own,
 * newest first.
 */
export const DocumentSpec = z.preprocess(
  withProfile,
  documentFields.superRefine(
    (document, context) => {
      const { issues } = context;
      checkDocument(document, [...issues], (path, message) =>
        context.addIssue({ code: "custom", path: [...path], message }),
      );
      issues.sort(documentOrder(document));
    },
    { when: () => true },
  ),
);
export type DocumentSpec = z.infer<typeof documentFields>;

/** A numeric id is given once and never reused, so that connection records can name what they belong to (1..2^31-1). */
export type Id = number;
/** A destination with its id. */
export type DestinationRecord = DestinationSpec & { readonly id: Id };
/** A service with its id. */
export type ServiceRecord = Omit<ServiceSpec, "destinations"> & {
  readonly id: Id;
  readonly destinations: readonly DestinationRecord[];
};

/** What the cluster keeps. `retired` holds the ids of what was removed, by key, so that it gets its id back when it returns. */
export interface Document {
  readonly version: 1;
  readonly revision: number;
  readonly nextId: Id;
  readonly retired: Readonly<Record<string, Id>>;
  readonly settings: SettingsSpec;
  readonly marks: readonly MarkRuleSpec[];
  readonly services: readonly ServiceRecord[];
}

/** The document before anybody wrote one: revision 0. */
export const EMPTY_DOCUMENT: Document = {
  version: 1,
  revision: 0,
  nextId: 1,
  retired: {},
  settings: DEFAULT_SETTINGS,
  marks: [],
  services: [],
};

/** Which specification a record has, and which record a specification came from: what a change leaves alone stays the same object, so that a change costs what it changes. */
const specs = new WeakMap<ServiceRecord, ServiceSpec>();
const records = new WeakMap<ServiceSpec, ServiceRecord>();

/**
 * Turn a specification into the next document: known keys keep their ids, retired ones get theirs back, new ones get fresh ids. Services that come from
 * `specOf(current)` as they were keep their records.
 *
 * @returns a new document with `revision` one above the current one. Never throws.
 */
export function reviseDocument(current: Document, spec: DocumentSpec): Document {
  const own = new Set(current.services);
  const kept = new Set(spec.services.map((s) => records.get(s)).filter((r) => r && own.has(r)));
  const ids = new Map<string, Id>(Object.entries(current.retired));
  for (const s of current.services) {
    if (kept.has(s)) continue;
    ids.set(serviceKey(s), s.id);
    for (const d of s.destinations) ids.set(destinationKey(s, d), d.id);
  }
  let nextId = current.nextId;
  const take = (key: string): Id => {
    const id = ids.get(key) ?? nextId++;
    ids.delete(key);
    return id;
  };
  const services = spec.services.map((s): ServiceRecord => {
    const record = records.get(s);
    if (record && kept.has(record)) return record;
    return {
      ...s,
      id: take(serviceKey(s)),
      destinations: s.destinations.map((d) => ({ ...d, id: take(destinationKey(s, d)) })),
    };
  });
  const { settings, marks } = spec;
  const retired = Object.fromEntries(ids);
  return { version: 1, revision: current.revision + 1, nextId, retired, settings, marks, services };
}

/** The specification inside a document, ids taken away: what `tandem apply` would have to read to get it again. Its services are shared with other calls, and frozen. */
export function specOf(document: Document): DocumentSpec {
  return {
    version: 1,
    settings: document.settings,
    marks: [...document.marks],
    services: document.services.map(specOfService),
  };
}

function specOfService(record: ServiceRecord): ServiceSpec {
  const known = specs.get(record);
  if (known) return known;
  const withoutId = <T extends { id: Id }>({ id: _, ...rest }: T) => rest;
  const destinations = record.destinations.map((d) => Object.freeze(withoutId(d)));
  Object.freeze(destinations); // shared by all who ask: a change is a new object
  const spec = Object.freeze({ ...withoutId(record), destinations });
  specs.set(record, spec);
  records.set(spec, record);
  return spec;
}

/** Schema of a stored document, for what comes back from disk or from the cluster's store. */
export const DocumentSchema = z.strictObject({
  version: z.literal(1),
  revision: z.int().min(0),
  nextId: z.int().min(1),
  retired: z.record(z.string(), z.int().min(1)),
  settings: SettingsSpec.prefault({}),
  marks: z.array(MarkRuleSpec).default([]),
  services: z.array(
    ServiceSpec.extend({
      id: z.int().min(1),
      destinations: z.array(DestinationSpec.extend({ id: z.int().min(1) })),
    }),
  ),
});
