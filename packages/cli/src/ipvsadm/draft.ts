/** A document being edited: services and real servers by what the tool calls them, so that a command costs what it changes. */
import {
  type DestinationSpec,
  type DocumentSpec,
  formatEndpoint,
  type ServiceSpec,
  serviceKey,
  virtualAddressesOf,
} from "@tandem/model";

/** A document that commands change in place. Nobody sees it before it is `finished`. */
export interface Draft {
  settings: DocumentSpec["settings"];
  readonly services: Map<string, DraftService>;
  /** Services that are gone, but have again what only documents know of them if they come back. */
  former: ReadonlyMap<string, DraftService>;
  /** Addresses that clients talk to, with the number of services that have each. */
  readonly virtualAddresses: Map<string, number>;
  /** A document of its own, as it stands. */
  finished(): DocumentSpec;
}

/** A service being edited. */
export interface DraftService {
  spec: Omit<ServiceSpec, "destinations">;
  /** By `endKey`, the oldest first: documents have the newest first, as the kernel's list. */
  servers(): Map<string, DestinationSpec>;
  /** @param destinations in the document's order */
  replaceServers(destinations: readonly DestinationSpec[]): void;
  finished(): ServiceSpec;
}

/** Begin with a document, which stays as it is. */
export function createDraft(document: DocumentSpec): Draft {
  const services = new Map(document.services.map((s) => [serviceKey(s), createDraftService(s)]));
  const virtualAddresses = new Map<string, number>();
  const draft: Draft = {
    settings: document.settings,
    services,
    former: new Map(),
    virtualAddresses,
    finished: () => ({
      ...document,
      settings: draft.settings,
      services: [...services.values()].map((s) => s.finished()),
    }),
  };
  for (const s of document.services) countAddress(draft, s, 1);
  return draft;
}

/** Put a service in; its key must be free. */
export function addDraftService(draft: Draft, key: string, spec: ServiceSpec): void {
  draft.services.set(key, createDraftService(spec));
  countAddress(draft, spec, 1);
}

/** Take a service out. */
export function removeDraftService(draft: Draft, key: string): void {
  const service = draft.services.get(key);
  if (service) countAddress(draft, service.spec, -1);
  draft.services.delete(key);
}

/** Name of a real server within its service. */
export const endKey = (d: Pick<DestinationSpec, "address" | "port">, s: Pick<ServiceSpec, "port">): string =>
  formatEndpoint(d.address, d.port ?? s.port);

function createDraftService(before: ServiceSpec): DraftService {
  const { destinations, ...spec } = before;
  let servers: Map<string, DestinationSpec> | undefined; // not before somebody asks: most are left as they are
  const byKey = (listed: readonly DestinationSpec[]) =>
    new Map(listed.toReversed().map((d) => [endKey(d, before), d]));
  const service: DraftService = {
    spec,
    servers: () => (servers ??= byKey(destinations)),
    replaceServers(others) {
      servers = byKey(others);
    },
    finished: () =>
      service.spec === spec && !servers
        ? before
        : { ...service.spec, destinations: servers ? [...servers.values()].reverse() : destinations },
  };
  return service;
}

function countAddress(
  { virtualAddresses }: Draft,
  s: Pick<ServiceSpec, "address" | "mark">,
  by: 1 | -1,
): void {
  for (const address of virtualAddressesOf([s])) {
    const count = (virtualAddresses.get(address) ?? 0) + by;
    if (count > 0) virtualAddresses.set(address, count);
    else virtualAddresses.delete(address);
  }
}
