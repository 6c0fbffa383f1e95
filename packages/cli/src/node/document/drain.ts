/** Draining as an edit of the document. Pure. */
import type { DrainRequest } from "@tandem/engine";
import { type DocumentSpec, destinationKey, formatEndpoint, LbError, serviceKey } from "@tandem/model";

/**
 * Set or clear `drain` on the destinations that a request names.
 *
 * @returns the edited specification and the keys of the destinations meant; of an undo, of those that were drained
 * @throws LbError not_found (service, or destination)
 */
export function drainDestinations(
  spec: DocumentSpec,
  request: Omit<DrainRequest, "author">,
): { spec: DocumentSpec; destinations: string[] } {
  const { service, undo } = request;
  if (service !== undefined && !spec.services.some((s) => serviceKey(s) === service)) {
    throw new LbError({ code: "not_found", what: "service", key: service });
  }
  const destinations: string[] = [];
  let isFound = false;
  const services = spec.services.map((s) => {
    if (service !== undefined && serviceKey(s) !== service) return s;
    return {
      ...s,
      destinations: s.destinations.map((d) => {
        const isMeant = [d.address, formatEndpoint(d.address, d.port ?? s.port)].includes(
          request.destination,
        );
        if (!isMeant) return d;
        isFound = true;
        if (undo && !d.drain) return d;
        destinations.push(destinationKey(s, d));
        return { ...d, drain: !undo };
      }),
    };
  });
  if (!isFound) {
    throw new LbError({ code: "not_found", what: "destination", key: request.destination });
  }
  return { spec: { ...spec, services }, destinations };
}
