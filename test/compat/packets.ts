/** Packets that recordings describe in words only (`client SA+20`, `server COOKIE_ACK+SACK`), built byte by byte. */
import { checksumOf, sumPseudoHeader, sumWords } from "../../packages/engine/src/packet/checksum.ts";
import { sctpChecksum } from "../../packages/engine/src/packet/crc32c.ts";
import { IP_PROTOCOL } from "../../packages/engine/src/packet/parse.ts";
import { buildIp } from "../../packages/engine/src/packet/testing.ts";
import {
  readNetwork16,
  writeNetwork16,
  writeWord16,
  writeWord32,
} from "../../packages/engine/src/packet/words.ts";

/** Both ends of a packet, in text. */
export interface Ends {
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
}

/** A TCP segment. `flags` are letters of `FSRPAU`. */
export interface TcpSpec extends Ends {
  readonly flags: string;
  readonly seq: number;
  readonly ack: number;
  readonly window?: number;
  readonly payload?: Uint8Array;
  readonly id?: number;
}

/** Identification of the recordings' own packets. */
const ID = 1;
const SCTP = 132;
const CHUNK_BYTES = 16;

/** Build a TCP segment with right checksums. */
export function buildTcp(spec: TcpSpec): Uint8Array {
  const header = new Uint8Array(20);
  writePorts(header, spec);
  write32(header, 4, spec.seq);
  write32(header, 8, spec.ack);
  header[12] = 5 << 4;
  header[13] = [...spec.flags].reduce((bits, letter) => bits | (1 << "FSRPAU".indexOf(letter)), 0);
  writeNetwork16(header, 14, spec.window ?? 64_240);
  return build(spec, IP_PROTOCOL.tcp, [header, spec.payload ?? new Uint8Array()]);
}

/** Build a UDP datagram with right checksums. */
export function buildUdp(spec: Ends & { readonly payload: Uint8Array }): Uint8Array {
  const header = new Uint8Array(8);
  writePorts(header, spec);
  writeNetwork16(header, 4, 8 + spec.payload.length);
  return build(spec, IP_PROTOCOL.udp, [header, spec.payload]);
}

/** Types of SCTP chunks by the names of the recordings (RFC 9260 §3.2). */
const CHUNKS: Readonly<Record<string, number>> = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  ECNE: 12,
  CWR: 13,
  SHUTDOWN_COMPLETE: 14,
};

/** An SCTP packet of chunks by name, 16 bytes each; the last one has `extraBytes` more. */
export interface SctpSpec extends Ends {
  readonly chunks: readonly string[];
  readonly extraBytes?: number;
}

/** Build it. Undefined: a chunk that has no number here. */
export function buildSctp(spec: SctpSpec): Uint8Array | undefined {
  const types = spec.chunks.map((name) => CHUNKS[name.replaceAll("-", "_")]);
  if (types.includes(undefined)) return undefined;
  const header = new Uint8Array(12);
  writePorts(header, spec);
  const chunks = types.map((type, i) => {
    const bytes = CHUNK_BYTES + (i === types.length - 1 ? (spec.extraBytes ?? 0) : 0);
    return Uint8Array.of(type!, 0, bytes >>> 8, bytes & 0xff, ...new Uint8Array(bytes - 4));
  });
  return build(spec, SCTP, [header, ...chunks]);
}

function build(ends: Ends & { id?: number }, protocol: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  const packet = buildIp({ from: ends.from, to: ends.to, protocol, body });
  if (packet[0]! >>> 4 === 4) {
    writeNetwork16(packet, 4, ends.id ?? ID);
    writeWord16(packet, 10, 0);
    writeWord16(packet, 10, checksumOf(sumWords(packet, 0, 20)));
  }
  fillTransportChecksum(packet, protocol);
  return packet;
}

const CHECKSUM_AT: Readonly<Record<number, number>> = { [IP_PROTOCOL.tcp]: 16, [IP_PROTOCOL.udp]: 6 };

function fillTransportChecksum(packet: Uint8Array, protocol: number): void {
  const at = packet[0]! >>> 4 === 4 ? 20 : 40;
  if (protocol === SCTP) {
    writeWord32(packet, at + 8, sctpChecksum(packet, at, packet.length));
    return;
  }
  const sum = checksumOf(transportSum(packet, protocol));
  writeWord16(packet, at + CHECKSUM_AT[protocol]!, sum === 0 && protocol === IP_PROTOCOL.udp ? 0xffff : sum);
}

/** Sum over the transport header, its payload and the pseudo header; 0xffff, folded, where the checksum is right. */
export function transportSum(packet: Uint8Array, protocol: number): number {
  const at = packet[0]! >>> 4 === 4 ? 20 : 40;
  const of = { addressBytes: at === 20 ? 4 : 16, protocol, lengthBytes: packet.length - at };
  return sumWords(packet, at, packet.length) + sumPseudoHeader(packet, at === 20 ? 12 : 8, of);
}

function writePorts(header: Uint8Array, ends: Ends): void {
  writeNetwork16(header, 0, ends.fromPort);
  writeNetwork16(header, 2, ends.toPort);
}

function write32(bytes: Uint8Array, at: number, value: number): void {
  writeNetwork16(bytes, at, value >>> 16);
  writeNetwork16(bytes, at + 2, value & 0xffff);
}

/** 32 bits in network order. */
export const read32 = (bytes: Uint8Array, at: number): number =>
  ((readNetwork16(bytes, at) << 16) | readNetwork16(bytes, at + 2)) >>> 0;
