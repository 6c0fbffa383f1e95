/**
 * Bytes to headers, in the steps of docs/packet-path.md: IP, then transport or the packet inside an ICMP error. Results go into one reused
 * `ParsedPacket`; nothing here throws or allocates. docs/packet-path.md ("What fits") is the specification.
 */
import { FLOW_KEY } from "../core/layout.ts";
import { readNetwork16, readWord32 } from "./words.ts";

/** IP protocol numbers that the packet path tells apart. */
export const IP_PROTOCOL = {
  icmp: 1,
  ipip: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  fragment6: 44,
  gre: 47,
  icmp6: 58,
  sctp: 132,
} as const;

/** TCP's flags as bits of byte 13 of its header (RFC 9293 §3.1). */
export const TCP_FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

/** Types of SCTP's chunks (RFC 9260 §3.2) that a connection's state depends on. */
export const SCTP_CHUNK = {
  init: 1,
  initAck: 2,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
  /** No chunk there. */
  none: 256,
} as const;

/** Words of the longest flow key (IPv6). */
export const FLOW_WORDS = FLOW_KEY[6].size / 4;
/** Word of the flow key that holds both ports, by family. */
export const FLOW_PORTS = { 4: FLOW_KEY[4].sourcePort / 4, 6: FLOW_KEY[6].sourcePort / 4 } as const;
/** Word of the flow key that holds the protocol, by family. */
export const FLOW_PROTOCOL = { 4: FLOW_KEY[4].protocol / 4, 6: FLOW_KEY[6].protocol / 4 } as const;

/** One packet's headers. Offsets count from the IP header; `key` is the flow key of `core/layout.ts`, as words and as bytes. */
export interface ParsedPacket {
  family: 4 | 6;
  /** IP protocol, or IPv6 next header. */
  protocol: number;
  /** IP length in bytes: where the packet ends. */
  totalBytes: number;
  transportAt: number;
  ttl: number;
  /** More fragments, or a fragment offset, or an IPv6 Fragment header. */
  isFragment: boolean;
  /** Byte 13 of the TCP header. */
  tcpFlags: number;
  /** Types of SCTP's first two chunks; the second is `SCTP_CHUNK.none` if it is not there. */
  chunk: number;
  secondChunk: number;
  /** TCP: its header with options. UDP: 8. SCTP: 12. */
  transportBytes: number;
  /** Source, destination, ports, protocol: what the flow maps are asked for. After `parseEmbedded`: of the embedded packet, reversed. */
  readonly key: Uint32Array;
  /** The same memory as bytes: 16 for IPv4, 40 for IPv6. */
  readonly keyBytes: { readonly 4: Uint8Array; readonly 6: Uint8Array };
  /** Offsets of the embedded IP and transport headers of an ICMP error, and its protocol. */
  embeddedAt: number;
  embeddedTransportAt: number;
  embeddedProtocol: number;
}

/** An empty result to parse into. */
export function createParsedPacket(): ParsedPacket {
  const key = new Uint32Array(FLOW_WORDS);
  return {
    family: 4,
    protocol: 0,
    totalBytes: 0,
    transportAt: 0,
    ttl: 0,
    isFragment: false,
    tcpFlags: 0,
    chunk: 0,
    secondChunk: 0,
    transportBytes: 0,
    key,
    keyBytes: {
      4: new Uint8Array(key.buffer, 0, FLOW_KEY[4].size),
      6: new Uint8Array(key.buffer, 0, FLOW_KEY[6].size),
    },
    embeddedAt: 0,
    embeddedTransportAt: 0,
    embeddedProtocol: 0,
  };
}

/**
 * Read the IP header of `bytes[0, length)`.
 *
 * @returns false if it does not fit; then the addresses are in `p.key` if `addressesReadable`.
 */
export function parseIp(p: ParsedPacket, bytes: Uint8Array, length: number): boolean {
  return p.family === 4 ? parseIpv4(p, bytes, length) : parseIpv6(p, bytes, length);
}

/** Whether `length` bytes reach the end of the fixed IP header, so that its addresses can be read. */
export const addressesReadable = (family: 4 | 6, length: number): boolean =>
  length >= (family === 4 ? 20 : 40);

function parseIpv4(p: ParsedPacket, bytes: Uint8Array, length: number): boolean {
  if (length < 20) return false;
  const key = p.key;
  key[0] = readWord32(bytes, 12);
  key[1] = readWord32(bytes, 16);
  key[FLOW_PORTS[4]] = 0;
  key[FLOW_PROTOCOL[4]] = p.protocol = bytes[9]!;
  p.ttl = bytes[8]!;
  p.isFragment = (readNetwork16(bytes, 6) & 0x3fff) !== 0; // MF and the offset
  p.totalBytes = readNetwork16(bytes, 2);
  p.transportAt = (bytes[0]! & 15) * 4;
  return (
    bytes[0]! >>> 4 === 4 && p.transportAt >= 20 && p.transportAt <= p.totalBytes && p.totalBytes <= length
  );
}

function parseIpv6(p: ParsedPacket, bytes: Uint8Array, length: number): boolean {
  if (length < 40) return false;
  const key = p.key;
  for (let i = 0; i < 8; i++) key[i] = readWord32(bytes, 8 + 4 * i);
  key[FLOW_PORTS[6]] = 0;
  key[FLOW_PROTOCOL[6]] = p.protocol = bytes[6]!;
  p.ttl = bytes[7]!;
  p.isFragment = p.protocol === IP_PROTOCOL.fragment6;
  p.totalBytes = 40 + readNetwork16(bytes, 4);
  p.transportAt = 40;
  return bytes[0]! >>> 4 === 6 && p.totalBytes <= length;
}

/** Bytes of transport header that must be there: of SCTP, its first chunk's type, flags and length as well. */
const LEAST_BYTES: Readonly<Record<number, number>> = {
  [IP_PROTOCOL.tcp]: 20,
  [IP_PROTOCOL.udp]: 8,
  [IP_PROTOCOL.sctp]: 16,
};

/** Whether `parseTransport` knows the protocol: what a service can have. */
export const isTransport = (protocol: number): boolean =>
  protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp || protocol === IP_PROTOCOL.sctp;

/** Read ports, TCP flags and SCTP chunks after `parseIp`. Returns false if the transport header does not fit. For `isTransport` only. */
export function parseTransport(p: ParsedPacket, bytes: Uint8Array): boolean {
  const room = p.totalBytes - p.transportAt;
  if (room < LEAST_BYTES[p.protocol]!) return false;
  p.key[FLOW_PORTS[p.family]] = readWord32(bytes, p.transportAt);
  if (p.protocol === IP_PROTOCOL.tcp) return parseTcp(p, bytes, room);
  p.transportBytes = p.protocol === IP_PROTOCOL.sctp ? 12 : 8;
  if (p.protocol === IP_PROTOCOL.sctp) parseChunks(p, bytes);
  return true;
}

function parseTcp(p: ParsedPacket, bytes: Uint8Array, room: number): boolean {
  p.tcpFlags = bytes[p.transportAt + 13]!;
  p.transportBytes = (bytes[p.transportAt + 12]! >>> 4) * 4;
  return p.transportBytes >= 20 && p.transportBytes <= room;
}

function parseChunks(p: ParsedPacket, bytes: Uint8Array): void {
  const at = p.transportAt + 12;
  p.chunk = bytes[at]!;
  const chunkBytes = readNetwork16(bytes, at + 2);
  const secondAt = at + ((chunkBytes + 3) & ~3);
  const isThere = chunkBytes >= 4 && secondAt + 4 <= p.totalBytes;
  p.secondChunk = isThere ? bytes[secondAt]! : SCTP_CHUNK.none;
}

const ICMP_ERRORS = { 4: new Set([3, 4, 11, 12]), 6: new Set([1, 2, 3, 4]) } as const;

/** Whether the packet is an ICMP error that may be about a flow. After `parseIp`. */
export function isIcmpError(p: ParsedPacket, bytes: Uint8Array): boolean {
  const protocol = p.family === 4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmp6;
  return (
    p.protocol === protocol &&
    p.totalBytes > p.transportAt &&
    ICMP_ERRORS[p.family].has(bytes[p.transportAt]!)
  );
}

/** Read the packet inside an ICMP error; `p.key` becomes its tuple reversed. Returns false if it is not readable. */
export const parseEmbedded = (p: ParsedPacket, bytes: Uint8Array): boolean =>
  parseEmbeddedIp(p, bytes, p.transportAt + 8) && parseEmbeddedPorts(p, bytes);

/** Read the ports behind what `parseEmbeddedIp` has read, into `p.key`, reversed. Returns false if they are not there. */
export function parseEmbeddedPorts(p: ParsedPacket, bytes: Uint8Array): boolean {
  if (p.embeddedTransportAt + 4 > p.totalBytes || !isTransport(p.embeddedProtocol)) return false;
  p.key[FLOW_PORTS[p.family]] = swapPorts(readWord32(bytes, p.embeddedTransportAt));
  return true;
}

/**
 * Read the IP header at `at`, of `p.family`, quoted inside a packet of which `p.totalBytes` are there; `p.key` becomes its tuple reversed, without
 * ports. Its length field is not judged. Returns false if it does not fit, or for a later fragment.
 */
export function parseEmbeddedIp(p: ParsedPacket, bytes: Uint8Array, at: number): boolean {
  p.embeddedAt = at;
  const fits = p.family === 4 ? locateEmbedded4(p, bytes) : locateEmbedded6(p, bytes);
  if (!fits) return false;
  const words = p.family === 4 ? 1 : 4;
  const addresses = at + (p.family === 4 ? 12 : 8);
  for (let i = 0; i < words; i++) {
    p.key[i] = readWord32(bytes, addresses + 4 * (words + i));
    p.key[words + i] = readWord32(bytes, addresses + 4 * i);
  }
  p.key[FLOW_PORTS[p.family]] = 0;
  p.key[FLOW_PROTOCOL[p.family]] = p.embeddedProtocol;
  return true;
}

function locateEmbedded4(p: ParsedPacket, bytes: Uint8Array): boolean {
  const at = p.embeddedAt;
  if (at + 20 > p.totalBytes) return false;
  const headerBytes = (bytes[at]! & 15) * 4;
  p.embeddedTransportAt = at + headerBytes;
  p.embeddedProtocol = bytes[at + 9]!;
  const isLaterFragment = (readNetwork16(bytes, at + 6) & 0x1fff) !== 0;
  const isWhole = headerBytes >= 20 && p.embeddedTransportAt <= p.totalBytes;
  return bytes[at]! >>> 4 === 4 && isWhole && !isLaterFragment;
}

function locateEmbedded6(p: ParsedPacket, bytes: Uint8Array): boolean {
  const at = p.embeddedAt;
  if (at + 40 > p.totalBytes) return false;
  p.embeddedTransportAt = at + 40;
  p.embeddedProtocol = bytes[at + 6]!;
  return bytes[at]! >>> 4 === 6;
}

/** A word of two ports with the ports exchanged. */
export const swapPorts = (ports: number): number => ((ports << 16) | (ports >>> 16)) >>> 0;
