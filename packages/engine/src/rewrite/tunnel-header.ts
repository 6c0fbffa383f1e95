/** What stands between a tunnel's outer IP header and the packet that it carries: nothing (ipip), a gre header, or UDP and a gue header. */
import { TUNNEL_NUMBERS } from "@tandem/model";
import { TUNNEL_FLAG } from "../core/layout.ts";
import { checksumOf, sumPseudoHeader, sumWords } from "../packet/checksum.ts";
import { IP_PROTOCOL, isTransport } from "../packet/parse.ts";
import { readNetwork16, readWord32, writeNetwork16, writeWord16, writeWord32 } from "../packet/words.ts";
import type { TunnelEnds, Wrapping } from "./tunnel.ts";

const GRE_BYTES = 4;
const GRE_CHECKSUM_BYTES = 4;
const GRE_HAS_CHECKSUM = 0x8000;
const UDP_BYTES = 8;
const GUE_BYTES = 4;
const ETHER_TYPE = { 4: 0x0800, 6: 0x86dd } as const;

/** Whether the tunnel's headers sum over the packet that they wrap. */
export const hasChecksum = (tunnel: Pick<TunnelEnds, "type" | "flags">): boolean =>
  tunnel.type !== TUNNEL_NUMBERS.ipip &&
  (tunnel.flags & (TUNNEL_FLAG.checksum | TUNNEL_FLAG.remoteChecksum)) !== 0;

/** Bytes between outer IP header and packet. */
export function headerBytesOf(tunnel: Pick<TunnelEnds, "type" | "flags">): number {
  if (tunnel.type === TUNNEL_NUMBERS.ipip) return 0;
  if (tunnel.type === TUNNEL_NUMBERS.gue) return UDP_BYTES + GUE_BYTES;
  return hasChecksum(tunnel) ? GRE_BYTES + GRE_CHECKSUM_BYTES : GRE_BYTES;
}

/** Protocol of the outer IP header around a packet of `innerFamily`. */
export function outerProtocol(tunnel: Pick<TunnelEnds, "type">, innerFamily: 4 | 6): number {
  if (tunnel.type === TUNNEL_NUMBERS.gre) return IP_PROTOCOL.gre;
  return tunnel.type === TUNNEL_NUMBERS.gue ? IP_PROTOCOL.udp : ipProtocol(innerFamily);
}

/** Address family of the packet at `at`. */
export const familyAt = (bytes: Uint8Array, at: number): 4 | 6 => (bytes[at]! >>> 4 === 4 ? 4 : 6);

/** Write the header at `at`; the outer IP header stands before it, the packet behind it, up to `end`. Never throws. */
export function writeTunnelHeader({ out, tunnel }: Wrapping, at: number, end: number): void {
  if (tunnel.type === TUNNEL_NUMBERS.gre) writeGre(out, at, { end, isSummed: hasChecksum(tunnel) });
  else if (tunnel.type === TUNNEL_NUMBERS.gue) writeGue(out, at, { end, tunnel });
}

/** UDP source port of a gue packet around the packet at `at`, in host order: equal for all packets of a flow and direction. */
export function gueSourcePort(packet: Uint8Array, at = 0): number {
  const isIp4 = familyAt(packet, at) === 4;
  let hash = protocolAt(packet, at);
  for (let i = isIp4 ? 12 : 8; i < (isIp4 ? 20 : 40); i += 4) hash ^= readWord32(packet, at + i);
  if (isTransport(protocolAt(packet, at)) && !isFragmentAt(packet, at))
    hash ^= readWord32(packet, at + ipBytesAt(packet, at));
  hash ^= hash >>> 16;
  return 0xc000 | (hash & 0x3fff);
}

function writeGre(out: Uint8Array, at: number, of: { end: number; isSummed: boolean }): void {
  const innerAt = at + GRE_BYTES + (of.isSummed ? GRE_CHECKSUM_BYTES : 0);
  writeNetwork16(out, at, of.isSummed ? GRE_HAS_CHECKSUM : 0);
  writeNetwork16(out, at + 2, ETHER_TYPE[familyAt(out, innerAt)]);
  if (!of.isSummed) return;
  writeWord32(out, at + 4, 0);
  writeWord16(out, at + 4, checksumOf(sumWords(out, at, innerAt, sumInner(out, innerAt, of.end))));
}

function writeGue(out: Uint8Array, at: number, of: { end: number; tunnel: TunnelEnds }): void {
  const innerAt = at + UDP_BYTES + GUE_BYTES;
  writeNetwork16(out, at, gueSourcePort(out, innerAt));
  writeWord16(out, at + 2, of.tunnel.port);
  writeNetwork16(out, at + 4, of.end - at);
  writeWord16(out, at + 6, 0);
  out[at + 8] = 0; // version 0, no control message, no private field
  out[at + 9] = ipProtocol(familyAt(out, innerAt));
  writeWord16(out, at + 10, 0);
  if (hasChecksum(of.tunnel)) fillUdpChecksum(out, at, of.end);
}

function fillUdpChecksum(out: Uint8Array, at: number, end: number): void {
  const innerAt = at + UDP_BYTES + GUE_BYTES;
  const pseudo = sumPseudoHeaderAt(out, 0, { protocol: IP_PROTOCOL.udp, lengthBytes: end - at });
  const sum = checksumOf(sumWords(out, at, innerAt, pseudo + sumInner(out, innerAt, end)));
  writeWord16(out, at + 6, sum === 0 ? 0xffff : sum);
}

/**
 * Sum of the wrapped packet. What carries a checksum itself is known without being read (RFC 1071 §1: it sums to nothing), so that a packet that is
 * broken, or whose sender has left its checksum to the hardware, is no more and no less broken behind the tunnel.
 */
function sumInner(out: Uint8Array, at: number, end: number): number {
  const protocol = protocolAt(out, at);
  const transportAt = at + ipBytesAt(out, at);
  const header = familyAt(out, at) === 4 ? 0 : sumWords(out, at, transportAt);
  const isSummed =
    protocol === IP_PROTOCOL.tcp ||
    (protocol === IP_PROTOCOL.udp && readNetwork16(out, transportAt + 6) !== 0);
  if (!isSummed || isFragmentAt(out, at)) return sumWords(out, transportAt, end, header);
  return header + checksumOf(sumPseudoHeaderAt(out, at, { protocol, lengthBytes: end - transportAt }));
}

function sumPseudoHeaderAt(
  out: Uint8Array,
  at: number,
  of: { protocol: number; lengthBytes: number },
): number {
  const isIp4 = familyAt(out, at) === 4;
  return sumPseudoHeader(out, at + (isIp4 ? 12 : 8), { addressBytes: isIp4 ? 4 : 16, ...of });
}

const ipProtocol = (family: 4 | 6): number => (family === 4 ? IP_PROTOCOL.ipip : IP_PROTOCOL.ipv6);
const protocolAt = (bytes: Uint8Array, at: number): number =>
  bytes[at + (familyAt(bytes, at) === 4 ? 9 : 6)]!;
const ipBytesAt = (bytes: Uint8Array, at: number): number =>
  familyAt(bytes, at) === 4 ? (bytes[at]! & 15) * 4 : 40;

/** IPv4 only: an IPv6 fragment's next header is no transport protocol. */
const isFragmentAt = (bytes: Uint8Array, at: number): boolean =>
  familyAt(bytes, at) === 4 && (readNetwork16(bytes, at + 6) & 0x3fff) !== 0;
