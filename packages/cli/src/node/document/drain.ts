/** Draining as an edit of the document. */
import type { DrainRequest, NodeApi } from "@tandem/engine";
import { type DocumentSpec, destinationKey, formatEndpoint, LbError, serviceKey } from "@tandem/model";
import type { Drafting } from "./apply-document.ts";
import { editDocument } from "./edit-document.ts";

/** Drain what a request names, or bring it back. Fails as `NodeApi.drain`. */
export async function drain(
  drafting: Drafting,
  { author, ...request }: DrainRequest,
): ReturnType<NodeApi["drain"]> {
  let destinations: string[] = [];
  const edit = (current: DocumentSpec): DocumentSpec => {
    const edited = drainDestinations(current, request);
    ({ destinations } = edited);
    return edited.spec;
  };
  const { revision } = await editDocument(drafting, edit, { author });
  return { revision, destinations };
}

/**
 * Set or clear `drain` on the destinations that a request names. Pure.
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
