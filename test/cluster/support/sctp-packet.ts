/** SCTP packets with all that an association needs (RFC 9260 §3): kernels without SCTP have nobody else to speak it. */
import { formatAddress } from "@tandem/model";
import { sctpChecksum } from "../../../packages/engine/src/packet/crc32c.ts";
import { buildIp } from "../../../packages/engine/src/packet/testing.ts";

/** Chunk types. */
export const CHUNK = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const;

/** One chunk; `value` is what follows its length. */
export interface Chunk {
  readonly type: number;
  readonly value: Buffer;
}

/** Where a packet goes, and the verification tag that its receiver wants. Addresses in text, both of one family. */
export interface SctpHeader {
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
  readonly tag: number;
}

const PROTOCOL = 132;
const HEADER_BYTES = 12;
const CHUNK_BYTES = 4;
/** All fragments of a message in one chunk: beginning and end. */
const DATA_FLAGS = 3;

/** A packet from its IP header on, with a right CRC32c. */
export function buildSctp(header: SctpHeader, chunks: readonly Chunk[]): Uint8Array {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(header.fromPort, 0);
  head.writeUInt16BE(header.toPort, 2);
  head.writeUInt32BE(header.tag, 4);
  const body = Buffer.concat([head, ...chunks.map(encodeChunk)]);
  body.writeUInt32LE(sctpChecksum(body, 0, body.length), 8);
  return buildIp({ from: header.from, to: header.to, protocol: PROTOCOL, body });
}

function encodeChunk({ type, value }: Chunk): Buffer {
  const bytes = Buffer.alloc((CHUNK_BYTES + value.length + 3) & ~3);
  bytes[0] = type;
  bytes[1] = type === CHUNK.data ? DATA_FLAGS : 0;
  bytes.writeUInt16BE(CHUNK_BYTES + value.length, 2);
  bytes.set(value, CHUNK_BYTES);
  return bytes;
}

/** Read a packet from its IP header on. Undefined if it is not SCTP, or its CRC32c is wrong. Never throws. */
export function readSctp(packet: Uint8Array): (SctpHeader & { chunks: Chunk[] }) | undefined {
  const is4 = packet[0]! >>> 4 === 4;
  const at = is4 ? (packet[0]! & 15) * 4 : 40;
  if ((is4 ? packet[9] : packet[6]) !== PROTOCOL || packet.length < at + HEADER_BYTES) return undefined;
  const body = Buffer.from(packet.subarray(at));
  if (body.readUInt32LE(8) !== sctpChecksum(body, 0, body.length)) return undefined;
  const [source, target, end] = is4 ? [12, 16, 20] : [8, 24, 40];
  return {
    from: formatAddress(packet.subarray(source, target)),
    fromPort: body.readUInt16BE(0),
    to: formatAddress(packet.subarray(target, end)),
    toPort: body.readUInt16BE(2),
    tag: body.readUInt32BE(4),
    chunks: [...chunksIn(body)],
  };
}

function* chunksIn(body: Buffer): Generator<Chunk> {
  for (let at = HEADER_BYTES; at + CHUNK_BYTES <= body.length; ) {
    const length = body.readUInt16BE(at + 2);
    if (length < CHUNK_BYTES) return;
    yield { type: body[at]!, value: body.subarray(at + CHUNK_BYTES, at + length) };
    at += (length + 3) & ~3;
  }
}

/** A chunk without a value. */
export const plainChunk = (type: number): Chunk => ({ type, value: Buffer.alloc(0) });

/** INIT or INIT-ACK: own tag, window, one stream each way, first TSN; the cookie is a parameter (type 7) of INIT-ACK. */
export function initChunk(type: 1 | 2, tag: number, cookie?: Buffer): Chunk {
  const value = Buffer.alloc(16);
  value.writeUInt32BE(tag, 0);
  value.writeUInt32BE(65_536, 4);
  value.writeUInt16BE(1, 8);
  value.writeUInt16BE(1, 10);
  value.writeUInt32BE(1, 12);
  if (!cookie) return { type, value };
  const parameter = Buffer.alloc(4);
  parameter.writeUInt16BE(7, 0);
  parameter.writeUInt16BE(4 + cookie.length, 2);
  return { type, value: Buffer.concat([value, parameter, cookie]) };
}

/** DATA of a whole message: TSN, stream 0, its sequence number, payload protocol 0, text. */
export function dataChunk(tsn: number, text: string): Chunk {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(tsn, 0);
  head.writeUInt16BE(tsn - 1, 6);
  return { type: CHUNK.data, value: Buffer.concat([head, Buffer.from(text)]) };
}

/** The text of a DATA chunk. */
export const textOf = (data: Chunk): string => data.value.toString("utf8", 12);

/** SACK, or with `CHUNK.shutdown` SHUTDOWN: everything up to this TSN has come. */
export function ackChunk(type: 3 | 7, tsn: number): Chunk {
  const value = Buffer.alloc(type === CHUNK.sack ? 12 : 4);
  value.writeUInt32BE(tsn, 0);
  if (type === CHUNK.sack) value.writeUInt32BE(65_536, 4);
  return { type, value };
}
