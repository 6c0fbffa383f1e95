/** What is wrong with a packet, for tests: lengths and checksums of every header in it, tunnels and what they wrap included. */
import { checksumOf, sumPseudoHeader, sumWords } from "./checksum.ts";
import { sctpChecksum } from "./crc32c.ts";
import { IP_PROTOCOL } from "./parse.ts";
import { readNetwork16, readWord16, readWord32 } from "./words.ts";

/** UDP port that is taken for gue. */
const GUE_PORT = 6080;

/** What is wrong with the packet's lengths and checksums, in words; empty if nothing is. ICMP errors: their embedded IPv4 header as well. */
export function packetProblems(packet: Uint8Array): string[] {
  const isIp4 = packet[0]! >>> 4 === 4;
  const headerBytes = isIp4 ? (packet[0]! & 15) * 4 : 40;
  const problems: string[] = [];
  if (isIp4 && checksumOf(sumWords(packet, 0, headerBytes)) !== 0) problems.push("IPv4 header checksum");
  const total = isIp4 ? readNetwork16(packet, 2) : 40 + readNetwork16(packet, 4);
  if (total !== packet.length) problems.push(`length ${total}, packet has ${packet.length} bytes`);
  const isFragment = isIp4 && (readNetwork16(packet, 6) & 0x3fff) !== 0;
  const check = isFragment ? undefined : CHECKS[packet[isIp4 ? 9 : 6]!];
  return check ? [...problems, ...check(packet, headerBytes)] : problems;
}

type Check = (packet: Uint8Array, at: number) => string[];

const CHECKS: Readonly<Record<number, Check>> = {
  [IP_PROTOCOL.tcp]: (packet, at) => sumProblems(packet, at, IP_PROTOCOL.tcp),
  [IP_PROTOCOL.udp]: udpProblems,
  [IP_PROTOCOL.sctp](packet, at) {
    return sctpChecksum(packet, at, packet.length) === readWord32(packet, at + 8) ? [] : ["SCTP checksum"];
  },
  [IP_PROTOCOL.icmp](packet, at) {
    const problems = checksumOf(sumWords(packet, at, packet.length)) === 0 ? [] : ["transport checksum"];
    const quote = packet.subarray(at + 8);
    const isHeaderRight = checksumOf(sumWords(quote, 0, (quote[0]! & 15) * 4)) === 0;
    return isHeaderRight ? problems : [...problems, "embedded IPv4 header checksum"];
  },
  [IP_PROTOCOL.icmp6]: (packet, at) => sumProblems(packet, at, IP_PROTOCOL.icmp6),
  [IP_PROTOCOL.ipip]: innerProblems,
  [IP_PROTOCOL.ipv6]: innerProblems,
  [IP_PROTOCOL.gre](packet, at) {
    const hasChecksum = (packet[at]! & 0x80) !== 0;
    const isRight = !hasChecksum || checksumOf(sumWords(packet, at, packet.length)) === 0;
    return [...(isRight ? [] : ["GRE checksum"]), ...innerProblems(packet, at + (hasChecksum ? 8 : 4))];
  },
};

function udpProblems(packet: Uint8Array, at: number): string[] {
  const length = readNetwork16(packet, at + 4);
  const problems = readWord16(packet, at + 6) === 0 ? [] : sumProblems(packet, at, IP_PROTOCOL.udp);
  if (length !== packet.length - at) problems.push(`UDP length ${length}, wanted ${packet.length - at}`);
  const isGue = readNetwork16(packet, at + 2) === GUE_PORT;
  return isGue ? [...problems, ...innerProblems(packet, at + 12)] : problems;
}

function sumProblems(packet: Uint8Array, at: number, protocol: number): string[] {
  const isIp4 = packet[0]! >>> 4 === 4;
  const of = { addressBytes: isIp4 ? 4 : 16, protocol, lengthBytes: packet.length - at };
  const sum = sumWords(packet, at, packet.length, sumPseudoHeader(packet, isIp4 ? 12 : 8, of));
  return checksumOf(sum) === 0 ? [] : ["transport checksum"];
}

function innerProblems(packet: Uint8Array, at: number): string[] {
  return packetProblems(packet.subarray(at)).map((problem) => `wrapped packet: ${problem}`);
}
