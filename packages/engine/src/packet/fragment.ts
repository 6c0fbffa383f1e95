/** Fields that tell fragments apart and bring them together (RFC 791 §3.1, RFC 8200 §4.5). */
import { FLOW_PROTOCOL, type ParsedPacket } from "./parse.ts";
import { readNetwork16, readWord32 } from "./words.ts";

/** Bytes of an IPv6 Fragment header. */
export const FRAGMENT_HEADER_BYTES = 8;

/** Which part of which packet a fragment is. */
export interface FragmentFields {
  /** Identification as it stands; with addresses and protocol it names the packet. */
  id: number;
  /** Where the fragment's payload starts within that of the whole packet, in bytes. */
  offsetBytes: number;
  /** Another one follows. */
  hasMore: boolean;
}

/**
 * Read a fragment's fields after `parseIp`. Of IPv6, `p.protocol`, the flow key's protocol and `p.transportAt` move on to what the Fragment
 * header announces. Returns false if that header does not fit; then nothing has changed.
 */
export function parseFragment(p: ParsedPacket, bytes: Uint8Array, fields: FragmentFields): boolean {
  if (p.family === 4) {
    readOffset(fields, readNetwork16(bytes, 6) << 3, bytes[6]! & 0x20);
    fields.id = readNetwork16(bytes, 4);
    return true;
  }
  const at = p.transportAt;
  if (at + FRAGMENT_HEADER_BYTES > p.totalBytes) return false;
  readOffset(fields, readNetwork16(bytes, at + 2), bytes[at + 3]! & 1);
  fields.id = readWord32(bytes, at + 4);
  p.key[FLOW_PROTOCOL[6]] = p.protocol = bytes[at]!;
  p.transportAt = at + FRAGMENT_HEADER_BYTES;
  return true;
}

/** The offset is in units of 8 bytes, in the upper 13 bits of IPv6's word and the lower 13 of IPv4's. */
function readOffset(fields: FragmentFields, offset: number, more: number): void {
  fields.offsetBytes = offset & 0xfff8;
  fields.hasMore = more !== 0;
}
