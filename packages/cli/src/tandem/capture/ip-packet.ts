/** The IP header of a packet of which the first bytes are there, and where what it carries begins. Pure; nothing here throws. */
import { formatAddress } from "@tandem/model";

/** A packet, or one quoted inside of another. */
export interface IpPacket {
  readonly family: 4 | 6;
  readonly source: string;
  readonly destination: string;
  /** IP protocol number of what it carries. */
  readonly protocol: number;
  /** The bytes of it that are there, from behind its IP headers on; may be none. */
  readonly payload: DataView;
  /** How many there were. */
  readonly payloadBytes: number;
  /** Where they stand in the packet that this is a fragment of; 0: at its start. */
  readonly fragmentOffset: number;
  /** Others of the same packet follow. */
  readonly hasMoreFragments: boolean;
}

/** Extension headers of IPv6 that a payload stands behind: RFC 8200 §4.1, and RFC 4302. */
const EXTENSION = { hopByHop: 0, routing: 43, fragment: 44, authentication: 51, destination: 60 } as const;
const EXTENSIONS: ReadonlySet<number> = new Set(Object.values(EXTENSION));

/**
 * Read IP headers.
 *
 * @param bytes from the IP header on, cut off anywhere
 * @param length bytes that there were, what an Ethernet frame was filled up with included
 * @returns undefined if the header is neither IPv4 nor IPv6, or not whole
 */
export function readIpPacket(bytes: DataView, length: number): IpPacket | undefined {
  const version = bytes.byteLength > 0 ? bytes.getUint8(0) >>> 4 : 0;
  if (version === 4 && bytes.byteLength >= 20) return readIpv4(bytes, length);
  if (version === 6 && bytes.byteLength >= 40) return readIpv6(bytes, length);
  return undefined;
}

function readIpv4(bytes: DataView, length: number): IpPacket {
  const fragment = bytes.getUint16(6);
  return {
    family: 4,
    source: addressAt(bytes, 12, 4),
    destination: addressAt(bytes, 16, 4),
    protocol: bytes.getUint8(9),
    ...payloadAt(bytes, (bytes.getUint8(0) & 15) * 4, saidLength(bytes.getUint16(2), 0, length)),
    fragmentOffset: (fragment & 0x1fff) * 8,
    hasMoreFragments: (fragment & 0x2000) !== 0,
  };
}

function readIpv6(bytes: DataView, length: number): IpPacket {
  let protocol = bytes.getUint8(6);
  let at = 40;
  let fragment = 0;
  while (EXTENSIONS.has(protocol) && at + 8 <= bytes.byteLength) {
    const extension = protocol;
    protocol = bytes.getUint8(at);
    if (extension === EXTENSION.fragment) fragment = bytes.getUint16(at + 2);
    at += extensionBytes(extension, bytes.getUint8(at + 1));
    if (fragment >>> 3 > 0) break; // what follows is no header
  }
  return {
    family: 6,
    source: addressAt(bytes, 8, 16),
    destination: addressAt(bytes, 24, 16),
    protocol,
    ...payloadAt(bytes, at, saidLength(bytes.getUint16(4), 40, length)),
    fragmentOffset: fragment & 0xfff8,
    hasMoreFragments: (fragment & 1) !== 0,
  };
}

/** Lengths are in units of 8 bytes beyond the first, of authentication in units of 4 beyond the second. */
function extensionBytes(extension: number, length: number): number {
  if (extension === EXTENSION.fragment) return 8;
  return extension === EXTENSION.authentication ? (length + 2) * 4 : (length + 1) * 8;
}

/** The length that a header says, without what the frame was filled up with; one that says 0 had no room for it (RFC 2675, and offloaded packets). */
const saidLength = (said: number, headerBytes: number, length: number): number =>
  said === 0 ? length : Math.min(said + headerBytes, length);

function payloadAt(bytes: DataView, at: number, length: number) {
  const start = Math.min(at, bytes.byteLength);
  const payload = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  return { payload, payloadBytes: Math.max(0, length - at) };
}

const addressAt = (bytes: DataView, at: number, size: 4 | 16): string =>
  formatAddress(new Uint8Array(bytes.buffer, bytes.byteOffset + at, size));
