/**
 * Packets wrapped on their way to a destination: ipip (RFC 2003, 2473, 4213), gre (RFC 2784) and gue (draft-ietf-intarea-gue-09), between address
 * families, too. docs/packet-path.md ("Tunnels") says what the outer headers carry; docs/tunnels.md compares with the kernel.
 */
import { checksumOf, sumWords } from "../packet/checksum.ts";
import { readNetwork16, writeNetwork16, writeWord16, writeWord32 } from "../packet/words.ts";
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

/** Where a wrapped packet goes. Reused by whoever wraps. */
export interface Wrapping {
  /** At least `overheadOf` bytes longer than the packet. */
  out: Uint8Array;
  tunnel: TunnelEnds;
  /** The outer header never says "do not fragment". */
  mayFragment: boolean;
}

const DO_NOT_FRAGMENT = 0x4000;
const OUTER_BYTES = { 4: 20, 6: 40 } as const;

/** Bytes that the tunnel puts before a packet. */
export function overheadOf(tunnel: Pick<TunnelEnds, "family" | "type" | "flags">): number {
  return OUTER_BYTES[tunnel.family] + headerBytesOf(tunnel);
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
  if (tunnel.family === 4) writeOuter4(into, innerAt, end);
  else writeOuter6(into, innerAt, end);
  writeTunnelHeader(into, OUTER_BYTES[tunnel.family], end);
  return end;
}

function writeOuter4({ out, tunnel, mayFragment }: Wrapping, innerAt: number, end: number): void {
  const isInner4 = familyAt(out, innerAt) === 4;
  const isWhole = !mayFragment && (!isInner4 || (out[innerAt + 6]! & 0x40) !== 0);
  out[0] = 0x45;
  out[1] = trafficClassAt(out, innerAt);
  writeNetwork16(out, 2, end);
  writeNetwork16(out, 4, isInner4 && !isWhole ? readNetwork16(out, innerAt + 4) : 0);
  writeNetwork16(out, 6, isWhole ? DO_NOT_FRAGMENT : 0);
  out[8] = ttlAt(out, innerAt);
  out[9] = outerProtocol(tunnel, familyAt(out, innerAt));
  writeWord16(out, 10, 0);
  writeAddress(out, 12, tunnel.source, 1);
  writeAddress(out, 16, tunnel.destination, 1);
  writeWord16(out, 10, checksumOf(sumWords(out, 0, 20)));
}

function writeOuter6({ out, tunnel }: Wrapping, innerAt: number, end: number): void {
  writeNetwork16(out, 0, 0x6000 | (trafficClassAt(out, innerAt) << 4));
  writeNetwork16(out, 2, 0);
  writeNetwork16(out, 4, end - OUTER_BYTES[6]);
  out[6] = outerProtocol(tunnel, familyAt(out, innerAt));
  out[7] = ttlAt(out, innerAt);
  writeAddress(out, 8, tunnel.source, 4);
  writeAddress(out, 24, tunnel.destination, 4);
}

/** TOS of IPv4 or traffic class of IPv6. */
const trafficClassAt = (bytes: Uint8Array, at: number): number =>
  familyAt(bytes, at) === 4 ? bytes[at + 1]! : (readNetwork16(bytes, at) >>> 4) & 0xff;

const ttlAt = (bytes: Uint8Array, at: number): number => bytes[at + (familyAt(bytes, at) === 4 ? 8 : 7)]!;

function writeAddress(out: Uint8Array, at: number, words: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) writeWord32(out, at + 4 * i, words[i]!);
}
