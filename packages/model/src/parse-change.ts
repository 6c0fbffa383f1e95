/** Reading a document that follows a sound one: what both share is not read again, so that a change costs what it changes. */
import { checkOneService } from "./check-document.ts";
import { DocumentSpec } from "./config.ts";
import { MAX_DESTINATIONS } from "./destination-spec.ts";
import { MAX_CLIENT_PREFIXES, type ServiceSpec, serviceKey, virtualAddressesOf } from "./service-spec.ts";

type Read = ReturnType<typeof DocumentSpec.safeParse>;

/**
 * What `DocumentSpec.safeParse` makes of a document, given one that it has made already. Services that stand in both (the same objects) are kept as they are.
 *
 * @returns the very same result, errors with their places included. Never throws.
 */
export function parseChange(before: DocumentSpec, after: DocumentSpec): Read {
  const known = new Set(before.services);
  const changed = after.services.filter((s) => !known.has(s));
  const read = DocumentSpec.safeParse({ ...after, services: changed });
  if (!read.success) return DocumentSpec.safeParse(after); // for the places of what is wrong
  const fresh = read.data.services.values();
  const services = after.services.map((s) => (known.has(s) ? s : fresh.next().value!));
  const document = { ...read.data, services };
  return isSoundTogether(before, document, known)
    ? { ...read, data: document }
    : DocumentSpec.safeParse(after);
}

/** Whether services that are sound in themselves may stand beside each other. */
function isSoundTogether(before: DocumentSpec, { services }: DocumentSpec, known: ReadonlySet<ServiceSpec>) {
  if (new Set(services.map(serviceKey)).size < services.length) return false;
  if (sum(services, (s) => s.destinations.length) > MAX_DESTINATIONS) return false;
  if (sum(services, (s) => s.allow.length + s.deny.length) > MAX_CLIENT_PREFIXES) return false;
  const virtual = virtualAddressesOf(services);
  const added = virtual.difference(virtualAddressesOf(before.services));
  return services.every((s) => {
    if (known.has(s) && !hasAddressIn(s, added)) return true;
    let isSound = true;
    checkOneService(s, virtual, () => {
      isSound = false;
    });
    return isSound;
  });
}

/** Rules of a service look at other services' addresses only to find its own addresses among them. */
const hasAddressIn = (s: ServiceSpec, virtual: ReadonlySet<string>): boolean =>
  virtual.size > 0 &&
  (s.destinations.some((d) => virtual.has(d.address)) ||
    (s.sourceAddresses ?? []).some((address) => virtual.has(address)));

const sum = <T>(all: readonly T[], of: (each: T) => number): number =>
  all.reduce((n, each) => n + of(each), 0);
