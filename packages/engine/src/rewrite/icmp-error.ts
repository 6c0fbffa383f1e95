/** ICMP errors about a translated connection, translated to the other side's view: outer and embedded packet (RFC 5508 §4). */
import { foldSum, patchChecksum, sumWords } from "../packet/checksum.ts";
import type { ParsedPacket } from "../packet/parse.ts";
import { readWord16, writeWord16 } from "../packet/words.ts";
import { type NewEnd, rewriteAddress, rewriteEnd } from "./masquerade.ts";

/**
 * Rewrite `outer.side` of the outer packet and the other side of the embedded one, which travelled the other way, to the same address; the
 * port is the embedded packet's, whose transport checksum stays what it was (Linux `ip_vs_nat_icmp`): most quotes end before what it covers. For a packet that `parseEmbedded` has read; under full NAT once for each end. Never throws.
 */
export function translateIcmpError(p: ParsedPacket, bytes: Uint8Array, outer: NewEnd): void {
  const summedFrom = p.family === 4 ? p.transportAt : 8; // ICMPv6 sums over the addresses as well (RFC 4443 §2.3)
  const before = foldSum(sumWords(bytes, summedFrom, p.totalBytes));
  rewriteAddress(bytes, { family: p.family, ipAt: 0 }, outer, 0);
  const embedded: NewEnd = { ...outer, side: outer.side === "source" ? "destination" : "source" };
  const place = {
    family: p.family,
    protocol: p.embeddedProtocol,
    ipAt: p.embeddedAt,
    transportAt: p.embeddedTransportAt,
  };
  rewriteEnd(bytes, { ...place, checksumAt: -1, end: p.totalBytes }, embedded);
  const after = foldSum(sumWords(bytes, summedFrom, p.totalBytes));
  const fieldAt = p.transportAt + 2;
  writeWord16(bytes, fieldAt, patchChecksum(readWord16(bytes, fieldAt), before, after));
}
