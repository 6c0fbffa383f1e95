/** What is in a tunnel's packet. Written on its own, and not with the engine's code, so that a mistake there is seen here. */
import {
  checksumOf,
  foldSum,
  sumPseudoHeader,
  sumWords,
} from "../../../packages/engine/src/packet/checksum.ts";

/** Tunnels by the IP protocol of their packets; ipip with IPv6 inside has a number of its own. */
export const TUNNEL_PROTOCOLS = { ipip: 4, ipv6: 41, gre: 47, gue: 17 } as const;
export type TunnelName = keyof typeof TUNNEL_PROTOCOLS;

/** IP versions by GRE's protocol type and by GUE's next protocol. */
const GRE_INSIDE: Readonly<Record<number, number>> = { 2048: 4, 34525: 6 };
const GUE_INSIDE: Readonly<Record<number, number>> = { 4: 4, 41: 6 };

const STRIP: Record<TunnelName, (bytes: Buffer) => Buffer | undefined> = {
  ipip: (bytes) => inside(bytes, 4),
  ipv6: (bytes) => inside(bytes, 6),
  gre: stripGre,
  gue: stripGue,
};

/**
 * The packet in a tunnel's, its checksum finished if the sender left that to hardware.
 *
 * @param bytes what follows the outer IP header; for gue, what follows the UDP header. Changed in place
 * @returns undefined if it is not what docs/tunnels.md draws, or its checksum is wrong. Never throws.
 */
export function unwrap(tunnel: TunnelName, bytes: Buffer): Buffer | undefined {
  const packet = STRIP[tunnel](bytes);
  if (packet) finishChecksum(packet);
  return packet;
}

function inside(packet: Buffer, version: number | undefined): Buffer | undefined {
  return packet.length >= 20 && packet[0]! >>> 4 === version ? packet : undefined;
}

function stripGre(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 8) return undefined;
  const flags = bytes.readUInt16BE(0);
  const version = GRE_INSIDE[bytes.readUInt16BE(2)];
  if (flags === 0) return inside(bytes.subarray(4), version);
  if (flags !== 0x8000 || bytes.readUInt16BE(6) !== 0) return undefined;
  const packet = inside(bytes.subarray(8), version);
  if (packet) finishChecksum(packet); // the tunnel's is that of the finished packet
  return checksumOf(sumWords(bytes, 0, bytes.length)) === 0 ? packet : undefined;
}

/** Version 0, no control message, no options. */
function stripGue(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes.readUInt16BE(2) !== 0) return undefined;
  return inside(bytes.subarray(4), GUE_INSIDE[bytes[1]!]);
}

const CHECKSUM_AT: Readonly<Record<number, number>> = { 6: 16, 17: 6 };

/** A checksum that is only its pseudo header's sum was left to the sender's hardware, and veth pairs have none. */
function finishChecksum(packet: Buffer): void {
  const isIp4 = packet[0]! >>> 4 === 4;
  if (isIp4 && (packet.readUInt16BE(6) & 0x3fff) !== 0) return; // a fragment
  const at = isIp4 ? (packet[0]! & 15) * 4 : 40;
  const protocol = isIp4 ? packet[9]! : packet[6]!;
  const field = at + (CHECKSUM_AT[protocol] ?? Number.POSITIVE_INFINITY);
  if (field + 2 > packet.length) return;
  const of = { addressBytes: isIp4 ? 4 : 16, protocol, lengthBytes: packet.length - at } as const;
  const pseudo = foldSum(sumPseudoHeader(packet, isIp4 ? 12 : 8, of));
  if (packet.readUInt16LE(field) !== pseudo) return;
  packet.writeUInt16LE(checksumOf(sumWords(packet, at, packet.length)) || 0xffff, field);
}
