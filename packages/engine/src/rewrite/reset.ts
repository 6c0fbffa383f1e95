/**
 * The end of a connection, told to both sides by what one packet of it says: its numbers are those that the other side expects, and its acknowledgement is
 * what its sender expects (TCP: RFC 9293 §3.10.7, RFC 5961 §3; SCTP: RFC 9260 §8.5.1).
 */
import { sctpChecksum } from "../packet/crc32c.ts";
import { ADDRESS_BYTES, ADDRESSES_AT, IP_HEADER_BYTES, writeIpHeader } from "../packet/ip-header.ts";
import { IP_PROTOCOL, type ParsedPacket, SCTP_CHUNK, TCP_FLAG } from "../packet/parse.ts";
import { fillChecksum } from "../packet/transport-checksum.ts";
import {
  readNetwork32,
  readWord16,
  readWord32,
  writeNetwork16,
  writeNetwork32,
  writeWord16,
  writeWord32,
} from "../packet/words.ts";

/** What `buildReset` writes at most: IPv6, and a TCP header without options. */
export const RESET_BYTES = 60;

const TRANSPORT_BYTES = { tcp: 20, sctp: 16 } as const;
/** Of packets that this host makes. */
const OWN = { ttl: 64, trafficClass: 0 } as const;
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
  const end = at + TRANSPORT_BYTES.tcp;
  out[at + 12] = (TRANSPORT_BYTES.tcp / 4) << 4;
  out[at + 13] = flags;
  fillChecksum(out, { family, protocol: IP_PROTOCOL.tcp, transportAt: at, end });
  return end;
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
  const at = IP_HEADER_BYTES[family];
  const bytes = ADDRESS_BYTES[family];
  out.fill(0, 0, at + TRANSPORT_BYTES.tcp);
  out.set(ends.from.subarray(0, bytes), ADDRESSES_AT[family]);
  out.set(ends.to.subarray(0, bytes), ADDRESSES_AT[family] + bytes);
  writeWord32(out, at, ends.ports);
  writeIpHeader(out, { ...OWN, family, protocol: IP_PROTOCOL.tcp, packetBytes: at + TRANSPORT_BYTES.tcp });
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
  const transportAt = IP_HEADER_BYTES[family];
  out.fill(0, 0, transportAt + of.transportBytes);
  copyEnds(out, packet, p, of.whither);
  writeIpHeader(out, { ...OWN, family, protocol: p.protocol, packetBytes: transportAt + of.transportBytes });
  return transportAt;
}

function copyEnds(out: Uint8Array, packet: Uint8Array, p: ParsedPacket, whither: Whither): void {
  const bytes = ADDRESS_BYTES[p.family];
  const first = ADDRESSES_AT[p.family];
  const [source, destination] = whither === "on" ? [first, first + bytes] : [first + bytes, first];
  for (let i = 0; i < bytes; i++) {
    out[first + i] = packet[source + i]!;
    out[first + bytes + i] = packet[destination + i]!;
  }
  const ports = IP_HEADER_BYTES[p.family];
  const isOn = whither === "on";
  writeWord16(out, ports, readWord16(packet, p.transportAt + (isOn ? 0 : 2)));
  writeWord16(out, ports + 2, readWord16(packet, p.transportAt + (isOn ? 2 : 0)));
}
