/**
 * How packets to destinations are wrapped, and from which address: that depends on routing, so the map holds what is wanted and can be
 * reached. A destination without a route has no entry, and the fast path drops what goes there.
 */
import { TUNNEL } from "../../core/layout.ts";
import type { Tunnel } from "../dataplane.ts";
import { bpfChecked, libbpf } from "./libbpf.ts";
import { scanEntries } from "./map-scan.ts";
import { deleteEntry } from "./service-maps.ts";

/** Routes that flap are followed no faster than this. */
const SETTLE_MS = 100;

export interface TunnelMap {
  /** Throws `LbError` (refused). */
  set(destination: number, tunnel: Tunnel): void;
  /** Throws `LbError` (refused). */
  delete(destination: number): void;
  /** Every tunnel that is wanted, whether there is a route or not. */
  wanted(): Iterable<readonly [destination: number, tunnel: Tunnel]>;
  /** Follow the routes, soon after they changed. Throws `LbError` (refused). */
  turn(isRoutingChanged: boolean, nowMs: number): void;
}

/** The map behind `fd`; what a former daemon wrote is wanted until it is deleted. */
export function createTunnelMap(
  fd: number,
  sourceFor: (address: Uint8Array) => Uint8Array | undefined,
): TunnelMap {
  const tunnels = new Map<number, { tunnel: Tunnel; written: Buffer | undefined }>();
  for (const { key, value } of scanEntries(fd, { key: 4, value: TUNNEL.size }))
    tunnels.set(key.readUInt32LE(), { tunnel: decodeTunnel(value), written: Buffer.from(value) });
  let isStale = true; // addresses may have changed while nobody looked
  let settledAtMs = Number.NEGATIVE_INFINITY;

  function put(destination: number, tunnel: Tunnel): void {
    const source = sourceFor(tunnel.address);
    const before = tunnels.get(destination)?.written;
    const written = source && encodeTunnel(tunnel, source);
    const key = new Uint32Array([destination]);
    if (written && !before?.equals(written))
      bpfChecked(libbpf().update(fd, key, written, 0n), "write a tunnel");
    if (!written && before) deleteEntry(fd, key, "delete a tunnel");
    tunnels.set(destination, { tunnel, written });
  }

  return {
    set: put,
    delete(destination) {
      deleteEntry(fd, new Uint32Array([destination]), "delete a tunnel");
      tunnels.delete(destination);
    },
    *wanted() {
      for (const [destination, { tunnel }] of tunnels) yield [destination, tunnel];
    },
    turn(isRoutingChanged, nowMs) {
      isStale ||= isRoutingChanged;
      if (!isStale || nowMs - settledAtMs < SETTLE_MS) return;
      isStale = false;
      settledAtMs = nowMs;
      for (const [destination, { tunnel }] of tunnels) put(destination, tunnel);
    },
  };
}

function encodeTunnel({ address, type, flags, port }: Tunnel, source: Uint8Array): Buffer {
  const value = Buffer.alloc(TUNNEL.size);
  value[TUNNEL.family] = address.length === 4 ? 4 : 6;
  value[TUNNEL.type] = type;
  value[TUNNEL.flags] = flags;
  value.writeUInt16BE(port, TUNNEL.port);
  value.set(source, TUNNEL.source);
  value.set(address, TUNNEL.destination);
  return value;
}

function decodeTunnel(value: Buffer): Tunnel {
  const bytes = value[TUNNEL.family] === 4 ? 4 : 16;
  return {
    address: Uint8Array.from(value.subarray(TUNNEL.destination, TUNNEL.destination + bytes)),
    type: value[TUNNEL.type]!,
    flags: value[TUNNEL.flags]!,
    port: value.readUInt16BE(TUNNEL.port),
  };
}
