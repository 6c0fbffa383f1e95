/**
 * Network address translation in place: one end of a packet gets another address and port (full NAT: both, one after the other); Internet
 * checksums are patched (RFC 1624), and SCTP's CRC, which covers the ports alone.
 */
import { patchChecksum, patchChecksum32 } from "../packet/checksum.ts";
import { patchCrc32c } from "../packet/crc32c.ts";
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
  [IP_PROTOCOL.sctp]: 8,
};

/**
 * Rewrite one end of a parsed TCP, UDP or SCTP packet. A UDP checksum of 0 (none) stays 0, and one that becomes 0 is written 0xffff (RFC 768);
 * an SCTP checksum of 0, which the sender has left to its hardware, stays, too.
 * Never throws.
 */
export function masquerade(p: ParsedPacket, bytes: Uint8Array, to: NewEnd): void {
  const { family, protocol, transportAt, totalBytes: end } = p;
  const checksumAt = transportAt + CHECKSUM_AT[protocol]!;
  rewriteEnd(bytes, { family, protocol, ipAt: 0, transportAt, checksumAt, end }, to);
}

/** Where the parts of a packet lie; `checksumAt` is that of the transport header, or -1 if it was cut off; `end` is where it ended when it was whole. */
export interface PacketPlace {
  family: 4 | 6;
  protocol: number;
  ipAt: number;
  transportAt: number;
  checksumAt: number;
  end: number;
}

/** Rewrite address and port of one end, wherever the packet lies, and patch what sums over them. Never throws. */
export function rewriteEnd(bytes: Uint8Array, place: PacketPlace, to: NewEnd): void {
  if (place.protocol === IP_PROTOCOL.sctp) rewriteSctpEnd(bytes, place, to);
  else rewriteSummedEnd(bytes, place, to);
}

function rewriteSummedEnd(bytes: Uint8Array, place: PacketPlace, to: NewEnd): void {
  const { checksumAt } = place;
  const isUdp = place.protocol === IP_PROTOCOL.udp;
  const before = checksumAt < 0 ? 0 : readWord16(bytes, checksumAt);
  const checksum = rewriteAddress(bytes, place, to, before);
  const patched = patchChecksum(checksum, rewritePort(bytes, place, to), to.port);
  if (checksumAt < 0 || (isUdp && before === 0)) return;
  writeWord16(bytes, checksumAt, isUdp && patched === 0 ? 0xffff : patched);
}

function rewriteSctpEnd(bytes: Uint8Array, place: PacketPlace, to: NewEnd): void {
  const { checksumAt, transportAt, end } = place;
  rewriteAddress(bytes, place, to, 0);
  const before = readWord32(bytes, transportAt);
  rewritePort(bytes, place, to);
  const difference = before ^ readWord32(bytes, transportAt);
  const checksum = checksumAt < 0 ? 0 : readWord32(bytes, checksumAt);
  if (checksum === 0 || difference === 0) return;
  writeWord32(bytes, checksumAt, patchCrc32c(checksum, difference, end - transportAt - 4));
}

/** Returns the port that was there. */
function rewritePort(bytes: Uint8Array, place: PacketPlace, to: NewEnd): number {
  const at = place.transportAt + (to.side === "source" ? 0 : 2);
  const before = readWord16(bytes, at);
  writeWord16(bytes, at, to.port);
  return before;
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
