/** From the document that is wanted to the smallest list of changes of what the fast path knows. */
import {
  type DestinationRecord,
  type Document,
  familyOf,
  PROTOCOL_NUMBERS,
  parseAddress,
  parsePrefix,
  type ServiceRecord,
} from "@tandem/model";
import type { Endpoint, ServiceChange } from "../../dataplane/dataplane.ts";
import { SERVICE_FLAG } from "../layout.ts";
import { hasOutput } from "../record.ts";
import { methodOf, tunnelOf } from "./service.ts";
import { isFtpGroup } from "./service-table.ts";

/** What `program` sets; each of them has its `delete_…`. */
type Setting = Extract<ServiceChange, { kind: `set_${string}` }>;
type SettingOf<K extends Setting["kind"]> = Extract<Setting, { kind: K }>;

/** What tells a setting from others of its kind, what of it may change, and how it is taken back. */
interface Description {
  readonly key: string;
  readonly value: string;
  readonly deletion: ServiceChange;
}

const endpointText = ({ address, port, protocol }: Endpoint): string => `${address} ${port} ${protocol}`;

const DESCRIBE: { readonly [K in Setting["kind"]]: (s: SettingOf<K>) => Description } = {
  set_service: ({ at, id, flags }) => ({
    key: endpointText(at),
    value: `${id} ${flags}`,
    deletion: { kind: "delete_service", at },
  }),
  set_vip: ({ address, flags }) => ({
    key: `${address}`,
    value: `${flags}`,
    deletion: { kind: "delete_vip", address },
  }),
  set_real_server: ({ at }) => ({
    key: endpointText(at),
    value: "",
    deletion: { kind: "delete_real_server", at },
  }),
  set_mark: ({ at, id, flags }) => ({
    key: `${at.mark} ${at.family}`,
    value: `${id} ${flags}`,
    deletion: { kind: "delete_mark", at },
  }),
  set_client: ({ at, isAllowed }) => ({
    key: `${at.service} ${at.address} ${at.bits}`,
    value: `${isAllowed}`,
    deletion: { kind: "delete_client", at },
  }),
  set_tunnel: ({ destination, tunnel: t }) => ({
    key: `${destination}`,
    value: `${t.address} ${t.type} ${t.flags} ${t.port}`,
    deletion: { kind: "delete_tunnel", destination },
  }),
};

const described = new WeakMap<Setting, Description>();

/** A setting never changes, and most of them are asked about with every document. */
function describe(s: Setting): Description {
  const known = described.get(s);
  if (known) return known;
  const description = (DESCRIBE[s.kind] as (s: Setting) => Description)(s);
  described.set(s, description);
  return description;
}

/**
 * Compare a document with what is programmed (`DataPlane.programmed`).
 *
 * @param isUsed whether a destination (id) that is in no document any more has connections: its tunnel stays for them
 * @returns settings first, deletions last, so that at no time in between an address of ours is nobody's. Empty if nothing changes. Never throws.
 */
export function planServices(
  programmed: readonly ServiceChange[],
  document: Document,
  isUsed: (destination: number) => boolean = () => false,
): ServiceChange[] {
  const wanted = keyed(document.services.flatMap(settingsOf));
  const running = keyed(programmed.filter(isSetting));
  const isLeft = (s: Setting): boolean => s.kind === "set_tunnel" && isUsed(s.destination);
  const changed = [...wanted]
    .filter(([key, { value }]) => running.get(key)?.value !== value)
    .map(([, { setting }]) => setting);
  const deletions = [...running]
    .filter(([key, { setting }]) => !wanted.has(key) && !isLeft(setting))
    .map(([, { deletion }]) => deletion);
  return [...changed, ...deletions];
}

/** What is programmed once changes that `planServices` found are. Never throws. */
export function afterChanges(
  programmed: readonly ServiceChange[],
  changes: readonly ServiceChange[],
): ServiceChange[] {
  const gone = new Set(changes);
  const left = programmed.filter(isSetting).filter((s) => !gone.has(describe(s).deletion));
  return [...keyed([...left, ...changes.filter(isSetting)], replacing).values()].map(
    ({ setting }) => setting,
  );
}

const isSetting = (c: ServiceChange): c is Setting => c.kind.startsWith("set_");

/** Destinations may share an endpoint, services an address: each stands here once, an address with all the flags that its services want. */
function keyed(settings: readonly Setting[], merge = sharing): Map<string, Keyed> {
  const map = new Map<string, Keyed>();
  for (const s of settings) {
    const { kind } = s;
    const key = `${kind} ${describe(s).key}`;
    const setting = merge(map.get(key)?.setting, s);
    const { value, deletion } = describe(setting);
    map.set(key, { setting, value, deletion });
  }
  return map;
}

interface Keyed extends Pick<Description, "value" | "deletion"> {
  readonly setting: Setting;
}

const sharing = (known: Setting | undefined, s: Setting): Setting =>
  s.kind === "set_vip" && known?.kind === "set_vip" && (s.flags | known.flags) !== s.flags
    ? { ...s, flags: s.flags | known.flags }
    : s;
const replacing = (_: Setting | undefined, s: Setting): Setting => s;

const settings = new WeakMap<ServiceRecord, readonly Setting[]>();

/** The same as before for a service that is the same as before. */
function settingsOf(service: ServiceRecord): readonly Setting[] {
  const known = settings.get(service);
  if (known) return known;
  const all = allSettingsOf(service);
  settings.set(service, all);
  return all;
}

function allSettingsOf(service: ServiceRecord): Setting[] {
  return [
    ...targetOf(service),
    ...clientsOf(service),
    ...service.destinations.flatMap((d) => [...serversOf(service, d), ...tunnelsOf(service, d)]),
  ];
}

/** How packets find the service: by its endpoint, whose address is a VIP then, or by its mark. */
function targetOf(service: ServiceRecord): Setting[] {
  const { id } = service;
  const flags = flagsOf(service);
  if (service.mark !== undefined) {
    const at = { mark: service.mark, family: familyOf(service.address) };
    return [{ kind: "set_mark", at, id, flags }];
  }
  const address = bytesOf(service.address);
  const at = { address, port: service.port, protocol: PROTOCOL_NUMBERS[service.protocol] };
  const expects = service.helper === undefined ? 0 : SERVICE_FLAG.expects;
  return [
    { kind: "set_vip", address, flags: expects },
    { kind: "set_service", at, id, flags },
  ];
}

function flagsOf(service: ServiceRecord): number {
  const { allow, deny } = service;
  return (
    (service.sloppy ? SERVICE_FLAG.sloppy : 0) |
    (allow.length + deny.length > 0 ? SERVICE_FLAG.filtered : 0) |
    (allow.length > 0 ? SERVICE_FLAG.allowListed : 0) |
    (isFtpGroup(service) ? SERVICE_FLAG.ftp : 0)
  );
}

function clientsOf(service: ServiceRecord): Setting[] {
  const setting = (text: string, isAllowed: boolean): Setting => {
    const { address, bits } = parsePrefix(text)!;
    return { kind: "set_client", at: { service: service.id, address, bits }, isAllowed };
  };
  return [
    ...service.allow.map((text) => setting(text, true)),
    ...service.deny.map((text) => setting(text, false)),
  ];
}

/** Of a destination whose replies are translated: its endpoint, if it has a port of its own, and (port 0, protocol 0) its address alone, for fragments. */
function serversOf(service: ServiceRecord, d: DestinationRecord): Setting[] {
  if (!hasOutput(methodOf(service, d))) return [];
  const address = bytesOf(d.address);
  const port = d.port ?? service.port;
  const alone: Setting = { kind: "set_real_server", at: { address, port: 0, protocol: 0 } };
  if (port === 0 || service.mark !== undefined) return [alone];
  return [
    { kind: "set_real_server", at: { address, port, protocol: PROTOCOL_NUMBERS[service.protocol] } },
    alone,
  ];
}

/** Protocol of a key that says "a tunnel ends here". */
const TUNNEL_END = 255;

function tunnelsOf(service: ServiceRecord, d: DestinationRecord): Setting[] {
  const tunnel = tunnelOf(service, d);
  if (!tunnel) return [];
  return [
    { kind: "set_tunnel", destination: d.id, tunnel },
    { kind: "set_real_server", at: { address: tunnel.address, port: 0, protocol: TUNNEL_END } },
  ];
}

function bytesOf(address: string): Uint8Array {
  const bytes = parseAddress(address);
  if (!bytes) throw new Error(`invariant: "${address}" in a document is no address`);
  return bytes;
}
