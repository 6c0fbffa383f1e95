/**
 * The end of a connection, told to both sides by what one packet of it says: its numbers are those that the other side expects, and its acknowledgement is
 * what its sender expects (TCP: RFC 9293 §3.10.7, RFC 5961 §3; SCTP: RFC 9260 §8.5.1).
 */
import { checksumOf, sumPseudoHeader, sumWords } from "../packet/checksum.ts";
import { sctpChecksum } from "../packet/crc32c.ts";
import { IP_PROTOCOL, type ParsedPacket, SCTP_CHUNK, TCP_FLAG } from "../packet/parse.ts";
import {
  readNetwork16,
  readWord16,
  readWord32,
  writeNetwork16,
  writeWord16,
  writeWord32,
} from "../packet/words.ts";

/** What `buildReset` writes at most: IPv6, and a TCP header without options. */
export const RESET_BYTES = 60;

const HEADER_BYTES = { 4: 20, 6: 40 } as const;
const ADDRESSES_AT = { 4: 12, 6: 8 } as const;
const ADDRESS_BYTES = { 4: 4, 6: 16 } as const;
const TRANSPORT_BYTES = { tcp: 20, sctp: 16 } as const;
const TTL = 64;
/** ABORT's flag: the verification tag is the sender's own, sent back. */
const REFLECTED = 1;

/** `on`: to whom the packet was going. `back`: to its sender. */
export type Whither = "on" | "back";

/**
 * Build the packet that ends a TCP connection or an SCTP association, from a parsed packet of it, into `out`. It goes the packet's own way or back, between the
 * packet's own addresses and ports.
 *
 * @returns its length in bytes; 0 for an RST, an ABORT or another protocol, which are not answered. Never throws.
 */
export function buildReset(out: Uint8Array, packet: Uint8Array, p: ParsedPacket, whither: Whither): number {
  if (p.protocol === IP_PROTOCOL.tcp) return buildRst(out, packet, p, whither);
  return p.protocol === IP_PROTOCOL.sctp ? buildAbort(out, packet, p, whither) : 0;
}

function buildRst(out: Uint8Array, packet: Uint8Array, p: ParsedPacket, whither: Whither): number {
  if ((p.tcpFlags & TCP_FLAG.rst) !== 0) return 0;
  const at = writeHeaders(out, packet, p, { whither, transportBytes: TRANSPORT_BYTES.tcp });
  const hasAck = (p.tcpFlags & TCP_FLAG.ack) !== 0;
  const hasAckToo = hasAck ? TCP_FLAG.rst | TCP_FLAG.ack : TCP_FLAG.rst;
  if (whither === "on") {
    writeWord32(out, at + 4, readWord32(packet, p.transportAt + 4));
    if (hasAck) writeWord32(out, at + 8, readWord32(packet, p.transportAt + 8));
    return finishTcp(out, { family: p.family, at, flags: hasAckToo });
  }
  if (hasAck) {
    writeWord32(out, at + 4, readWord32(packet, p.transportAt + 8));
    return finishTcp(out, { family: p.family, at, flags: TCP_FLAG.rst });
  }
  writeNetwork32(out, at + 8, readNetwork32(packet, p.transportAt + 4) + sequenceSpace(p));
  return finishTcp(out, { family: p.family, at, flags: TCP_FLAG.rst | TCP_FLAG.ack });
}

/** Fill in header length, flags and checksum. Returns the packet's length. */
function finishTcp(
  out: Uint8Array,
  { family, at, flags }: { family: 4 | 6; at: number; flags: number },
): number {
  const lengthBytes = TRANSPORT_BYTES.tcp;
  out[at + 12] = (lengthBytes / 4) << 4;
  out[at + 13] = flags;
  const pseudo = { addressBytes: ADDRESS_BYTES[family], protocol: IP_PROTOCOL.tcp, lengthBytes };
  const sum = sumPseudoHeader(out, ADDRESSES_AT[family], pseudo);
  writeWord16(out, at + 16, checksumOf(sumWords(out, at, at + lengthBytes, sum)));
  return at + lengthBytes;
}

/** Sequence numbers that a segment takes: its payload, SYN and FIN. */
function sequenceSpace(p: ParsedPacket): number {
  const flags = ((p.tcpFlags & TCP_FLAG.syn) !== 0 ? 1 : 0) + ((p.tcpFlags & TCP_FLAG.fin) !== 0 ? 1 : 0);
  return p.totalBytes - p.transportAt - p.transportBytes + flags;
}

function buildAbort(out: Uint8Array, packet: Uint8Array, p: ParsedPacket, whither: Whither): number {
  if (p.chunk === SCTP_CHUNK.abort) return 0;
  const at = writeHeaders(out, packet, p, { whither, transportBytes: TRANSPORT_BYTES.sctp });
  writeWord32(out, at + 4, readWord32(packet, p.transportAt + 4));
  out[at + 12] = SCTP_CHUNK.abort;
  out[at + 13] = whither === "on" ? 0 : REFLECTED;
  writeNetwork16(out, at + 14, 4);
  writeWord32(out, at + 8, sctpChecksum(out, at, at + TRANSPORT_BYTES.sctp));
  return at + TRANSPORT_BYTES.sctp;
}

/** What `buildProbe` writes at most. */
export const PROBE_BYTES = RESET_BYTES;

/** The two ends of a packet: addresses of 4 or 16 bytes, and the word of source and destination port as it stands in packets. */
export interface Ends {
  readonly family: 4 | 6;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly ports: number;
}

/**
 * Build a TCP segment that fits no connection's numbers (but for one in a million), and so is answered with an acknowledgement of what its receiver awaits.
 *
 * @returns its length in bytes. Never throws.
 */
export function buildProbe(out: Uint8Array, ends: Ends, flags: number): number {
  const { family } = ends;
  const at = HEADER_BYTES[family];
  const bytes = ADDRESS_BYTES[family];
  out.fill(0, 0, at + TRANSPORT_BYTES.tcp);
  out.set(ends.from.subarray(0, bytes), ADDRESSES_AT[family]);
  out.set(ends.to.subarray(0, bytes), ADDRESSES_AT[family] + bytes);
  writeWord32(out, at, ends.ports);
  writeIp(out, { family, protocol: IP_PROTOCOL.tcp, transportBytes: TRANSPORT_BYTES.tcp });
  return finishTcp(out, { family, at, flags });
}

/** Write an IP header and the ports, everything else zero. Returns where the transport header is. */
function writeHeaders(
  out: Uint8Array,
  packet: Uint8Array,
  p: ParsedPacket,
  of: { whither: Whither; transportBytes: number },
): number {
  const { family } = p;
  const transportAt = HEADER_BYTES[family];
  out.fill(0, 0, transportAt + of.transportBytes);
  copyEnds(out, packet, p, of.whither);
  writeIp(out, { family, protocol: p.protocol, transportBytes: of.transportBytes });
  return transportAt;
}

/** Fill in an IP header around its addresses. */
function writeIp(out: Uint8Array, of: { family: 4 | 6; protocol: number; transportBytes: number }): void {
  if (of.family === 6) {
    out[0] = 0x60;
    writeNetwork16(out, 4, of.transportBytes);
    out[6] = of.protocol;
    out[7] = TTL;
    return;
  }
  out[0] = 0x45;
  writeNetwork16(out, 2, HEADER_BYTES[4] + of.transportBytes);
  out[6] = 0x40; // don't fragment: the identification may be 0 (RFC 6864 §4.1)
  out[8] = TTL;
  out[9] = of.protocol;
  writeWord16(out, 10, checksumOf(sumWords(out, 0, HEADER_BYTES[4])));
}

function copyEnds(out: Uint8Array, packet: Uint8Array, p: ParsedPacket, whither: Whither): void {
  const bytes = ADDRESS_BYTES[p.family];
  const first = ADDRESSES_AT[p.family];
  const [source, destination] = whither === "on" ? [first, first + bytes] : [first + bytes, first];
  for (let i = 0; i < bytes; i++) {
    out[first + i] = packet[source + i]!;
    out[first + bytes + i] = packet[destination + i]!;
  }
  const ports = HEADER_BYTES[p.family];
  const isOn = whither === "on";
  writeWord16(out, ports, readWord16(packet, p.transportAt + (isOn ? 0 : 2)));
  writeWord16(out, ports + 2, readWord16(packet, p.transportAt + (isOn ? 2 : 0)));
}

function readNetwork32(bytes: Uint8Array, at: number): number {
  return readNetwork16(bytes, at) * 0x1_0000 + readNetwork16(bytes, at + 2);
}

function writeNetwork32(bytes: Uint8Array, at: number, value: number): void {
  writeNetwork16(bytes, at, (value >>> 16) & 0xffff);
  writeNetwork16(bytes, at + 2, value & 0xffff);
}
