/** Network address translation in place: one end of a packet gets another address and port; checksums are patched (RFC 1624). */
import { patchChecksum, patchChecksum32 } from "../packet/checksum.ts";
import { IP_PROTOCOL, type ParsedPacket } from "../packet/parse.ts";
import { readWord16, readWord32, writeWord16, writeWord32 } from "../packet/words.ts";

/** What one end of a packet becomes: address and port as they stand in packets; `words` holds 1 or 4 words from `at` on. */
export interface NewEnd {
  side: "source" | "destination";
  words: Uint32Array;
  at: number;
  port: number;
}

/** Offset of the checksum field in the transport header. */
export const CHECKSUM_AT: Readonly<Record<number, number>> = {
  [IP_PROTOCOL.tcp]: 16,
  [IP_PROTOCOL.udp]: 6,
};

/**
 * Rewrite one end of a parsed TCP or UDP packet. A UDP checksum of 0 (none) stays 0, and one that becomes 0 is written 0xffff (RFC 768).
 * Never throws.
 */
export function masquerade(p: ParsedPacket, bytes: Uint8Array, to: NewEnd): void {
  const checksumAt = p.transportAt + CHECKSUM_AT[p.protocol]!;
  rewriteEnd(bytes, { family: p.family, ipAt: 0, transportAt: p.transportAt, checksumAt }, to, p.protocol);
}

/** Where the parts of a packet lie; `checksumAt` is that of the transport header, or -1 if it was cut off. */
export interface PacketPlace {
  family: 4 | 6;
  ipAt: number;
  transportAt: number;
  checksumAt: number;
}

/** Rewrite address and port of one end, wherever the packet lies, and patch what sums over them. */
export function rewriteEnd(bytes: Uint8Array, place: PacketPlace, to: NewEnd, protocol: number): void {
  const { checksumAt } = place;
  const isUdp = protocol === IP_PROTOCOL.udp;
  const before = checksumAt < 0 ? 0 : readWord16(bytes, checksumAt);
  let checksum = rewriteAddress(bytes, place, to, before);
  const portAt = place.transportAt + (to.side === "source" ? 0 : 2);
  checksum = patchChecksum(checksum, readWord16(bytes, portAt), to.port);
  writeWord16(bytes, portAt, to.port);
  if (checksumAt < 0 || (isUdp && before === 0)) return;
  writeWord16(bytes, checksumAt, isUdp && checksum === 0 ? 0xffff : checksum);
}

/** Rewrite the address alone and patch an IPv4 header's checksum. Returns `checksum` patched for the changed pseudo header. */
export function rewriteAddress(
  bytes: Uint8Array,
  place: { family: 4 | 6; ipAt: number },
  to: NewEnd,
  checksum: number,
): number {
  const words = place.family === 4 ? 1 : 4;
  const start = place.ipAt + (place.family === 4 ? 12 : 8) + (to.side === "source" ? 0 : 4 * words);
  for (let i = 0; i < words; i++) {
    const at = start + 4 * i;
    const before = readWord32(bytes, at);
    const after = to.words[to.at + i]!;
    checksum = patchChecksum32(checksum, before, after);
    if (place.family === 4) patchHeader(bytes, place.ipAt + 10, before, after);
    writeWord32(bytes, at, after);
  }
  return checksum;
}

function patchHeader(bytes: Uint8Array, checksumAt: number, before: number, after: number): void {
  writeWord16(bytes, checksumAt, patchChecksum32(readWord16(bytes, checksumAt), before, after));
}
