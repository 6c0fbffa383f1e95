/**
 * The director's own IP stack, as far as the recordings show it: nobody listens on any port. It answers what the data plane leaves to it, and routes
 * what is not for it.
 */
import { formatAddress } from "@tandem/model";
import { checksumOf, foldSum, sumWords } from "../../packages/engine/src/packet/checksum.ts";
import { IP_PROTOCOL } from "../../packages/engine/src/packet/parse.ts";
import { readNetwork16, writeWord16 } from "../../packages/engine/src/packet/words.ts";
import { decrementTtl } from "../../packages/engine/src/rewrite/direct-route.ts";
import { buildIcmpError, ICMP_ERROR_BYTES, mayAnswer } from "../../packages/engine/src/rewrite/icmp-build.ts";
import { buildTcp, read32, transportSum } from "./packets.ts";
import { isLocal } from "./testbed.ts";

/** What the stack sends about one packet that was left to it, a copy: at most one packet. */
export function hostAnswer(packet: Uint8Array): Uint8Array | undefined {
  const family = packet[0]! >>> 4 === 4 ? 4 : 6;
  if (family === 4 && !isHeaderIntact(packet)) return undefined;
  const destination = family === 4 ? packet.subarray(16, 20) : packet.subarray(24, 40);
  if (!isLocal(destination)) return route(packet.slice(), family);
  const isFragment = family === 4 && (readNetwork16(packet, 6) & 0x3fff) !== 0;
  return isFragment ? undefined : ANSWERS[packet[family === 4 ? 9 : 6]!]?.(packet, family);
}

type Answer = (packet: Uint8Array, family: 4 | 6) => Uint8Array | undefined;

const SCTP = 132;

const ANSWERS: Readonly<Record<number, Answer>> = {
  [IP_PROTOCOL.tcp]: refuseTcp,
  [IP_PROTOCOL.udp]: (packet, family) => error(packet, family, family === 4 ? [3, 3] : [1, 4]),
  // the kernel of the recordings has no SCTP: protocol unreachable (IPv4), unknown next header (IPv6)
  [SCTP]: (packet, family) => error(packet, family, family === 4 ? [3, 2] : [4, 1]),
  [IP_PROTOCOL.icmp]: (packet) => (packet[20] === 8 ? echo(packet.slice(), 4) : undefined),
  [IP_PROTOCOL.icmp6]: (packet) => (packet[40] === 128 ? echo(packet.slice(), 6) : undefined),
};

const isHeaderIntact = (packet: Uint8Array): boolean =>
  foldSum(sumWords(packet, 0, (packet[0]! & 15) * 4)) === 0xffff;

function route(packet: Uint8Array, family: 4 | 6): Uint8Array | undefined {
  if (packet[family === 4 ? 8 : 7]! <= 1) return undefined;
  decrementTtl(packet, family);
  return packet;
}

/** RFC 9293 §3.10.7.1: a segment to a port that nobody listens on is answered by a reset, unless it is one. */
function refuseTcp(packet: Uint8Array, family: 4 | 6): Uint8Array | undefined {
  const at = family === 4 ? (packet[0]! & 15) * 4 : 40;
  if (packet.length < at + 20 || foldSum(transportSum(packet, IP_PROTOCOL.tcp)) !== 0xffff) return undefined;
  const bits = packet[at + 13]!;
  if ((bits & 4) !== 0) return undefined;
  const addresses = family === 4 ? [12, 16, 20] : [8, 24, 40];
  const ends = {
    from: formatAddress(packet.subarray(addresses[1], addresses[2])),
    fromPort: readNetwork16(packet, at + 2),
    to: formatAddress(packet.subarray(addresses[0], addresses[1])),
    toPort: readNetwork16(packet, at),
  };
  const hasAck = (bits & 16) !== 0;
  if (hasAck) return buildTcp({ ...ends, flags: "R", seq: read32(packet, at + 8), ack: 0, window: 0, id: 0 });
  const payload = packet.length - at - (packet[at + 12]! >>> 4) * 4;
  const ack = read32(packet, at + 4) + payload + (bits & 1) + ((bits >>> 1) & 1);
  return buildTcp({ ...ends, flags: "RA", seq: 0, ack, window: 0, id: 0 });
}

/** An ICMP error, from the address that the packet was sent to. */
function error(packet: Uint8Array, family: 4 | 6, [type, code]: readonly number[]): Uint8Array | undefined {
  if (!mayAnswer(packet, family)) return undefined;
  const out = new Uint8Array(ICMP_ERROR_BYTES[family]);
  const source = family === 4 ? packet.slice(16, 20) : packet.slice(24, 40);
  const bytes = buildIcmpError(out, packet, packet.length, {
    family,
    source,
    type: type!,
    code: code!,
    mtu: 0,
  });
  return out.slice(0, bytes);
}

function echo(packet: Uint8Array, family: 4 | 6): Uint8Array {
  const [from, to, at] = family === 4 ? ([12, 16, 20] as const) : ([8, 24, 40] as const);
  const source = packet.slice(from, to);
  packet.copyWithin(from, to, at);
  packet.set(source, to);
  packet[at] = family === 4 ? 0 : 129;
  writeWord16(packet, at + 2, 0);
  if (family === 4) {
    packet[6] = 0; // the kernel's own answers may be fragmented
    packet[8] = 64;
    writeWord16(packet, 10, 0);
    writeWord16(packet, 10, checksumOf(sumWords(packet, 0, 20)));
    writeWord16(packet, at + 2, checksumOf(sumWords(packet, at, packet.length)));
  } else {
    packet[7] = 64;
    writeWord16(packet, at + 2, checksumOf(transportSum(packet, IP_PROTOCOL.icmp6)));
  }
  return packet;
}
