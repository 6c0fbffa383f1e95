/** From the document that is wanted to the smallest list of changes of what the fast path knows. */
import {
  type Document,
  METHOD_NUMBERS,
  PROTOCOL_NUMBERS,
  parseAddress,
  type ServiceRecord,
} from "@tandem/model";
import type { Endpoint, ServiceChange } from "../dataplane/dataplane.ts";

/** What `program` sets; each of them has its `delete_…`. */
type Setting = Extract<ServiceChange, { kind: `set_${string}` }>;

/**
 * Compare a document with what is programmed (`DataPlane.programmed`).
 *
 * @returns settings first, deletions last, so that at no time in between an address of ours is nobody's. Empty if nothing changes. Never throws.
 */
export function planServices(programmed: readonly ServiceChange[], document: Document): ServiceChange[] {
  const wanted = keyed(document.services.flatMap(settingsOf));
  const running = keyed(programmed.filter((c): c is Setting => c.kind.startsWith("set_")));
  const settings = [...wanted].filter(([key, s]) => !isSame(running.get(key), s)).map(([, s]) => s);
  const deletions = [...running].filter(([key]) => !wanted.has(key)).map(([, s]) => deletionOf(s));
  return [...settings, ...deletions];
}

/** Destinations may share an endpoint, services an address: each stands here once. */
function keyed(settings: readonly Setting[]): Map<string, Setting> {
  return new Map(settings.map((s) => [keyOf(s), s]));
}

function keyOf(s: Setting): string {
  return s.kind === "set_vip"
    ? `${s.kind} ${s.address}`
    : `${s.kind} ${s.at.address} ${s.at.port} ${s.at.protocol}`;
}

function isSame(a: Setting | undefined, b: Setting): boolean {
  if (a?.kind === "set_service" && b.kind === "set_service") return a.id === b.id && a.flags === b.flags;
  return a !== undefined;
}

function deletionOf(s: Setting): ServiceChange {
  if (s.kind === "set_vip") return { kind: "delete_vip", address: s.address };
  if (s.kind === "set_service") return { kind: "delete_service", at: s.at };
  return { kind: "delete_real_server", at: s.at };
}

/** A service, its VIP, and of each masqueraded destination its endpoint and (port 0, protocol 0) its address alone, for fragments. */
function settingsOf(service: ServiceRecord): Setting[] {
  const protocol = PROTOCOL_NUMBERS[service.protocol];
  const address = bytesOf(service.address);
  const at = { address, port: service.port, protocol };
  const servers = service.destinations
    .filter((d) => METHOD_NUMBERS[d.method ?? service.method] === METHOD_NUMBERS.masquerade)
    .flatMap((d): Endpoint[] => {
      const address = bytesOf(d.address);
      return [
        { address, port: d.port ?? service.port, protocol },
        { address, port: 0, protocol: 0 },
      ];
    });
  return [
    { kind: "set_vip", address },
    { kind: "set_service", at, id: service.id, flags: 0 },
    ...servers.map((at): Setting => ({ kind: "set_real_server", at })),
  ];
}

function bytesOf(address: string): Uint8Array {
  const bytes = parseAddress(address);
  if (!bytes) throw new Error(`invariant: "${address}" in a document is no address`);
  return bytes;
}
