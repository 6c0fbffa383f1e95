/** What the fast path knows of services: small maps, written one entry at a time, because they change at the operator's pace. */
import { CLIENT_KEY, CLIENT_VALUE, ENDPOINT_KEY, MARK_KEY, SERVICE_VALUE } from "../../core/layout.ts";
import type { ClientPrefix, Endpoint, Marked, ServiceChange } from "../dataplane.ts";
import { bpfChecked, libbpf } from "./libbpf.ts";
import { scanEntries } from "./map-scan.ts";
import { MAPPED_BITS, readMapped, writeMapped } from "./mapped-address.ts";
import { ERRNO } from "./syscalls.ts";

/** The maps in which services are found; `DataPlane.program` says what the changes mean. */
const SERVICE_MAPS = ["services", "real_servers", "marked", "clients"] as const;
type ServiceMap = (typeof SERVICE_MAPS)[number];

/** A change that is one entry of one of these maps. */
export type EntryChange = Exclude<ServiceChange, { kind: "set_tunnel" | "delete_tunnel" }>;

/** The maps of services, written and read as changes. */
export interface ServiceMaps {
  /** Carry out one change. Throws `LbError` (refused). */
  apply(change: EntryChange): void;
  /** Everything that is in the maps, as the changes that would put it there. Throws `LbError` (refused). */
  programmed(): EntryChange[];
}

/** An entry to write, or, without a value, to delete. */
interface Entry {
  readonly map: ServiceMap;
  readonly key: Buffer;
  readonly value?: Uint32Array;
}

type Encoders = { [K in EntryChange["kind"]]: (change: Extract<EntryChange, { kind: K }>) => Entry };

const ENCODE: Encoders = {
  set_service: ({ at, id, flags }) => ({
    map: "services",
    key: encodeEndpoint(at),
    value: encodeService(id, flags),
  }),
  delete_service: ({ at }) => ({ map: "services", key: encodeEndpoint(at) }),
  set_vip: ({ address, flags }) => ({
    map: "services",
    key: encodeEndpoint(addressOnly(address)),
    value: encodeService(0, flags),
  }),
  delete_vip: ({ address }) => ({ map: "services", key: encodeEndpoint(addressOnly(address)) }),
  set_real_server: ({ at }) => ({
    map: "real_servers",
    key: encodeEndpoint(at),
    value: new Uint32Array(1),
  }),
  delete_real_server: ({ at }) => ({ map: "real_servers", key: encodeEndpoint(at) }),
  set_mark: ({ at, id, flags }) => ({ map: "marked", key: encodeMark(at), value: encodeService(id, flags) }),
  delete_mark: ({ at }) => ({ map: "marked", key: encodeMark(at) }),
  set_client: ({ at, isAllowed }) => ({
    map: "clients",
    key: encodeClient(at),
    value: new Uint32Array([isAllowed ? CLIENT_VALUE.allow : CLIENT_VALUE.deny]),
  }),
  delete_client: ({ at }) => ({ map: "clients", key: encodeClient(at) }),
};

type Decoder = (key: Buffer, value: Buffer) => EntryChange;

const DECODE: Record<ServiceMap, { key: number; value: number; decode: Decoder }> = {
  services: { key: ENDPOINT_KEY.size, value: SERVICE_VALUE.size, decode: decodeService },
  real_servers: {
    key: ENDPOINT_KEY.size,
    value: 4,
    decode: (key) => ({ kind: "set_real_server", at: decodeEndpoint(key) }),
  },
  marked: { key: MARK_KEY.size, value: SERVICE_VALUE.size, decode: decodeMarked },
  clients: { key: CLIENT_KEY.size, value: CLIENT_VALUE.size, decode: decodeClient },
};

/** The maps behind file descriptors. */
export function createServiceMaps(fds: Readonly<Record<ServiceMap, number>>): ServiceMaps {
  return {
    apply(change) {
      const { map, key, value } = (ENCODE[change.kind] as (c: EntryChange) => Entry)(change);
      if (value) bpfChecked(libbpf().update(fds[map], key, value, 0n), "write a service");
      else deleteEntry(fds[map], key, "delete a service");
    },
    programmed: () =>
      SERVICE_MAPS.flatMap((map) => {
        const { decode, ...bytes } = DECODE[map];
        return Array.from(scanEntries(fds[map], bytes), ({ key, value }) => decode(key, value));
      }),
  };
}

/** Delete what may be gone already. Throws `LbError` (refused). */
export function deleteEntry(fd: number, key: ArrayBufferView, doing: string): void {
  const result = libbpf().delete(fd, key);
  if (result !== -ERRNO.ENOENT!) bpfChecked(result, doing);
}

const addressOnly = (address: Uint8Array): Endpoint => ({ address, port: 0, protocol: 0 });

function encodeService(id: number, flags: number): Uint32Array {
  const value = new Uint32Array(SERVICE_VALUE.size / 4);
  value[SERVICE_VALUE.id] = id;
  value[SERVICE_VALUE.flags] = flags;
  return value;
}

function decodeService(key: Buffer, value: Buffer): EntryChange {
  const at = decodeEndpoint(key);
  const id = value.readUInt32LE(SERVICE_VALUE.id * 4);
  const flags = value.readUInt32LE(SERVICE_VALUE.flags * 4);
  if (at.port === 0 && at.protocol === 0) return { kind: "set_vip", address: at.address, flags };
  return { kind: "set_service", at, id, flags };
}

function encodeEndpoint({ address, port, protocol }: Endpoint): Buffer {
  const key = Buffer.alloc(ENDPOINT_KEY.size);
  writeMapped(key, ENDPOINT_KEY.address, address);
  key.writeUInt16BE(port, ENDPOINT_KEY.port);
  key[ENDPOINT_KEY.protocol] = protocol;
  return key;
}

const decodeEndpoint = (key: Buffer): Endpoint => ({
  address: readMapped(key, ENDPOINT_KEY.address),
  port: key.readUInt16BE(ENDPOINT_KEY.port),
  protocol: key[ENDPOINT_KEY.protocol]!,
});

function encodeMark({ mark, family }: Marked): Buffer {
  const key = Buffer.alloc(MARK_KEY.size);
  key.writeUInt32LE(mark, MARK_KEY.mark * 4);
  key.writeUInt32LE(family, MARK_KEY.family * 4);
  return key;
}

function decodeMarked(key: Buffer, value: Buffer): EntryChange {
  const family = key.readUInt32LE(MARK_KEY.family * 4) === 6 ? 6 : 4;
  return {
    kind: "set_mark",
    at: { mark: key.readUInt32LE(MARK_KEY.mark * 4), family },
    id: value.readUInt32LE(SERVICE_VALUE.id * 4),
    flags: value.readUInt32LE(SERVICE_VALUE.flags * 4),
  };
}

/** Bits of a client's key before an address of this length: those of the service's id, and what stands before an IPv4 address. */
const bitsBefore = (address: Uint8Array): number => 32 + (address.length === 4 ? MAPPED_BITS : 0);

function encodeClient({ service, address, bits }: ClientPrefix): Buffer {
  const key = Buffer.alloc(CLIENT_KEY.size);
  key.writeUInt32LE(bitsBefore(address) + bits, CLIENT_KEY.bits);
  key.writeUInt32LE(service, CLIENT_KEY.service);
  writeMapped(key, CLIENT_KEY.address, address);
  return key;
}

function decodeClient(key: Buffer, value: Buffer): EntryChange {
  const address = readMapped(key, CLIENT_KEY.address);
  const bits = key.readUInt32LE(CLIENT_KEY.bits) - bitsBefore(address);
  const at = { service: key.readUInt32LE(CLIENT_KEY.service), address, bits };
  return { kind: "set_client", at, isAllowed: value.readUInt32LE(0) === CLIENT_VALUE.allow };
}
