/** Packets for tests and simulations, from the IP header on, with right lengths and checksums. Not on the packet path. */
import { parseAddress } from "@tandem/model";
import { checksumOf, sumPseudoHeader, sumWords } from "./checksum.ts";
import { sctpChecksum } from "./crc32c.ts";
import { IP_PROTOCOL, SCTP_CHUNK, TCP_FLAG } from "./parse.ts";
import { writeNetwork16, writeWord16, writeWord32 } from "./words.ts";

export { packetProblems } from "./testing-problems.ts";

/** A TCP, UDP or SCTP packet. */
export interface PacketSpec {
  protocol: "tcp" | "udp" | "sctp";
  /** Addresses in text; both of one family. */
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
  /** TCP: letters of `SAFRP`; `"SA"` is a SYN-ACK. */
  flags?: string;
  /** SCTP: types of chunks of 4 bytes that come before the payload, which is a DATA chunk. */
  chunks?: readonly ChunkName[];
  ttl?: number;
  /** TOS or traffic class. */
  tos?: number;
  payload?: Uint8Array | string;
  /** IPv4: the word of flags and fragment offset, 0x2000 is "more fragments"; 0x4000, "do not fragment", if absent. */
  fragment?: number;
  /** IPv4: identification. */
  id?: number;
  /** UDP without a checksum. */
  noChecksum?: boolean;
}

/** Chunks by name. */
export type ChunkName = Exclude<keyof typeof SCTP_CHUNK, "none">;

const FLAG_LETTERS: Readonly<Record<string, number>> = {
  S: TCP_FLAG.syn,
  A: TCP_FLAG.ack,
  F: TCP_FLAG.fin,
  R: TCP_FLAG.rst,
  P: TCP_FLAG.psh,
};

/** Build a TCP, UDP or SCTP packet. Throws a plain Error for an address that is none. */
export function buildPacket(spec: PacketSpec): Uint8Array {
  const text = typeof spec.payload === "string" ? new TextEncoder().encode(spec.payload) : spec.payload;
  const body = TRANSPORTS[spec.protocol](spec, text ?? new Uint8Array());
  const protocol = IP_PROTOCOL[spec.protocol];
  const packet = buildIp({ ...spec, protocol, body });
  if (!(spec.protocol === "udp" && spec.noChecksum)) fillChecksum(packet, protocol);
  return packet;
}

const TRANSPORTS: Record<PacketSpec["protocol"], (spec: PacketSpec, payload: Uint8Array) => Uint8Array> = {
  tcp: (spec, payload) => concat(tcpHeader(spec), payload),
  udp: (spec, payload) => concat(udpHeader(spec, payload.length), payload),
  sctp(spec, payload) {
    const chunks = (spec.chunks ?? []).map((name) => chunk(SCTP_CHUNK[name], new Uint8Array()));
    if (payload.length > 0 || chunks.length === 0) chunks.push(chunk(0, concat(new Uint8Array(12), payload)));
    const header = new Uint8Array(12);
    writeNetwork16(header, 0, spec.fromPort);
    writeNetwork16(header, 2, spec.toPort);
    return chunks.reduce(concat, header);
  },
};

function chunk(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((4 + value.length + 3) & ~3);
  bytes[0] = type;
  writeNetwork16(bytes, 2, 4 + value.length);
  bytes.set(value, 4);
  return bytes;
}

/** An IP packet of any protocol. */
export interface IpSpec {
  from: string;
  to: string;
  protocol: number;
  body: Uint8Array;
  ttl?: number;
  tos?: number;
  fragment?: number;
  id?: number;
}

/** Build an IP packet around a body; its transport checksum is the caller's business. */
export function buildIp(spec: IpSpec): Uint8Array {
  const from = bytesOf(spec.from);
  const to = bytesOf(spec.to);
  return from.length === 4 ? buildIpv4(spec, from, to) : buildIpv6(spec, from, to);
}

/**
 * Build an ICMP error about `about` (a packet, of which 64 bytes of payload are quoted), with a right checksum.
 *
 * @param type ICMP type; `rest` is the second word of the ICMP header, such as the MTU
 */
export function buildIcmpError(spec: {
  from: string;
  to: string;
  type: number;
  code?: number;
  rest?: number;
  about: Uint8Array;
}): Uint8Array {
  const v6 = spec.from.includes(":");
  const body = concat(new Uint8Array(8), spec.about.subarray(0, v6 ? 104 : 84));
  body[0] = spec.type;
  body[1] = spec.code ?? 0;
  writeNetwork16(body, 6, spec.rest ?? 0);
  const protocol = v6 ? IP_PROTOCOL.icmp6 : IP_PROTOCOL.icmp;
  const packet = buildIp({ from: spec.from, to: spec.to, protocol, body });
  fillChecksum(packet, protocol);
  return packet;
}

/** Build an ICMP echo request (IPv4), with a right checksum. */
export function buildPing(from: string, to: string, sequence: number): Uint8Array {
  const body = new Uint8Array(16);
  body[0] = 8;
  writeNetwork16(body, 6, sequence);
  const packet = buildIp({ from, to, protocol: IP_PROTOCOL.icmp, body });
  fillChecksum(packet, IP_PROTOCOL.icmp);
  return packet;
}

/** Offset of the checksum field within the transport header, by IP protocol. */
const CHECKSUM_AT: Readonly<Record<number, number>> = {
  [IP_PROTOCOL.tcp]: 16,
  [IP_PROTOCOL.udp]: 6,
  [IP_PROTOCOL.icmp]: 2,
  [IP_PROTOCOL.icmp6]: 2,
};

function fillChecksum(packet: Uint8Array, protocol: number): void {
  const start = packet[0]! >>> 4 === 4 ? 20 : 40;
  if (protocol === IP_PROTOCOL.sctp) {
    writeWord32(packet, start + 8, sctpChecksum(packet, start, packet.length));
    return;
  }
  const at = start + CHECKSUM_AT[protocol]!;
  writeWord16(packet, at, 0);
  const sum = checksumOf(transportSum(packet, protocol));
  writeWord16(packet, at, sum === 0 && protocol === IP_PROTOCOL.udp ? 0xffff : sum);
}

function transportSum(packet: Uint8Array, protocol: number): number {
  const v4 = packet[0]! >>> 4 === 4;
  const at = v4 ? 20 : 40;
  const body = sumWords(packet, at, packet.length);
  if (protocol === IP_PROTOCOL.icmp) return body;
  const of = { addressBytes: v4 ? 4 : 16, protocol, lengthBytes: packet.length - at };
  return body + sumPseudoHeader(packet, v4 ? 12 : 8, of);
}

function tcpHeader(spec: PacketSpec): Uint8Array {
  const header = new Uint8Array(20);
  writeNetwork16(header, 0, spec.fromPort);
  writeNetwork16(header, 2, spec.toPort);
  writeNetwork16(header, 6, 1000);
  header[12] = 5 << 4;
  header[13] = [...(spec.flags ?? "A")].reduce((bits, letter) => bits | FLAG_LETTERS[letter]!, 0);
  writeNetwork16(header, 14, 65535);
  return header;
}

function udpHeader(spec: PacketSpec, payloadBytes: number): Uint8Array {
  const header = new Uint8Array(8);
  writeNetwork16(header, 0, spec.fromPort);
  writeNetwork16(header, 2, spec.toPort);
  writeNetwork16(header, 4, 8 + payloadBytes);
  return header;
}

function buildIpv4(spec: IpSpec, from: Uint8Array, to: Uint8Array): Uint8Array {
  const packet = concat(new Uint8Array(20), spec.body);
  packet[0] = 0x45;
  packet[1] = spec.tos ?? 0;
  writeNetwork16(packet, 2, packet.length);
  writeNetwork16(packet, 4, spec.id ?? 0x1234);
  writeNetwork16(packet, 6, spec.fragment ?? 0x4000);
  packet[8] = spec.ttl ?? 64;
  packet[9] = spec.protocol;
  packet.set(from, 12);
  packet.set(to, 16);
  writeWord16(packet, 10, checksumOf(sumWords(packet, 0, 20)));
  return packet;
}

function buildIpv6(spec: IpSpec, from: Uint8Array, to: Uint8Array): Uint8Array {
  const packet = concat(new Uint8Array(40), spec.body);
  writeNetwork16(packet, 0, 0x6000 | ((spec.tos ?? 0) << 4));
  writeNetwork16(packet, 4, spec.body.length);
  packet[6] = spec.protocol;
  packet[7] = spec.ttl ?? 64;
  packet.set(from, 8);
  packet.set(to, 24);
  return packet;
}

function bytesOf(address: string): Uint8Array {
  const bytes = parseAddress(address);
  if (!bytes) throw new Error(`"${address}" is no address`);
  return bytes;
}

/** Two parts as one. */
export function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
