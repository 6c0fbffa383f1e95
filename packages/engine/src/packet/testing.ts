/** Packets for tests and simulations, from the IP header on, with right lengths and checksums. Not on the packet path. */
import { parseAddress } from "@tandem/model";
import { checksumOf, sumPseudoHeader, sumWords } from "./checksum.ts";
import { IP_PROTOCOL, TCP_FLAG } from "./parse.ts";
import { readNetwork16, readWord16, writeNetwork16, writeWord16 } from "./words.ts";

/** A TCP or UDP packet. */
export interface PacketSpec {
  protocol: "tcp" | "udp";
  /** Addresses in text; both of one family. */
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
  /** TCP: letters of `SAFRP`; `"SA"` is a SYN-ACK. */
  flags?: string;
  ttl?: number;
  payload?: Uint8Array | string;
  /** IPv4: the word of flags and fragment offset, 0x2000 is "more fragments". */
  fragment?: number;
  /** UDP without a checksum. */
  noChecksum?: boolean;
}

const FLAG_LETTERS: Readonly<Record<string, number>> = {
  S: TCP_FLAG.syn,
  A: TCP_FLAG.ack,
  F: TCP_FLAG.fin,
  R: TCP_FLAG.rst,
  P: TCP_FLAG.psh,
};

/** Build a TCP or UDP packet. Throws a plain Error for an address that is none. */
export function buildPacket(spec: PacketSpec): Uint8Array {
  const payload = typeof spec.payload === "string" ? new TextEncoder().encode(spec.payload) : spec.payload;
  const header = spec.protocol === "tcp" ? tcpHeader(spec) : udpHeader(spec, payload?.length ?? 0);
  const transport = concat(header, payload ?? new Uint8Array());
  const protocol = IP_PROTOCOL[spec.protocol];
  const packet = buildIp({ ...spec, protocol, body: transport });
  if (!(spec.protocol === "udp" && spec.noChecksum)) fillChecksum(packet, protocol);
  return packet;
}

/** An IP packet of any protocol. */
export interface IpSpec {
  from: string;
  to: string;
  protocol: number;
  body: Uint8Array;
  ttl?: number;
  fragment?: number;
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

/** What is wrong with the packet's lengths and checksums, in words; empty if nothing is. ICMP errors: their embedded IPv4 header as well. */
export function packetProblems(packet: Uint8Array): string[] {
  const v4 = packet[0]! >>> 4 === 4;
  const problems: string[] = [];
  if (v4 && checksumOf(sumWords(packet, 0, 20)) !== 0) problems.push("IPv4 header checksum");
  const total = v4 ? readNetwork16(packet, 2) : 40 + readNetwork16(packet, 4);
  if (total !== packet.length) problems.push(`length ${total}, packet has ${packet.length} bytes`);
  const protocol = packet[v4 ? 9 : 6]!;
  const at = v4 ? 20 : 40;
  const field = readWord16(packet, at + (CHECKSUM_AT[protocol] ?? 0));
  const unused = protocol === IP_PROTOCOL.udp && field === 0;
  if (!unused && checksumOf(transportSum(packet, protocol)) !== 0) problems.push("transport checksum");
  if (protocol === IP_PROTOCOL.icmp && checksumOf(sumWords(packet, 28, 48)) !== 0)
    problems.push("embedded IPv4 header checksum");
  return problems;
}

/** Offset of the checksum field within the transport header, by IP protocol. */
const CHECKSUM_AT: Readonly<Record<number, number>> = {
  [IP_PROTOCOL.tcp]: 16,
  [IP_PROTOCOL.udp]: 6,
  [IP_PROTOCOL.icmp]: 2,
  [IP_PROTOCOL.icmp6]: 2,
};

function fillChecksum(packet: Uint8Array, protocol: number): void {
  const at = (packet[0]! >>> 4 === 4 ? 20 : 40) + CHECKSUM_AT[protocol]!;
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
  writeNetwork16(packet, 2, packet.length);
  writeNetwork16(packet, 4, 0x1234);
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
  packet[0] = 0x60;
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

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
