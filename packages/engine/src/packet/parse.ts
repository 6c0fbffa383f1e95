/**
 * Bytes to headers, in the steps of docs/packet-path.md: IP, then transport or the packet inside an ICMP error. Results go into one reused
 * `ParsedPacket`; nothing here throws or allocates. docs/packet-path.md ("What fits") is the specification.
 */
import { FLOW_KEY } from "../core/layout.ts";
import { readNetwork16, readWord32 } from "./words.ts";

/** IP protocol numbers that the packet path tells apart. */
export const IP_PROTOCOL = { icmp: 1, tcp: 6, udp: 17, fragment6: 44, icmp6: 58 } as const;

/** TCP's flags as bits of byte 13 of its header (RFC 9293 §3.1). */
export const TCP_FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

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
  /** TCP: its header with options. UDP: 8. */
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

/** Read ports and TCP flags after `parseIp`. Returns false if the transport header does not fit. For TCP and UDP only. */
export function parseTransport(p: ParsedPacket, bytes: Uint8Array): boolean {
  const room = p.totalBytes - p.transportAt;
  if (room < (p.protocol === IP_PROTOCOL.tcp ? 20 : 8)) return false;
  p.key[FLOW_PORTS[p.family]] = readWord32(bytes, p.transportAt);
  if (p.protocol !== IP_PROTOCOL.tcp) {
    p.transportBytes = 8;
    return true;
  }
  p.tcpFlags = bytes[p.transportAt + 13]!;
  p.transportBytes = (bytes[p.transportAt + 12]! >>> 4) * 4;
  return p.transportBytes >= 20 && p.transportBytes <= room;
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
export function parseEmbedded(p: ParsedPacket, bytes: Uint8Array): boolean {
  p.embeddedAt = p.transportAt + 8;
  const fits = p.family === 4 ? locateEmbedded4(p, bytes) : locateEmbedded6(p, bytes);
  if (!fits || p.embeddedTransportAt + 4 > p.totalBytes) return false;
  const protocol = p.embeddedProtocol;
  if (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp) return false;
  const words = p.family === 4 ? 1 : 4;
  const addresses = p.embeddedAt + (p.family === 4 ? 12 : 8);
  for (let i = 0; i < words; i++) {
    p.key[i] = readWord32(bytes, addresses + 4 * (words + i));
    p.key[words + i] = readWord32(bytes, addresses + 4 * i);
  }
  p.key[FLOW_PORTS[p.family]] = swapPorts(readWord32(bytes, p.embeddedTransportAt));
  p.key[FLOW_PROTOCOL[p.family]] = protocol;
  return true;
}

function locateEmbedded4(p: ParsedPacket, bytes: Uint8Array): boolean {
  const at = p.embeddedAt;
  if (at + 20 > p.totalBytes) return false;
  const headerBytes = (bytes[at]! & 15) * 4;
  p.embeddedTransportAt = at + headerBytes;
  p.embeddedProtocol = bytes[at + 9]!;
  const isLaterFragment = (readNetwork16(bytes, at + 6) & 0x1fff) !== 0;
  return bytes[at]! >>> 4 === 4 && headerBytes >= 20 && !isLaterFragment;
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
