/**
 * Packets wrapped on their way to a destination: ipip (RFC 2003, 2473, 4213), gre (RFC 2784) and gue (draft-ietf-intarea-gue-09), between address
 * families, too. docs/packet-path.md ("Tunnels") says what the outer headers carry; docs/tunnels.md compares with the kernel.
 */
import { ADDRESS_BYTES, ADDRESSES_AT, IP_HEADER_BYTES, writeIpHeader } from "../packet/ip-header.ts";
import { readNetwork16, writeWord32 } from "../packet/words.ts";
import { familyAt, headerBytesOf, outerProtocol, writeTunnelHeader } from "./tunnel-header.ts";

/** Where a tunnel leads and how, in the words of `tunnels` (`TUNNEL` in core/layout.ts). */
export interface TunnelEnds {
  /** Of the outer header. */
  family: 4 | 6;
  /** `TUNNEL_NUMBERS`. */
  type: number;
  /** `TUNNEL_FLAG`. */
  flags: number;
  /** UDP port of gue, as it stands in packets. */
  port: number;
  /** Address words: 1 or 4 count. */
  source: Uint32Array;
  destination: Uint32Array;
}

/** Ends to be filled in, again and again. */
export const createTunnelEnds = (): TunnelEnds => ({
  family: 4,
  type: 0,
  flags: 0,
  port: 0,
  source: new Uint32Array(4),
  destination: new Uint32Array(4),
});

/** Where a wrapped packet goes. Reused by whoever wraps. */
export interface Wrapping {
  /** At least `overheadOf` bytes longer than the packet. */
  out: Uint8Array;
  tunnel: TunnelEnds;
  /** The outer header never says "do not fragment". */
  mayFragment: boolean;
}

/** Bytes that the tunnel puts before a packet. */
export function overheadOf(tunnel: Pick<TunnelEnds, "family" | "type" | "flags">): number {
  return IP_HEADER_BYTES[tunnel.family] + headerBytesOf(tunnel);
}

/**
 * Write `packet` with a tunnel's headers before it; its TTL has been decremented already.
 *
 * @param packet `packetBytes` from its IP header on
 * @returns bytes written to `into.out`. Never throws; O(packetBytes).
 */
export function wrap(packet: Uint8Array, packetBytes: number, into: Wrapping): number {
  const { out, tunnel } = into;
  const innerAt = overheadOf(tunnel);
  const end = innerAt + packetBytes;
  for (let i = 0; i < packetBytes; i++) out[innerAt + i] = packet[i]!;
  writeOuter(into, innerAt, end);
  writeTunnelHeader(into, IP_HEADER_BYTES[tunnel.family], end);
  return end;
}

function writeOuter({ out, tunnel, mayFragment }: Wrapping, innerAt: number, packetBytes: number): void {
  const { family } = tunnel;
  const inner = familyAt(out, innerAt);
  const sourceAt = ADDRESSES_AT[family];
  writeAddress(out, sourceAt, tunnel.source, ADDRESS_BYTES[family]);
  writeAddress(out, sourceAt + ADDRESS_BYTES[family], tunnel.destination, ADDRESS_BYTES[family]);
  const mayBeCut = mayFragment || (inner === 4 && (out[innerAt + 6]! & 0x40) === 0);
  const id = inner === 4 ? readNetwork16(out, innerAt + 4) : 0;
  writeIpHeader(out, {
    family,
    protocol: outerProtocol(tunnel, inner),
    packetBytes,
    ttl: ttlAt(out, innerAt),
    trafficClass: trafficClassAt(out, innerAt),
    id: mayBeCut ? id : undefined,
  });
}

/** TOS of IPv4 or traffic class of IPv6. */
const trafficClassAt = (bytes: Uint8Array, at: number): number =>
  familyAt(bytes, at) === 4 ? bytes[at + 1]! : (readNetwork16(bytes, at) >>> 4) & 0xff;

const ttlAt = (bytes: Uint8Array, at: number): number => bytes[at + (familyAt(bytes, at) === 4 ? 8 : 7)]!;

function writeAddress(out: Uint8Array, at: number, words: Uint32Array, bytes: number): void {
  for (let i = 0; i < bytes; i += 4) writeWord32(out, at + i, words[i / 4]!);
}
