/** The checksums of TCP and UDP as a whole, where patching is not enough: packets that were cut or made longer, and checksums that a sender left to its hardware. */
import { checksumOf, foldSum, sumPseudoHeader, sumWords } from "./checksum.ts";
import { IP_PROTOCOL, type ParsedPacket } from "./parse.ts";
import { readWord16, writeWord16 } from "./words.ts";

/** Where a transport header lies, and where the packet ends. */
export interface TransportPlace {
  readonly family: 4 | 6;
  /** TCP or UDP. */
  readonly protocol: number;
  readonly transportAt: number;
  readonly end: number;
}

const FIELD_AT: Readonly<Record<number, number>> = { [IP_PROTOCOL.tcp]: 16, [IP_PROTOCOL.udp]: 6 };

function pseudoSum(bytes: Uint8Array, { family, protocol, transportAt, end }: TransportPlace): number {
  const of = { addressBytes: family === 4 ? 4 : 16, protocol, lengthBytes: end - transportAt };
  return sumPseudoHeader(bytes, family === 4 ? 12 : 8, of);
}

/** Write the checksum anew. */
export function fillChecksum(bytes: Uint8Array, place: TransportPlace): void {
  const at = place.transportAt + FIELD_AT[place.protocol]!;
  writeWord16(bytes, at, 0);
  const sum = checksumOf(sumWords(bytes, place.transportAt, place.end, pseudoSum(bytes, place)));
  writeWord16(bytes, at, place.protocol === IP_PROTOCOL.udp && sum === 0 ? 0xffff : sum);
}

/** Leave the checksum to whoever sends the packet: the field is the sum of the pseudo header, as Linux's `CHECKSUM_PARTIAL` has it. */
export function leaveChecksum(bytes: Uint8Array, place: TransportPlace): void {
  writeWord16(bytes, place.transportAt + FIELD_AT[place.protocol]!, foldSum(pseudoSum(bytes, place)));
}

/** Whether a parsed packet has a checksum: UDP over IPv4 may have none. */
export const hasChecksum = (p: ParsedPacket, bytes: Uint8Array): boolean =>
  p.protocol !== IP_PROTOCOL.udp || p.family === 6 || readWord16(bytes, p.transportAt + 6) !== 0;

/** Write the checksum of a parsed TCP or UDP packet if its sender has left it to its hardware. */
export function finishChecksum(p: ParsedPacket, bytes: Uint8Array): void {
  const fieldAt = FIELD_AT[p.protocol];
  if (fieldAt === undefined) return;
  const place = { family: p.family, protocol: p.protocol, transportAt: p.transportAt, end: p.totalBytes };
  const field = readWord16(bytes, p.transportAt + fieldAt);
  if (field !== 0 && field === foldSum(pseudoSum(bytes, place))) fillChecksum(bytes, place);
}
