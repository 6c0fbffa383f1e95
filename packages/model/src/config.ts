/**
 * The configuration document: what operators write (`DocumentSpec`) and what the cluster keeps (`Document`: the same with
 * ids and a revision). Reading files and finding lines is the caller's business.
 */
import { z } from "zod";
import { familyOf, formatEndpoint } from "./address.ts";
import { ipAddress, patternText, portNumber, seconds, wanted, wholeNumber } from "./field.ts";

/** Schedulers by the name that documents use. */
export const SCHEDULER_NAMES = ["rr", "wrr", "lc", "wlc"] as const;
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];

const probe = {
  interval: seconds(0.1, 3600).default(2).describe("Seconds between two checks of one destination."),
  timeout: seconds(0.05, 300).default(1).describe("Seconds after which an unanswered check has failed."),
  rise: wholeNumber(1, 100).default(2).describe("Good results in a row that bring a destination up."),
  fall: wholeNumber(1, 100).default(3).describe("Bad results in a row that take a destination down."),
  port: portNumber.optional().describe("Port to check; the destination's own port if absent."),
};

/** How the destinations of a service are checked. */
export const CheckSpec = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("tcp"), ...probe }),
  z.strictObject({
    type: z.literal("http"),
    ...probe,
    path: patternText(/^\/[\x21-\x7e]*$/, "a path that starts with /, without spaces")
      .default("/")
      .describe("Path to ask for."),
    host: patternText(/^[\x21-\x7e]+$/, "a host name, without spaces")
      .optional()
      .describe("Host header to send; the checked address and port if absent."),
    status: z
      .array(wholeNumber(100, 599))
      .min(1, wanted("at least one status code"))
      .default([200])
      .describe("Status codes that mean healthy."),
  }),
]);
export type CheckSpec = z.infer<typeof CheckSpec>;

const method = z.enum(["masquerade", "direct-route"]);

/** One real server of a service. */
export const DestinationSpec = z.strictObject({
  address: ipAddress.describe("Address of the real server, of the service's family."),
  port: portNumber.optional().describe("Port of the real server; the service's port if absent."),
  weight: wholeNumber(0, 65535)
    .default(1)
    .describe("Share of new connections; 0 quiesces: established connections go on, new ones avoid it."),
  method: method.optional().describe("Forwarding method; the service's method if absent."),
  drain: z
    .boolean(wanted("true or false"))
    .default(false)
    .describe("Taken out of service: effective weight 0 whatever `weight` says, until undone."),
});
export type DestinationSpec = z.infer<typeof DestinationSpec>;

/** What the service maps of the fast path hold: every service with an address of its own, every destination of two entries. */
export const MAX_SERVICES = 32_768;
/** Most destinations, over all services. */
export const MAX_DESTINATIONS = 131_072;

const servicesLimit = wanted(`at most ${MAX_SERVICES} services`);
const destinationsLimit = wanted(`at most ${MAX_DESTINATIONS} destinations over all services`);

/** One virtual service. */
export const ServiceSpec = z.strictObject({
  protocol: z.enum(["tcp", "udp"]),
  address: ipAddress.describe("Virtual address that clients talk to."),
  port: portNumber.describe("Virtual port that clients talk to."),
  scheduler: z.enum(SCHEDULER_NAMES).default("wlc").describe("Picks the destination of a new connection."),
  method: method.default("masquerade").describe("Forwarding method of destinations that name none."),
  check: CheckSpec.optional().describe("Health check of every destination; without one they count as up."),
  destinations: z
    .array(DestinationSpec)
    .max(MAX_DESTINATIONS, destinationsLimit)
    .default([])
    .describe("Real servers, in listing order."),
});
export type ServiceSpec = z.infer<typeof ServiceSpec>;

/** What an operator writes. Order of destinations is listing order: the kernel's own, newest first. */
export const DocumentSpec = z
  .strictObject({
    version: z.literal(1).describe("Version of the document's format."),
    services: z.array(ServiceSpec).max(MAX_SERVICES, servicesLimit).default([]).describe("Virtual services."),
  })
  .superRefine(checkDocument, { when: () => true });
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

type Refuse = (path: readonly (string | number)[], message: string) => void;

/** Rules across fields. They look at every service that is well-formed in itself, so that one mistake does not hide the next. */
function checkDocument(d: { services: unknown } | null | undefined, ctx: z.RefinementCtx): void {
  const refuse: Refuse = (path, message) => ctx.addIssue({ code: "custom", path: [...path], message });
  const candidates = Array.isArray(d?.services) ? d.services : [];
  if (candidates.length > MAX_SERVICES) return; // said already, and each look costs the thread that beats for VRRP
  const seen = new Set<string>();
  let destinations = 0;
  for (const [i, candidate] of candidates.entries()) {
    const service = ServiceSpec.safeParse(candidate).data;
    if (!service) continue;
    destinations += service.destinations.length;
    const key = serviceKey(service);
    if (seen.has(key)) refuse(["services", i], `service "${key}" stands here twice, wanted once`);
    seen.add(key);
    checkDestinations(service, ["services", i, "destinations"], refuse);
  }
  if (destinations > MAX_DESTINATIONS) refuse(["services"], destinationsLimit.error);
}

function checkDestinations(s: ServiceSpec, at: readonly (string | number)[], refuse: Refuse): void {
  const seen = new Set<string>();
  for (const [i, d] of s.destinations.entries()) {
    const key = destinationKey(s, d);
    if (seen.has(key)) refuse([...at, i], `destination "${key}" stands here twice, wanted once`);
    seen.add(key);
    const [family, wantedFamily] = [familyOf(d.address), familyOf(s.address)];
    if (family !== wantedFamily) {
      refuse(
        [...at, i, "address"],
        `"${d.address}" is IPv${family}, wanted IPv${wantedFamily} as the service`,
      );
    }
    if ((d.method ?? s.method) === "direct-route" && (d.port ?? s.port) !== s.port) {
      refuse(
        [...at, i, "port"],
        `port is ${d.port}, wanted ${s.port}: direct route does not change the port`,
      );
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
