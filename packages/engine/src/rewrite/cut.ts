/** Cutting an IP packet into fragments (RFC 791 §3.2, RFC 8200 §4.5); one that is a fragment already is cut into smaller ones. */
import { FRAGMENT_HEADER_BYTES } from "../packet/fragment.ts";
import { IP_HEADER_BYTES, setIpLength } from "../packet/ip-header.ts";
import { IP_PROTOCOL } from "../packet/parse.ts";
import { readNetwork16, writeNetwork16, writeWord32 } from "../packet/words.ts";

const MORE_FRAGMENTS = 0x2000;
const OFFSET = 0x1fff;
/** Option numbers (RFC 791 §3.1); an option whose highest bit is set stands in every fragment. */
const OPTION = { end: 0, none: 1, copied: 0x80 } as const;

/** Where the pieces go: each lies at the start of `out` while `emit` is told its length in bytes. */
export interface Pieces {
  /** Room for the largest piece. */
  readonly out: Uint8Array;
  emit(bytes: number): void;
}

/**
 * Cut a packet, whose IP header fits and says `packetBytes`, into pieces of at most `mtuBytes`. Checksums other than the IPv4 header's are left
 * alone. "Do not fragment" is cleared: asking is the caller's business.
 *
 * @param id identification, for a packet that has none: 32 bits for IPv6, of which IPv4 takes the lower 16
 * @returns false if `mtuBytes` does not leave room for 8 bytes of payload; then nothing was emitted. Never throws.
 */
export function cutPacket(packet: Uint8Array, packetBytes: number, how: CutSpec, pieces: Pieces): boolean {
  return packet[0]! >>> 4 === 4
    ? cut4(packet, packetBytes, how, pieces)
    : cut6(packet, packetBytes, how, pieces);
}

/** How to cut. */
export interface CutSpec {
  mtuBytes: number;
  id: number;
}

/** Bytes of payload in all pieces but the last: a multiple of 8. */
const payloadFor = (mtuBytes: number, headerBytes: number): number => (mtuBytes - headerBytes) & ~7;

function cut4(packet: Uint8Array, packetBytes: number, { mtuBytes, id }: CutSpec, pieces: Pieces): boolean {
  const { out } = pieces;
  const headerBytes = (packet[0]! & 15) * 4;
  const most = payloadFor(mtuBytes, headerBytes);
  if (most < 8) return false;
  const word = readNetwork16(packet, 6);
  out.set(packet.subarray(0, headerBytes));
  if (readNetwork16(packet, 4) === 0) writeNetwork16(out, 4, id);
  for (let at = headerBytes; at < packetBytes; at += most) {
    const part = Math.min(most, packetBytes - at);
    const hasMore = at + part < packetBytes ? MORE_FRAGMENTS : word & MORE_FRAGMENTS;
    if (at > headerBytes) dropOptions(out, headerBytes);
    out.set(packet.subarray(at, at + part), headerBytes);
    writeNetwork16(out, 6, hasMore | ((word & OFFSET) + (at - headerBytes) / 8));
    setIpLength(out, 4, headerBytes + part);
    pieces.emit(headerBytes + part);
  }
  return true;
}

/** Options that belong to the first fragment alone give way to padding. */
function dropOptions(out: Uint8Array, headerBytes: number): void {
  let at = 20;
  while (at < headerBytes && out[at] !== OPTION.end) {
    const bytes = out[at] === OPTION.none ? 1 : Math.max(out[at + 1]!, 2);
    const end = Math.min(at + bytes, headerBytes);
    if ((out[at]! & OPTION.copied) === 0) out.fill(OPTION.none, at, end);
    at = end;
  }
}

function cut6(packet: Uint8Array, packetBytes: number, { mtuBytes, id }: CutSpec, pieces: Pieces): boolean {
  const { out } = pieces;
  const isFragment = packet[6] === IP_PROTOCOL.fragment6;
  const headerBytes = IP_HEADER_BYTES[6] + FRAGMENT_HEADER_BYTES;
  const most = payloadFor(mtuBytes, headerBytes);
  if (most < 8 || (isFragment && packetBytes < headerBytes)) return false;
  const payloadAt = isFragment ? headerBytes : IP_HEADER_BYTES[6];
  const word = isFragment ? readNetwork16(packet, 42) : 0;
  out.set(packet.subarray(0, payloadAt));
  out[6] = IP_PROTOCOL.fragment6;
  if (!isFragment) writeFragmentHeader(out, packet[6]!, id);
  for (let at = payloadAt; at < packetBytes; at += most) {
    const part = Math.min(most, packetBytes - at);
    const hasMore = at + part < packetBytes ? 1 : word & 1;
    out.set(packet.subarray(at, at + part), headerBytes);
    writeNetwork16(out, 42, ((word & 0xfff8) + at - payloadAt) | hasMore);
    setIpLength(out, 6, headerBytes + part);
    pieces.emit(headerBytes + part);
  }
  return true;
}

function writeFragmentHeader(out: Uint8Array, nextHeader: number, id: number): void {
  out[40] = nextHeader;
  out[41] = 0;
  writeWord32(out, 44, id);
}
