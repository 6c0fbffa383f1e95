/** Cutting an offloaded (GSO) packet into the segments that would have been on the wire. */
import { setIpLength } from "../packet/ip-header.ts";
import { IP_PROTOCOL, type ParsedPacket, TCP_FLAG } from "../packet/parse.ts";
import { fillChecksum, hasChecksum } from "../packet/transport-checksum.ts";
import { readNetwork16, readNetwork32, writeNetwork16, writeNetwork32 } from "../packet/words.ts";
import type { Pieces } from "./cut.ts";

/** Congestion window reduced: told once, by the first segment (RFC 3168 §6.1.2). */
const CWR = 0x80;
/** What only the last segment says. */
const LAST = TCP_FLAG.fin | TCP_FLAG.psh;

/**
 * Cut a parsed TCP or UDP packet into segments with `segmentBytes` of payload each: lengths, IPv4 identifications, TCP sequence numbers and flags
 * as if they had been sent one by one, checksums complete (the packet's own may be unfinished). A UDP checksum of 0 over IPv4 stays 0.
 *
 * @param pieces emits each segment, in order; `out` holds the headers and one segment
 */
export function cutSegments(p: ParsedPacket, packet: Uint8Array, segmentBytes: number, pieces: Pieces): void {
  const { out } = pieces;
  const headerBytes = p.transportAt + p.transportBytes;
  const place = { family: p.family, protocol: p.protocol, transportAt: p.transportAt };
  out.set(packet.subarray(0, headerBytes));
  let number = 0;
  for (let at = headerBytes; at < p.totalBytes; at += segmentBytes, number++) {
    const part = Math.min(segmentBytes, p.totalBytes - at);
    const isLast = at + part >= p.totalBytes;
    out.set(packet.subarray(at, at + part), headerBytes);
    writeIp(p, packet, out, { bytes: headerBytes + part, number });
    if (p.protocol === IP_PROTOCOL.tcp) writeTcp(p, packet, out, { sent: at - headerBytes, isLast });
    else writeNetwork16(out, p.transportAt + 4, 8 + part);
    if (hasChecksum(p, packet)) fillChecksum(out, { ...place, end: headerBytes + part });
    pieces.emit(headerBytes + part);
  }
}

function writeIp(
  p: ParsedPacket,
  packet: Uint8Array,
  out: Uint8Array,
  segment: { bytes: number; number: number },
): void {
  if (p.family === 4) writeNetwork16(out, 4, readNetwork16(packet, 4) + segment.number);
  setIpLength(out, p.family, segment.bytes);
}

function writeTcp(
  p: ParsedPacket,
  packet: Uint8Array,
  out: Uint8Array,
  segment: { sent: number; isLast: boolean },
): void {
  const at = p.transportAt;
  writeNetwork32(out, at + 4, readNetwork32(packet, at + 4) + segment.sent);
  const notHere = (segment.isLast ? 0 : LAST) | (segment.sent === 0 ? 0 : CWR);
  out[at + 13] = packet[at + 13]! & ~notHere;
}
