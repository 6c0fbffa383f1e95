/** ICMP errors of our own: the packet that tells a sender what became of its own (RFC 792, RFC 4443 §2.4, RFC 1122 §3.2.2). */
import { checksumOf, sumPseudoHeader, sumWords } from "../packet/checksum.ts";
import {
  ADDRESS_BYTES,
  ADDRESSES_AT,
  IP_HEADER_BYTES,
  type IpHeader,
  writeIpHeader,
} from "../packet/ip-header.ts";
import { IP_PROTOCOL } from "../packet/parse.ts";
import { readNetwork16, writeNetwork16, writeWord16 } from "../packet/words.ts";

/** What an error says. */
export interface IcmpMessage {
  readonly type: number;
  readonly code: number;
}

/** The errors that this project has reason to send, by the family of the packet they are about. */
export const ICMP_MESSAGES = {
  portUnreachable: { 4: { type: 3, code: 3 }, 6: { type: 1, code: 4 } },
  tooBig: { 4: { type: 3, code: 4 }, 6: { type: 2, code: 0 } },
  timeExceeded: { 4: { type: 11, code: 0 }, 6: { type: 3, code: 0 } },
  hostUnreachable: { 4: { type: 3, code: 1 }, 6: { type: 1, code: 3 } },
} as const satisfies Record<string, Record<4 | 6, IcmpMessage>>;

/** Longest error: what every host accepts (RFC 1812 §4.3.2.3, RFC 4443 §2.4 c). */
export const ICMP_ERROR_BYTES = { 4: 576, 6: 1280 } as const;

const ICMP_HEADER_BYTES = 8;
const TTL = 64;
/** Precedence, in the upper bits of TOS (RFC 1812 §4.3.2.5). */
const INTERNETWORK_CONTROL = 0xc0;

/** An error to be built. */
export interface IcmpErrorSpec extends IcmpMessage {
  readonly family: 4 | 6;
  /** Next-hop MTU of `tooBig`; 0 otherwise. */
  readonly mtu: number;
  /** Who sends it: 4 or 16 bytes. */
  readonly source: Uint8Array;
}

/**
 * Build the error about a packet, whose IP header fits, into `out`, which has room for `ICMP_ERROR_BYTES`. As much of the packet is quoted as fits. An IPv4 error has the
 * precedence "internetwork control" (RFC 1812 §4.3.2.5) and the packet's own identification.
 *
 * @returns length of the error in bytes. Never throws.
 */
export function buildIcmpError(
  out: Uint8Array,
  packet: Uint8Array,
  packetBytes: number,
  error: IcmpErrorSpec,
): number {
  const { family } = error;
  const icmpAt = IP_HEADER_BYTES[family];
  const quoted = Math.min(packetBytes, ICMP_ERROR_BYTES[family] - icmpAt - ICMP_HEADER_BYTES);
  const bytes = icmpAt + ICMP_HEADER_BYTES + quoted;
  out.fill(0, icmpAt, icmpAt + ICMP_HEADER_BYTES);
  out.set(packet.subarray(0, quoted), icmpAt + ICMP_HEADER_BYTES);
  const sourceAt = ADDRESSES_AT[family];
  out.set(error.source, sourceAt);
  const sender = packet.subarray(sourceAt, sourceAt + ADDRESS_BYTES[family]);
  out.set(sender, sourceAt + ADDRESS_BYTES[family]);
  writeIpHeader(out, headerOf(packet, family, bytes));
  out[icmpAt] = error.type;
  out[icmpAt + 1] = error.code;
  // RFC 1191 has the MTU in the last 16 bits, RFC 4443 in all 32: the same for what a link can have
  writeNetwork16(out, icmpAt + 6, error.mtu);
  writeWord16(out, icmpAt + 2, checksumOf(icmpSum(out, family, bytes)));
  return bytes;
}

const headerOf = (packet: Uint8Array, family: 4 | 6, packetBytes: number): IpHeader =>
  family === 4
    ? {
        family,
        protocol: IP_PROTOCOL.icmp,
        packetBytes,
        ttl: TTL,
        trafficClass: (packet[1]! & 0x1e) | INTERNETWORK_CONTROL,
        id: readNetwork16(packet, 4),
      }
    : { family, protocol: IP_PROTOCOL.icmp6, packetBytes, ttl: TTL, trafficClass: 0 };

function icmpSum(out: Uint8Array, family: 4 | 6, bytes: number): number {
  const body = sumWords(out, IP_HEADER_BYTES[family], bytes);
  if (family === 4) return body;
  const of = { addressBytes: 16, protocol: IP_PROTOCOL.icmp6, lengthBytes: bytes - IP_HEADER_BYTES[6] };
  return body + sumPseudoHeader(out, ADDRESSES_AT[6], of);
}

/**
 * Whether an error may be sent about a packet whose IP header fits: never about ICMP, a later fragment, or what came from or went to more
 * than one host (RFC 1122 §3.2.2, RFC 4443 §2.4 e).
 */
export function mayAnswer(packet: Uint8Array, family: 4 | 6): boolean {
  return family === 4 ? mayAnswer4(packet) : mayAnswer6(packet);
}

function mayAnswer4(packet: Uint8Array): boolean {
  if (packet[9] === IP_PROTOCOL.icmp || (readNetwork16(packet, 6) & 0x1fff) !== 0) return false;
  const source = packet[12]!;
  const isUnicast = source !== 0 && source !== 127 && source < 224; // 224 and above: multicast, reserved, broadcast
  return isUnicast && packet[16]! < 224;
}

function mayAnswer6(packet: Uint8Array): boolean {
  const isFragment = packet[6] === IP_PROTOCOL.fragment6;
  if (packet[isFragment ? 40 : 6] === IP_PROTOCOL.icmp6) return false;
  if (isFragment && (readNetwork16(packet, 42) & 0xfff8) !== 0) return false;
  const isUnspecified = packet.subarray(8, 24).every((byte) => byte === 0);
  return !isUnspecified && packet[8] !== 0xff && packet[24] !== 0xff;
}
