/** ICMP errors about a masqueraded connection, translated to the other side's view: outer and embedded packet, both checksums (RFC 5508 §4). */
import { foldSum, patchChecksum, sumWords } from "../packet/checksum.ts";
import type { ParsedPacket } from "../packet/parse.ts";
import { readWord16, writeWord16 } from "../packet/words.ts";
import { CHECKSUM_AT, type NewEnd, rewriteAddress, rewriteEnd } from "./masquerade.ts";

/**
 * Rewrite `outer.side` of the outer packet and the other side of the embedded one, which travelled the other way, to the same address; the
 * port is the embedded packet's. For a packet that `parseEmbedded` has read. Never throws.
 */
export function translateIcmpError(p: ParsedPacket, bytes: Uint8Array, outer: NewEnd): void {
  const summedFrom = p.family === 4 ? p.transportAt : 8; // ICMPv6 sums over the addresses as well (RFC 4443 §2.3)
  const before = foldSum(sumWords(bytes, summedFrom, p.totalBytes));
  rewriteAddress(bytes, { family: p.family, ipAt: 0 }, outer, 0);
  const embedded: NewEnd = { ...outer, side: outer.side === "source" ? "destination" : "source" };
  const checksumAt = p.embeddedTransportAt + CHECKSUM_AT[p.embeddedProtocol]!;
  const place = {
    family: p.family,
    ipAt: p.embeddedAt,
    transportAt: p.embeddedTransportAt,
    checksumAt: checksumAt + 2 <= p.totalBytes ? checksumAt : -1,
  };
  rewriteEnd(bytes, place, embedded, p.embeddedProtocol);
  const after = foldSum(sumWords(bytes, summedFrom, p.totalBytes));
  const fieldAt = p.transportAt + 2;
  writeWord16(bytes, fieldAt, patchChecksum(readWord16(bytes, fieldAt), before, after));
}
