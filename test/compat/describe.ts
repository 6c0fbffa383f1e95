/** An IP packet in the words of the recordings, such as `10.1.0.5:21001 > 10.0.0.100:80 TCP SA ttl 63 DF seq 1000 ack 0 len 40`. */
import { formatAddress } from "@tandem/model";
import { IP_PROTOCOL } from "../../packages/engine/src/packet/parse.ts";
import { readNetwork16 } from "../../packages/engine/src/packet/words.ts";

/** What of an IP header everything else hangs on. */
interface Ip {
  readonly version: 4 | 6;
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  /** Bytes before what the header carries. */
  readonly headerBytes: number;
  /** Of what is there: a quote may be cut. */
  readonly lengthBytes: number;
  readonly offset: number;
  readonly isFragment: boolean;
  /** TTL, and what the recordings say of fragments: everything between the protocol and the length. */
  readonly tail: string;
}

/** Describe a packet from its IP header on; what is cut off in an ICMP error's quote is left out. Never throws. */
export function describePacket(packet: Uint8Array): string {
  const ip = readIp(packet);
  if (!ip) return `${packet.length} bytes that are no IP packet`;
  const body = packet.subarray(ip.headerBytes);
  const say = ip.offset === 0 ? SAY[ip.protocol] : undefined;
  return say?.(ip, body, packet) ?? plain(ip);
}

const plain = (ip: Ip): string =>
  `${ip.from} > ${ip.to} proto ${ip.protocol} ${ip.tail}${ip.isFragment ? ` len ${ip.lengthBytes}` : ""}`;

type Say = (ip: Ip, body: Uint8Array, packet: Uint8Array) => string | undefined;

const SAY: Readonly<Record<number, Say>> = {
  [IP_PROTOCOL.tcp](ip, body) {
    if (body.length < 20) return undefined;
    return `${ports(ip, body)} TCP ${flagsOf(body[13]!)} ${ip.tail} seq ${word(body, 4)} ack ${word(body, 8)} len ${ip.lengthBytes}`;
  },
  [IP_PROTOCOL.udp](ip, body) {
    return body.length < 4 ? undefined : `${ports(ip, body)} UDP ${ip.tail} len ${ip.lengthBytes}`;
  },
  132: (ip, body) => (body.length < 13 ? undefined : `${ports(ip, body)} SCTP chunk ${body[12]} ${ip.tail}`),
  [IP_PROTOCOL.icmp]: icmp,
  [IP_PROTOCOL.icmp6]: icmp,
  4: wrapped,
  41: wrapped,
};

function icmp(ip: Ip, body: Uint8Array): string | undefined {
  if (body.length < 8) return undefined;
  const [type, code] = [body[0]!, body[1]!];
  const isError = ip.version === 4 ? [3, 4, 5, 11, 12].includes(type) : type < 128;
  const name = ip.version === 4 ? "ICMP" : "ICMPv6";
  const rest = word(body, 4).toString(16).padStart(8, "0");
  const quote = isError ? ` [${describePacket(body.subarray(8))}]` : "";
  return `${ip.from} > ${ip.to} ${name} type ${type} code ${code} rest ${rest} ${ip.tail}${quote}`;
}

function wrapped(ip: Ip, body: Uint8Array): string | undefined {
  return `${ip.from} > ${ip.to} IPIP(${ip.protocol}) ${ip.tail} {${describePacket(body)}}`;
}

const ports = (ip: Ip, body: Uint8Array): string =>
  `${ip.from}:${readNetwork16(body, 0)} > ${ip.to}:${readNetwork16(body, 2)}`;

const word = (bytes: Uint8Array, at: number): number =>
  ((readNetwork16(bytes, at) << 16) | readNetwork16(bytes, at + 2)) >>> 0;

const flagsOf = (bits: number): string => [..."FSRPAU"].filter((_, i) => (bits & (1 << i)) !== 0).join("");

function readIp(packet: Uint8Array): Ip | undefined {
  const version = packet.length > 0 ? packet[0]! >>> 4 : 0;
  if (version === 4 && packet.length >= 20) return readIpv4(packet);
  if (version === 6 && packet.length >= 40) return readIpv6(packet);
  return undefined;
}

function readIpv4(packet: Uint8Array): Ip {
  const word = readNetwork16(packet, 6);
  const offset = (word & 0x1fff) * 8;
  const more = (word & 0x2000) !== 0;
  const isFragment = more || offset > 0;
  const fragment = isFragment ? ` frag off=${offset}${more ? " MF" : ""}` : "";
  return {
    version: 4,
    from: formatAddress(packet.subarray(12, 16)),
    to: formatAddress(packet.subarray(16, 20)),
    protocol: packet[9]!,
    headerBytes: (packet[0]! & 15) * 4,
    lengthBytes: packet.length,
    offset,
    isFragment,
    tail: `ttl ${packet[8]}${(word & 0x4000) !== 0 ? " DF" : ""}${fragment}`,
  };
}

function readIpv6(packet: Uint8Array): Ip {
  return {
    version: 6,
    from: formatAddress(packet.subarray(8, 24)),
    to: formatAddress(packet.subarray(24, 40)),
    protocol: packet[6]!,
    headerBytes: 40,
    lengthBytes: packet.length,
    offset: 0,
    isFragment: false,
    tail: `hlim ${packet[7]}`,
  };
}
