/** What the fast path knows of services: two small hash maps, written one entry at a time, because they change at the operator's pace. */
import { ENDPOINT_KEY, SERVICE_VALUE } from "../../core/layout.ts";
import type { Endpoint, ServiceChange } from "../dataplane.ts";
import { bpfChecked, libbpf } from "./libbpf.ts";
import { ERRNO } from "./syscalls.ts";

export interface ServiceMaps {
  /** Carry out the changes in order. Throws `LbError` (refused); then the ones before are in force. */
  program(changes: readonly ServiceChange[]): void;
  /** Everything that is in the maps, as the changes that would put it there. */
  programmed(): ServiceChange[];
}

const V4_PREFIX = [0xff, 0xff];

/** The maps behind two file descriptors. */
export function createServiceMaps(servicesFd: number, realServersFd: number): ServiceMaps {
  function set(fd: number, at: Endpoint, id = 0, flags = 0): void {
    bpfChecked(libbpf().update(fd, encodeEndpoint(at), encodeService(id, flags), 0n), "write a service");
  }

  function remove(fd: number, at: Endpoint): void {
    const result = libbpf().delete(fd, encodeEndpoint(at));
    if (result !== -ERRNO.ENOENT!) bpfChecked(result, "delete a service");
  }

  function apply(change: ServiceChange): void {
    switch (change.kind) {
      case "set_service":
        set(servicesFd, change.at, change.id, change.flags);
        break;
      case "delete_service":
        remove(servicesFd, change.at);
        break;
      case "set_vip":
        set(servicesFd, addressOnly(change.address));
        break;
      case "delete_vip":
        remove(servicesFd, addressOnly(change.address));
        break;
      case "set_real_server":
        set(realServersFd, change.at);
        break;
      case "delete_real_server":
        remove(realServersFd, change.at);
        break;
    }
  }

  function programmed(): ServiceChange[] {
    const services = [...entries(servicesFd)].map(({ at, value }): ServiceChange => {
      if (at.port === 0 && at.protocol === 0) return { kind: "set_vip", address: at.address };
      return { kind: "set_service", at, id: value[SERVICE_VALUE.id]!, flags: value[SERVICE_VALUE.flags]! };
    });
    const realServers = [...entries(realServersFd)].map(
      ({ at }): ServiceChange => ({ kind: "set_real_server", at }),
    );
    return [...services, ...realServers];
  }

  return {
    program(changes) {
      for (const change of changes) apply(change);
    },
    programmed,
  };
}

const addressOnly = (address: Uint8Array): Endpoint => ({ address, port: 0, protocol: 0 });

function encodeService(id: number, flags: number): Uint32Array {
  const value = new Uint32Array(SERVICE_VALUE.size / 4);
  value[SERVICE_VALUE.id] = id;
  value[SERVICE_VALUE.flags] = flags;
  return value;
}

function encodeEndpoint({ address, port, protocol }: Endpoint): Uint8Array {
  const key = Buffer.alloc(ENDPOINT_KEY.size);
  if (address.length === 4) key.set([...V4_PREFIX, ...address], ENDPOINT_KEY.address + 10);
  else key.set(address, ENDPOINT_KEY.address);
  key.writeUInt16BE(port, ENDPOINT_KEY.port);
  key[ENDPOINT_KEY.protocol] = protocol;
  return key;
}

function decodeEndpoint(key: Buffer): Endpoint {
  const address = Uint8Array.from(key.subarray(ENDPOINT_KEY.address, ENDPOINT_KEY.address + 16));
  const isV4 =
    address.subarray(0, 10).every((byte) => byte === 0) && address[10] === 0xff && address[11] === 0xff;
  return {
    address: isV4 ? address.slice(12) : address,
    port: key.readUInt16BE(ENDPOINT_KEY.port),
    protocol: key[ENDPOINT_KEY.protocol]!,
  };
}

function* entries(fd: number): Generator<{ at: Endpoint; value: Uint32Array }> {
  const key = Buffer.alloc(ENDPOINT_KEY.size);
  for (let previous: Buffer | null = null; libbpf().nextKey(fd, previous, key) === 0; previous = key) {
    const value = new Uint32Array(SERVICE_VALUE.size / 4);
    if (libbpf().lookup(fd, key, value) === 0) yield { at: decodeEndpoint(key), value };
  }
}
