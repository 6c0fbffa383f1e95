/** TCP segments as their ends see them, for tests and simulations: numbers and text instead of bytes. */
import { formatAddress } from "@tandem/model";
import { createParsedPacket, parseIp, parseTransport, TCP_FLAG } from "./parse.ts";
import { buildPacket, packetProblems } from "./testing.ts";
import { fillChecksum } from "./transport-checksum.ts";
import { readNetwork32, writeNetwork16 } from "./words.ts";

/** A TCP segment. */
export interface Segment {
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
  /** Letters of `SAFRP`. */
  flags: string;
  sequence: number;
  acknowledged: number;
  payload: string;
}

/** Build the packet of a segment. */
export function buildSegment({ sequence, acknowledged, ...rest }: Segment): Uint8Array {
  const packet = buildPacket({ protocol: "tcp", ...rest });
  const p = parsed(packet);
  for (const [i, n] of [sequence, acknowledged].entries()) {
    writeNetwork16(packet, p.transportAt + 4 + 4 * i, n >>> 16);
    writeNetwork16(packet, p.transportAt + 6 + 4 * i, n & 0xffff);
  }
  fillChecksum(packet, { ...p, end: p.totalBytes });
  return packet;
}

/** Read the segment in a packet. Throws a plain Error for a packet that is none, or whose lengths or checksums are wrong. */
export function readSegment(packet: Uint8Array): Segment {
  const problems = packetProblems(packet);
  if (problems.length > 0) throw new Error(`packet has problems: ${problems}`);
  const p = parsed(packet);
  const at = p.transportAt;
  const addressBytes = p.family === 4 ? 4 : 16;
  const addresses = p.family === 4 ? 12 : 8;
  const addressAt = (i: number) =>
    formatAddress(packet.subarray(addresses + i * addressBytes, addresses + (i + 1) * addressBytes));
  const ports = readNetwork32(packet, at);
  return {
    from: addressAt(0),
    fromPort: ports >>> 16,
    to: addressAt(1),
    toPort: ports & 0xffff,
    flags: FLAGS.filter(([, bit]) => (p.tcpFlags & bit) !== 0)
      .map(([letter]) => letter)
      .join(""),
    sequence: readNetwork32(packet, at + 4),
    acknowledged: readNetwork32(packet, at + 8),
    payload: Buffer.from(packet.subarray(at + p.transportBytes)).toString("latin1"),
  };
}

const FLAGS = [
  ["S", TCP_FLAG.syn],
  ["F", TCP_FLAG.fin],
  ["R", TCP_FLAG.rst],
  ["P", TCP_FLAG.psh],
  ["A", TCP_FLAG.ack],
] as const;

function parsed(packet: Uint8Array) {
  const p = createParsedPacket();
  p.family = packet[0]! >>> 4 === 4 ? 4 : 6;
  if (!parseIp(p, packet, packet.length) || !parseTransport(p, packet)) throw new Error("no TCP segment");
  return p;
}
