/** IP headers that this host writes itself (without options or extension headers), and lengths of headers that are there. */
import { checksumOf, sumWords } from "./checksum.ts";
import { writeNetwork16, writeWord16 } from "./words.ts";

/** Bytes of a header without options. */
export const IP_HEADER_BYTES = { 4: 20, 6: 40 } as const;
/** Offset of the source address; the destination's is the next one. */
export const ADDRESSES_AT = { 4: 12, 6: 8 } as const;
export const ADDRESS_BYTES = { 4: 4, 6: 16 } as const;

const DO_NOT_FRAGMENT = 0x4000;

/** What a header says beside its addresses. */
export interface IpHeader {
  readonly family: 4 | 6;
  readonly protocol: number;
  /** Length of the whole packet. */
  readonly packetBytes: number;
  /** Hop limit of IPv6. */
  readonly ttl: number;
  /** TOS of IPv4. */
  readonly trafficClass: number;
  /** Identification, IPv4 alone; undefined: none, and "do not fragment" (RFC 6864 §4.1). */
  readonly id?: number | undefined;
}

/** Write a header around its addresses, which are there already. Never throws. */
export function writeIpHeader(out: Uint8Array, h: IpHeader): void {
  if (h.family === 6) writeHeader6(out, h);
  else writeHeader4(out, h);
}

function writeHeader4(out: Uint8Array, h: IpHeader): void {
  out[0] = 0x45;
  out[1] = h.trafficClass;
  writeNetwork16(out, 4, h.id ?? 0);
  writeNetwork16(out, 6, h.id === undefined ? DO_NOT_FRAGMENT : 0);
  out[8] = h.ttl;
  out[9] = h.protocol;
  setIpLength(out, 4, h.packetBytes);
}

function writeHeader6(out: Uint8Array, h: IpHeader): void {
  writeNetwork16(out, 0, 0x6000 | (h.trafficClass << 4));
  writeNetwork16(out, 2, 0); // flow label
  out[6] = h.protocol;
  out[7] = h.ttl;
  setIpLength(out, 6, h.packetBytes);
}

/** Have the header at the start of a packet say the packet's length; IPv4's checksum is made anew. Never throws. */
export function setIpLength(bytes: Uint8Array, family: 4 | 6, packetBytes: number): void {
  if (family === 6) {
    writeNetwork16(bytes, 4, packetBytes - IP_HEADER_BYTES[6]);
    return;
  }
  writeNetwork16(bytes, 2, packetBytes);
  writeWord16(bytes, 10, 0);
  writeWord16(bytes, 10, checksumOf(sumWords(bytes, 0, (bytes[0]! & 15) * 4)));
}
