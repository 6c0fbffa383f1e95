/** ICMP errors about a translated connection, translated to the other side's view: outer and embedded packet, both checksums (RFC 5508 §4). */
import { foldSum, patchChecksum, sumWords } from "../packet/checksum.ts";
import { IP_PROTOCOL, type ParsedPacket } from "../packet/parse.ts";
import { readNetwork16, readWord16, writeWord16 } from "../packet/words.ts";
import { CHECKSUM_AT, type NewEnd, type PacketPlace, rewriteAddress, rewriteEnd } from "./masquerade.ts";

/**
 * Rewrite `outer.side` of the outer packet and the other side of the embedded one, which travelled the other way, to the same address; the
 * port is the embedded packet's. For a packet that `parseEmbedded` has read; under full NAT once for each end. Never throws.
 */
export function translateIcmpError(p: ParsedPacket, bytes: Uint8Array, outer: NewEnd): void {
  const summedFrom = p.family === 4 ? p.transportAt : 8; // ICMPv6 sums over the addresses as well (RFC 4443 §2.3)
  const before = foldSum(sumWords(bytes, summedFrom, p.totalBytes));
  rewriteAddress(bytes, { family: p.family, ipAt: 0 }, outer, 0);
  const embedded: NewEnd = { ...outer, side: outer.side === "source" ? "destination" : "source" };
  rewriteEnd(bytes, embeddedPlace(p, bytes), embedded);
  const after = foldSum(sumWords(bytes, summedFrom, p.totalBytes));
  const fieldAt = p.transportAt + 2;
  writeWord16(bytes, fieldAt, patchChecksum(readWord16(bytes, fieldAt), before, after));
}

function embeddedPlace(p: ParsedPacket, bytes: Uint8Array): PacketPlace {
  const { family, embeddedAt: ipAt, embeddedTransportAt: transportAt, embeddedProtocol: protocol } = p;
  const checksumAt = transportAt + CHECKSUM_AT[protocol]!;
  const checksumBytes = protocol === IP_PROTOCOL.sctp ? 4 : 2;
  const lengthBytes = family === 4 ? readNetwork16(bytes, ipAt + 2) : 40 + readNetwork16(bytes, ipAt + 4);
  return {
    family,
    protocol,
    ipAt,
    transportAt,
    checksumAt: checksumAt + checksumBytes <= p.totalBytes ? checksumAt : -1,
    end: ipAt + lengthBytes,
  };
}
