/** Packets for tests that are cut into fragments or wrapped by a tunnel: written from the RFCs, apart from the code under test. */
import { checksumOf, sumPseudoHeader, sumWords } from "./checksum.ts";
import { IP_PROTOCOL } from "./parse.ts";
import { buildIp, concat } from "./testing.ts";
import { writeNetwork16, writeWord16 } from "./words.ts";

/** Cut an IP packet into fragments with `payloadBytes` (a multiple of 8) each; `id` in network order names them. */
export function buildFragments(packet: Uint8Array, payloadBytes: number, id = 0x1234): Uint8Array[] {
  const headerBytes = packet[0]! >>> 4 === 4 ? (packet[0]! & 15) * 4 : 40;
  const body = packet.subarray(headerBytes);
  const cut = headerBytes === 40 ? fragmentOf6 : fragmentOf4;
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += payloadBytes) {
    const part = body.subarray(at, at + payloadBytes);
    fragments.push(
      cut(packet.subarray(0, headerBytes), part, { at, hasMore: at + part.length < body.length, id }),
    );
  }
  return fragments;
}

interface Place {
  at: number;
  hasMore: boolean;
  id: number;
}

function fragmentOf4(header: Uint8Array, part: Uint8Array, place: Place): Uint8Array {
  const packet = concat(header, part);
  writeNetwork16(packet, 2, packet.length);
  writeNetwork16(packet, 4, place.id);
  writeNetwork16(packet, 6, (place.at >>> 3) | (place.hasMore ? 0x2000 : 0));
  writeWord16(packet, 10, 0);
  writeWord16(packet, 10, checksumOf(sumWords(packet, 0, header.length)));
  return packet;
}

function fragmentOf6(header: Uint8Array, part: Uint8Array, place: Place): Uint8Array {
  const extension = new Uint8Array(8);
  extension[0] = header[6]!;
  writeNetwork16(extension, 2, place.at | (place.hasMore ? 1 : 0));
  writeNetwork16(extension, 6, place.id);
  const packet = concat(header, concat(extension, part));
  packet[6] = IP_PROTOCOL.fragment6;
  writeNetwork16(packet, 4, packet.length - 40);
  return packet;
}

/** Ends of a wrapped packet: inside a client and a virtual address, outside the director and a real server. */
export const INNER = {
  4: { from: "198.51.100.7", to: "192.0.2.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1" },
} as const;
export const OUTER = {
  4: { from: "10.0.0.254", to: "10.0.0.1" },
  6: { from: "fd00::fe", to: "fd00::1" },
} as const;

/** How a packet is wrapped. */
export interface WrapSpec {
  type: "ipip" | "gre" | "gue";
  from: string;
  to: string;
  /** gre, gue. */
  checksum?: boolean;
  /** gue: UDP ports. */
  fromPort?: number;
  toPort?: number;
  ttl?: number;
  tos?: number;
  fragment?: number;
  id?: number;
}

/** Wrap a packet. Throws a plain Error for an address that is none. */
export function buildWrapped(inner: Uint8Array, spec: WrapSpec): Uint8Array {
  const isInner4 = inner[0]! >>> 4 === 4;
  const protocol = {
    ipip: isInner4 ? IP_PROTOCOL.ipip : IP_PROTOCOL.ipv6,
    gre: IP_PROTOCOL.gre,
    gue: IP_PROTOCOL.udp,
  };
  const header = HEADERS[spec.type](spec, inner, isInner4);
  const packet = buildIp({ ...spec, protocol: protocol[spec.type], body: concat(header, inner) });
  if (spec.type === "gue" && spec.checksum) fillUdpChecksum(packet);
  return packet;
}

const HEADERS: Record<
  WrapSpec["type"],
  (spec: WrapSpec, inner: Uint8Array, isInner4: boolean) => Uint8Array
> = {
  ipip: () => new Uint8Array(),
  gre(spec, inner, isInner4) {
    const header = new Uint8Array(spec.checksum ? 8 : 4);
    writeNetwork16(header, 2, isInner4 ? 0x0800 : 0x86dd);
    if (!spec.checksum) return header;
    header[0] = 0x80;
    writeWord16(header, 4, checksumOf(sumWords(inner, 0, inner.length, sumWords(header, 0, 8))));
    return header;
  },
  gue(spec, inner, isInner4) {
    const header = new Uint8Array(12);
    writeNetwork16(header, 0, spec.fromPort ?? 0);
    writeNetwork16(header, 2, spec.toPort ?? 6080);
    writeNetwork16(header, 4, 12 + inner.length);
    header[9] = isInner4 ? IP_PROTOCOL.ipip : IP_PROTOCOL.ipv6;
    return header;
  },
};

function fillUdpChecksum(packet: Uint8Array): void {
  const isOuter4 = packet[0]! >>> 4 === 4;
  const at = isOuter4 ? 20 : 40;
  const of = { addressBytes: isOuter4 ? 4 : 16, protocol: IP_PROTOCOL.udp, lengthBytes: packet.length - at };
  const sum = checksumOf(sumWords(packet, at, packet.length, sumPseudoHeader(packet, isOuter4 ? 12 : 8, of)));
  writeWord16(packet, at + 6, sum === 0 ? 0xffff : sum);
}
