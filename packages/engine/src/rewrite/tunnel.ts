/**
 * Packets wrapped on their way to a destination: ipip (RFC 2003, 2473, 4213), gre (RFC 2784) and gue (draft-ietf-intarea-gue-09), between address
 * families, too. docs/packet-path.md ("Tunnels") says what the outer headers carry; docs/tunnels.md compares with the kernel.
 */
import { TUNNEL_NUMBERS } from "@tandem/model";
import { TUNNEL_FLAG } from "../core/layout.ts";
import { checksumOf, sumPseudoHeader, sumWords } from "../packet/checksum.ts";
import { IP_PROTOCOL, isTransport } from "../packet/parse.ts";
import { readNetwork16, readWord32, writeNetwork16, writeWord16, writeWord32 } from "../packet/words.ts";

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
const UDP_BYTES = 8;
const GUE_BYTES = 4;

/** Whether the tunnel's headers sum over the packet that they wrap. */
export const hasChecksum = (tunnel: Pick<TunnelEnds, "flags">): boolean =>
  (tunnel.flags & (TUNNEL_FLAG.checksum | TUNNEL_FLAG.remoteChecksum)) !== 0;

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
  const innerFamily = packet[0]! >>> 4 === 4 ? 4 : 6;
  const headerAt = OUTER_BYTES[tunnel.family];
  const innerAt = overheadOf(tunnel);
  for (let i = 0; i < packetBytes; i++) out[innerAt + i] = packet[i]!;
  const totalBytes = innerAt + packetBytes;
  const protocol = outerProtocol(tunnel.type, innerFamily);
  if (tunnel.family === 4) writeOuter4(into, innerAt, { totalBytes, protocol });
  else writeOuter6(into, innerAt, { totalBytes, protocol });
  if (tunnel.type === TUNNEL_NUMBERS.gre) writeGre(into, headerAt, { totalBytes, innerFamily });
  else if (tunnel.type === TUNNEL_NUMBERS.gue) writeGue(into, headerAt, { totalBytes, innerFamily });
  return totalBytes;
}

/** UDP source port of a gue packet around `packet`, in host order: equal for all packets of a flow and direction. */
export function gueSourcePort(packet: Uint8Array, at = 0): number {
  const isIp4 = packet[at]! >>> 4 === 4;
  let hash = packet[at + (isIp4 ? 9 : 6)]!;
  const [first, last] = isIp4 ? [at + 12, at + 20] : [at + 8, at + 40];
  for (let word = first; word < last; word += 4) hash ^= readWord32(packet, word);
  const isFragment = isIp4 && (readNetwork16(packet, at + 6) & 0x3fff) !== 0;
  if (isTransport(packet[at + (isIp4 ? 9 : 6)]!) && !isFragment) {
    hash ^= readWord32(packet, at + (isIp4 ? (packet[at]! & 15) * 4 : 40));
  }
  hash ^= hash >>> 16;
  return 0xc000 | (hash & 0x3fff);
}

function headerBytesOf(tunnel: Pick<TunnelEnds, "type" | "flags">): number {
  if (tunnel.type === TUNNEL_NUMBERS.ipip) return 0;
  if (tunnel.type === TUNNEL_NUMBERS.gue) return UDP_BYTES + GUE_BYTES;
  return hasChecksum(tunnel) ? 8 : 4;
}

function outerProtocol(type: number, innerFamily: 4 | 6): number {
  if (type === TUNNEL_NUMBERS.gre) return IP_PROTOCOL.gre;
  return type === TUNNEL_NUMBERS.gue ? IP_PROTOCOL.udp : INNER_PROTOCOL[innerFamily];
}

const INNER_PROTOCOL = { 4: IP_PROTOCOL.ipip, 6: IP_PROTOCOL.ipv6 } as const;
const INNER_ETHERTYPE = { 4: 0x0800, 6: 0x86dd } as const;

interface OuterFields {
  totalBytes: number;
  protocol: number;
}

function writeOuter4({ out, tunnel, mayFragment }: Wrapping, innerAt: number, of: OuterFields): void {
  const isInner4 = out[innerAt]! >>> 4 === 4;
  const isWhole = !mayFragment && (!isInner4 || (out[innerAt + 6]! & 0x40) !== 0);
  out[0] = 0x45;
  out[1] = trafficClassOf(out, innerAt);
  writeNetwork16(out, 2, of.totalBytes);
  writeNetwork16(out, 4, isInner4 && !isWhole ? readNetwork16(out, innerAt + 4) : 0);
  writeNetwork16(out, 6, isWhole ? DO_NOT_FRAGMENT : 0);
  out[8] = out[innerAt + (isInner4 ? 8 : 7)]!;
  out[9] = of.protocol;
  writeWord16(out, 10, 0);
  writeAddress(out, 12, tunnel.source, 1);
  writeAddress(out, 16, tunnel.destination, 1);
  writeWord16(out, 10, checksumOf(sumWords(out, 0, 20)));
}

function writeOuter6({ out, tunnel }: Wrapping, innerAt: number, of: OuterFields): void {
  const isInner4 = out[innerAt]! >>> 4 === 4;
  writeNetwork16(out, 0, 0x6000 | (trafficClassOf(out, innerAt) << 4));
  writeNetwork16(out, 2, 0);
  writeNetwork16(out, 4, of.totalBytes - 40);
  out[6] = of.protocol;
  out[7] = out[innerAt + (isInner4 ? 8 : 7)]!;
  writeAddress(out, 8, tunnel.source, 4);
  writeAddress(out, 24, tunnel.destination, 4);
}

/** TOS of IPv4 or traffic class of IPv6. */
const trafficClassOf = (bytes: Uint8Array, at: number): number =>
  bytes[at]! >>> 4 === 4 ? bytes[at + 1]! : (readNetwork16(bytes, at) >>> 4) & 0xff;

function writeAddress(out: Uint8Array, at: number, words: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) writeWord32(out, at + 4 * i, words[i]!);
}

interface InnerFields {
  totalBytes: number;
  innerFamily: 4 | 6;
}

function writeGre({ out, tunnel }: Wrapping, at: number, of: InnerFields): void {
  writeNetwork16(out, at, hasChecksum(tunnel) ? 0x8000 : 0);
  writeNetwork16(out, at + 2, INNER_ETHERTYPE[of.innerFamily]);
  if (!hasChecksum(tunnel)) return;
  writeWord32(out, at + 4, 0);
  const innerAt = at + 8;
  writeWord16(out, at + 4, checksumOf(sumWords(out, at, innerAt, sumInner(out, innerAt, of.totalBytes))));
}

function writeGue({ out, tunnel }: Wrapping, at: number, of: InnerFields): void {
  writeNetwork16(out, at, gueSourcePort(out, at + UDP_BYTES + GUE_BYTES));
  writeWord16(out, at + 2, tunnel.port);
  writeNetwork16(out, at + 4, of.totalBytes - at);
  writeWord16(out, at + 6, 0);
  out[at + 8] = 0;
  out[at + 9] = INNER_PROTOCOL[of.innerFamily];
  writeWord16(out, at + 10, 0);
  if (hasChecksum(tunnel)) fillUdpChecksum(out, at, of.totalBytes);
}

function fillUdpChecksum(out: Uint8Array, at: number, end: number): void {
  const isOuter4 = out[0]! >>> 4 === 4;
  const of = { addressBytes: isOuter4 ? 4 : 16, protocol: IP_PROTOCOL.udp, lengthBytes: end - at };
  const innerAt = at + UDP_BYTES + GUE_BYTES;
  const pseudo = sumPseudoHeader(out, isOuter4 ? 12 : 8, of);
  const sum = checksumOf(sumWords(out, at, innerAt, pseudo + sumInner(out, innerAt, end)));
  writeWord16(out, at + 6, sum === 0 ? 0xffff : sum);
}

/**
 * Sum of the wrapped packet. What carries a checksum itself is known without being read (RFC 1071 §1: it sums to nothing), so that a packet that is
 * broken, or whose sender has left its checksum to the hardware, is no more and no less broken behind the tunnel.
 */
function sumInner(out: Uint8Array, at: number, end: number): number {
  const isIp4 = out[at]! >>> 4 === 4;
  const protocol = out[at + (isIp4 ? 9 : 6)]!;
  const transportAt = at + (isIp4 ? (out[at]! & 15) * 4 : 40);
  const header = isIp4 ? 0 : sumWords(out, at, transportAt);
  const isFragment = isIp4 && (readNetwork16(out, at + 6) & 0x3fff) !== 0;
  const isSummed =
    !isFragment &&
    (protocol === IP_PROTOCOL.tcp ||
      (protocol === IP_PROTOCOL.udp && readNetwork16(out, transportAt + 6) !== 0));
  if (!isSummed) return sumWords(out, transportAt, end, header);
  const of = { addressBytes: isIp4 ? 4 : 16, protocol, lengthBytes: end - transportAt };
  return header + checksumOf(sumPseudoHeader(out, at + (isIp4 ? 12 : 8), of));
}
