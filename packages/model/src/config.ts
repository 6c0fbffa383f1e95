/**
 * The configuration document: what operators write (`DocumentSpec`) and what the cluster keeps (`Document`: the same with
 * ids and a revision). Reading files and finding lines is the caller's business.
 */
import { z } from "zod";
import { canonicalAddress, familyOf, formatEndpoint } from "./address.ts";

const address = z
  .string()
  .refine((text) => canonicalAddress(text) !== undefined, { error: "wanted an IPv4 or IPv6 address" })
  .transform((text) => canonicalAddress(text)!);
const port = z.int().min(1).max(65535);
const seconds = (min: number, max: number) => z.number().min(min).max(max);

/** Schedulers that a service can name; each has a file in the engine. */
export const SCHEDULER_NAMES = ["rr", "wrr", "lc", "wlc"] as const;
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];

const probe = {
  /** Seconds between two checks of one destination. */
  interval: seconds(0.1, 3600).default(2),
  /** Seconds after which an unanswered check has failed. */
  timeout: seconds(0.05, 300).default(1),
  /** Good results in a row that bring a destination up. */
  rise: z.int().min(1).max(100).default(2),
  /** Bad results in a row that take it down. */
  fall: z.int().min(1).max(100).default(3),
  /** Port to check; the destination's own port if absent. */
  port: port.optional(),
};
const httpStatus = z.int().min(100).max(599);

/** How the destinations of a service are checked. Times in seconds, as operators write them. */
export const CheckSpec = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("tcp"), ...probe }),
  z.strictObject({
    type: z.literal("http"),
    ...probe,
    path: z
      .string()
      .regex(/^\/\S*$/, "wanted a path that starts with /")
      .default("/"),
    host: z.string().min(1).optional(),
    /** Status codes that mean healthy. */
    status: z.array(httpStatus).min(1).default([200]),
  }),
]);
export type CheckSpec = z.infer<typeof CheckSpec>;

/** A real server of one service, as an operator wants it. */
export const DestinationSpec = z.strictObject({
  address,
  /** Absent: the service's port. */
  port: port.optional(),
  /** 0 quiesces: established connections go on, new ones avoid it. */
  weight: z.int().min(0).max(65535).default(1),
  /** Absent: the service's method. */
  method: z.enum(["masquerade", "direct-route"]).optional(),
  /** Being taken out of service: effective weight 0 whatever `weight` says, so that undoing it brings the weight back. */
  drain: z.boolean().default(false),
});
export type DestinationSpec = z.infer<typeof DestinationSpec>;

/** A virtual service, as an operator wants it. */
export const ServiceSpec = z.strictObject({
  protocol: z.enum(["tcp", "udp"]),
  address,
  port,
  scheduler: z.enum(SCHEDULER_NAMES).default("wlc"),
  method: z.enum(["masquerade", "direct-route"]).default("masquerade"),
  check: CheckSpec.optional(),
  destinations: z.array(DestinationSpec).default([]),
});
export type ServiceSpec = z.infer<typeof ServiceSpec>;

/** What an operator writes. Order of destinations is listing order: the kernel's own, newest first. */
export const DocumentSpec = z
  .strictObject({ version: z.literal(1), services: z.array(ServiceSpec).default([]) })
  .superRefine(checkDocument);
export type DocumentSpec = z.infer<typeof DocumentSpec>;

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
  readonly services: readonly ServiceRecord[];
}

/** The document before anybody wrote one: revision 0. */
export const EMPTY_DOCUMENT: Document = { version: 1, revision: 0, nextId: 1, retired: {}, services: [] };

/** Key of a service: `tcp 192.0.2.1:80`. Unique within a document. */
export function serviceKey(s: { protocol: string; address: string; port: number }): string {
  return `${s.protocol} ${formatEndpoint(s.address, s.port)}`;
}

/** Key of a destination within its service: `tcp 192.0.2.1:80 -> 10.0.0.1:8080`. Unique within a document. */
export function destinationKey(s: ServiceSpec | ServiceRecord, d: DestinationSpec): string {
  return `${serviceKey(s)} -> ${formatEndpoint(d.address, d.port ?? s.port)}`;
}

function checkDocument(d: { services: ServiceSpec[] }, ctx: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) =>
    ctx.addIssue({ code: "custom", path, message });
  const seen = new Set<string>();
  for (const [i, s] of d.services.entries()) {
    const key = serviceKey(s);
    if (seen.has(key)) refuse(["services", i], `service "${key}" stands here twice, wanted once`);
    seen.add(key);
    for (const [j, dest] of s.destinations.entries()) {
      const at = ["services", i, "destinations", j];
      const dkey = destinationKey(s, dest);
      if (seen.has(dkey)) refuse(at, `destination "${dkey}" stands here twice, wanted once`);
      seen.add(dkey);
      if (familyOf(dest.address) !== familyOf(s.address)) {
        refuse(
          [...at, "address"],
          `"${dest.address}" is IPv${familyOf(dest.address)}, wanted IPv${familyOf(s.address)} as the service`,
        );
      }
      const method = dest.method ?? s.method;
      if (method === "direct-route" && dest.port !== undefined && dest.port !== s.port) {
        refuse(
          [...at, "port"],
          `port is ${dest.port}, wanted ${s.port}: direct route does not change the port`,
        );
      }
    }
  }
}

/**
 * Turn a specification into the next document: known keys keep their ids, retired ones get theirs back, new ones get fresh ids.
 *
 * @returns a new document with `revision` one above the current one. Never throws.
 */
export function reviseDocument(current: Document, spec: DocumentSpec): Document {
  const ids = new Map<string, Id>(Object.entries(current.retired));
  for (const s of current.services) {
    ids.set(serviceKey(s), s.id);
    for (const d of s.destinations) ids.set(destinationKey(s, d), d.id);
  }
  let nextId = current.nextId;
  const take = (key: string): Id => {
    const id = ids.get(key) ?? nextId++;
    ids.delete(key);
    return id;
  };
  const services = spec.services.map((s) => ({
    ...s,
    id: take(serviceKey(s)),
    destinations: s.destinations.map((d) => ({ ...d, id: take(destinationKey(s, d)) })),
  }));
  return { version: 1, revision: current.revision + 1, nextId, retired: Object.fromEntries(ids), services };
}

/** The specification inside a document, ids taken away: what `tandem apply` would have to read to get it again. */
export function specOf(document: Document): DocumentSpec {
  const withoutId = <T extends { id: Id }>({ id: _, ...rest }: T) => rest;
  return {
    version: 1,
    services: document.services.map((s) => ({
      ...withoutId(s),
      destinations: s.destinations.map(withoutId),
    })),
  };
}

/** Schema of a stored document, for what comes back from disk or from the cluster's store. */
export const DocumentSchema = z.strictObject({
  version: z.literal(1),
  revision: z.int().min(0),
  nextId: z.int().min(1),
  retired: z.record(z.string(), z.int().min(1)),
  services: z.array(
    ServiceSpec.extend({
      id: z.int().min(1),
      destinations: z.array(DestinationSpec.extend({ id: z.int().min(1) })),
    }),
  ),
});
