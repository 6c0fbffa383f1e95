/** What can be seen of a packet, for those who have to tell places where we differ from the kernel on purpose. */
import { foldSum, sumWords } from "../../packages/engine/src/packet/checksum.ts";
import { readNetwork16, writeNetwork16 } from "../../packages/engine/src/packet/words.ts";
import { isFragment } from "./datagrams.ts";
import { describeFrame, type Frame, isWrapped } from "./frames.ts";
import { isLocal } from "./testbed.ts";

const ICMP = 1;
const UDP = 17;
/** Where IPv4's flags lie, and "do not fragment" in them. */
const FLAGS = 6;
const DF = 0x40;

const isV4 = (packet: Uint8Array): boolean => packet[0]! >>> 4 === 4;
const headerBytes = (packet: Uint8Array): number => (packet[0]! & 15) * 4;

/** Bytes that a tunnel puts in front, by the outer header's protocol; GRE with a checksum has four more. */
const OVERHEAD: Readonly<Record<number, number>> = { 4: 20, 41: 20, 47: 24, [UDP]: 32 };

function overheadOf(outer: Uint8Array): number {
  const hasGreChecksum = outer[9] === 47 && (outer[20]! & 0x80) !== 0;
  return (OVERHEAD[outer[9]!] ?? 0) + (hasGreChecksum ? 4 : 0);
}

/** IPv6 inside IPv4 in one piece, by protocol 41, GRE or GUE, that routers may fragment. */
export function isFragmentableIpv6({ packet }: Frame): boolean {
  if (!isV4(packet) || !isWrapped(packet) || isFragment(packet) || (packet[FLAGS]! & DF) !== 0) return false;
  const inner = packet.subarray(overheadOf(packet));
  return inner.length >= 40 && inner[0]! >>> 4 === 6;
}

/** The same frame, not to be fragmented. */
export function withDf(f: Frame): Frame {
  const packet = f.packet.slice();
  packet[FLAGS] = packet[FLAGS]! | DF;
  return { ...f, packet };
}

/** A whole UDP datagram over IPv4 whose sender left the checksum out. */
export function isUdpWithoutChecksum(packet: Uint8Array): boolean {
  if (!isV4(packet) || isFragment(packet) || packet[9] !== UDP) return false;
  return readNetwork16(packet, headerBytes(packet) + 6) === 0;
}

/** A UDP datagram, not a tunnel's, that has one. */
export const isUdpWithChecksum = ({ packet }: Frame): boolean =>
  isV4(packet) && packet[9] === UDP && !isWrapped(packet) && !isUdpWithoutChecksum(packet);

/** The same frame without the UDP checksum. */
export function withoutUdpChecksum(f: Frame): Frame {
  const packet = f.packet.slice();
  writeNetwork16(packet, headerBytes(packet) + 6, 0);
  return { ...f, packet };
}

/** An IPv4 packet whose header does not have the checksum that it says. */
export const hasBrokenHeader = (packet: Uint8Array): boolean =>
  isV4(packet) && foldSum(sumWords(packet, 0, headerBytes(packet))) !== 0xffff;

/** ICMP "fragmentation needed" about a packet that the director itself has wrapped. */
export function isTooBigForTunnel(packet: Uint8Array): boolean {
  if (!isV4(packet) || packet[9] !== ICMP || packet[20] !== 3 || packet[21] !== 4) return false;
  return isLocal(packet.subarray(40, 44)) && OVERHEAD[packet[37]!] !== undefined;
}

/** The MTU that such an error leaves for the packet inside, as descriptions say it. */
export const innerMtu = (packet: Uint8Array): string =>
  (readNetwork16(packet, 26) - overheadOf(packet.subarray(28))).toString(16).padStart(8, "0");

/** ICMP "fragmentation needed" to a client. */
export const isTooBigAnswer = (f: Frame): boolean =>
  f.side === "client" && / ICMP type 3 code 4 /.test(describeFrame(f));

/** An IP packet at all: not a question for a neighbour. */
export const isIp = ({ packet }: Frame): boolean => packet[0]! >>> 4 === 4 || packet[0]! >>> 4 === 6;
