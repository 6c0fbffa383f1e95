/** Packets that leave the director, ours beside the recorded ones. */
import { checksumOf, foldSum, sumPseudoHeader, sumWords } from "../../packages/engine/src/packet/checksum.ts";
import { IP_PROTOCOL } from "../../packages/engine/src/packet/parse.ts";
import {
  readNetwork16,
  readWord16,
  writeNetwork16,
  writeWord16,
} from "../../packages/engine/src/packet/words.ts";
import { describePacket } from "./describe.ts";
import { isLocal, macOf, type Side, sideOf } from "./testbed.ts";

/** A packet on its way out, from its IP header on. */
export interface Frame {
  readonly side: Side;
  /** Destination MAC address in hex digits. */
  readonly mac: string;
  readonly packet: Uint8Array;
}

/** Frames of both sides. */
export interface Frames {
  readonly wanted: readonly Frame[];
  readonly got: readonly Frame[];
}

/** The frame in which a packet leaves for its next hop of 4 or 16 bytes. */
export const frameTo = (nextHop: Uint8Array, packet: Uint8Array): Frame => ({
  side: sideOf(nextHop),
  mac: macOf(nextHop),
  packet,
});

/** As `sched` and `behaviour` recordings say it: the frame's packet after the MAC address. */
export const describeFrame = (f: Frame): string => `mac>${f.mac} ${describePacket(f.packet)}`;

/** Bytes of an Ethernet header. */
const ETHERNET = 14;

/** Read a recorded frame: hex digits with its Ethernet header. */
export function readFrame(to: string, hex: string): Frame {
  const packet = bytesOf(hex).subarray(ETHERNET);
  finishOuterChecksum(packet);
  return { side: to === "server" ? "server" : "client", mac: hex.slice(0, 12), packet };
}

/**
 * The recordings were taken from a device that would have finished checksums in hardware: of an outer UDP or GRE header they have what the kernel had left to it, the
 * sum of the pseudo header or nothing. Finish it as that hardware would.
 */
function finishOuterChecksum(packet: Uint8Array): void {
  const isV4 = packet[0]! >>> 4 === 4;
  const at = isV4 ? 20 : 40;
  if (isV4 && (readNetwork16(packet, 6) & 0x3fff) !== 0) return;
  if (packet[isV4 ? 9 : 6] === GRE && (packet[at]! & 0x80) !== 0 && readNetwork16(packet, at + 4) === 0)
    writeWord16(packet, at + 4, checksumOf(sumWords(packet, at, packet.length)));
  if (!wrapsByUdp(packet)) return;
  const of = { addressBytes: isV4 ? 4 : 16, protocol: IP_PROTOCOL.udp, lengthBytes: packet.length - at };
  const pseudo = foldSum(sumPseudoHeader(packet, isV4 ? 12 : 8, of));
  if (readWord16(packet, at + 6) !== pseudo) return;
  writeWord16(packet, at + 6, 0);
  const whole = checksumOf(sumWords(packet, at, packet.length) + pseudo);
  writeWord16(packet, at + 6, whole === 0 ? 0xffff : whole);
}

/** Bytes of hex digits. */
export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

/** The frame in one comparable line: its description and its bytes, without what is random in them. */
export const comparable = (f: Frame): string =>
  `${describeFrame(f).replace(/^(mac>\w+ \S+?):\d+( > \S+:\d+ UDP)/, wrapsByUdp(f.packet) ? "$1:*$2" : "$&")} ${hexOf(withoutChance(f.packet))}`;

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/**
 * A copy without what the kernel draws at random, or hashes with a random key, in packets that it makes itself: the identification (IPv4, with the header
 * checksum over it) or flow label (IPv6) of ICMP messages and of outer headers, and the source port of GUE (with its share of the UDP checksum).
 */
function withoutChance(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  const isV4 = copy[0]! >>> 4 === 4;
  const protocol = copy[isV4 ? 9 : 6]!;
  const source = isV4 ? copy.subarray(12, 16) : copy.subarray(8, 24);
  if (!isLocal(source)) return copy;
  if (isWrapped(copy) || isOwnIcmp(copy, isV4, protocol)) clearId(copy, isV4);
  if (wrapsByUdp(copy)) clearSourcePort(copy, isV4 ? 20 : 40);
  return copy;
}

const GRE = 47;

/** Whether a packet's outer header is a tunnel's of the director's own. */
export function isWrapped(packet: Uint8Array): boolean {
  const isV4 = packet[0]! >>> 4 === 4;
  const protocol = packet[isV4 ? 9 : 6]!;
  const isOurs = isLocal(isV4 ? packet.subarray(12, 16) : packet.subarray(8, 24));
  return isOurs && (protocol === 4 || protocol === 41 || protocol === GRE || wrapsByUdp(packet));
}

/** GUE: UDP from the director's own address towards a real server. */
function wrapsByUdp(packet: Uint8Array): boolean {
  const isV4 = packet[0]! >>> 4 === 4;
  const [from, to, end] = isV4 ? [12, 16, 20] : [8, 24, 40];
  return (
    packet[isV4 ? 9 : 6] === IP_PROTOCOL.udp &&
    isLocal(packet.subarray(from, to)) &&
    sideOf(packet.subarray(from, to)) === "server" &&
    sideOf(packet.subarray(to, end)) === "server"
  );
}

/** Echo replies, and errors that the director makes itself: those have a precedence of their own (IPv4). */
function isOwnIcmp(packet: Uint8Array, isV4: boolean, protocol: number): boolean {
  if (isV4) return protocol === IP_PROTOCOL.icmp && (packet[1]! >= 0xc0 || packet[20] === 0);
  return protocol === IP_PROTOCOL.icmp6;
}

function clearId(packet: Uint8Array, isV4: boolean): void {
  if (isV4) {
    writeNetwork16(packet, 4, 0);
    writeNetwork16(packet, 10, 0);
  } else {
    packet[1] = packet[1]! & 0xf0;
    writeNetwork16(packet, 2, 0);
  }
}

function clearSourcePort(packet: Uint8Array, at: number): void {
  const isFirst = at !== 20 || (readNetwork16(packet, 6) & 0x1fff) === 0;
  if (!isFirst) return;
  const port = readNetwork16(packet, at);
  const checksum = readNetwork16(packet, at + 6);
  writeNetwork16(packet, at, 0);
  if (checksum !== 0) writeNetwork16(packet, at + 6, foldSum(checksum + port) % 0xffff);
}
