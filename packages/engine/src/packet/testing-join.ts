/** Fragments put together again, for tests: what a receiver makes of them (RFC 791 §3.2, RFC 8200 §4.5). */
import { checksumOf, sumWords } from "./checksum.ts";
import { IP_PROTOCOL } from "./parse.ts";
import { readNetwork16, writeNetwork16, writeWord16 } from "./words.ts";

/** The packet that these fragments of one packet are, whatever their order. Throws a plain Error if parts are missing or overlap. */
export function joinFragments(fragments: readonly Uint8Array[]): Uint8Array {
  const parts = fragments.map(fieldsOf).sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { offset, payload, hasMore } of parts) {
    if (offset !== end) throw new Error(`a part starts at byte ${offset}, wanted ${end}`);
    end += payload.length;
    if (hasMore !== (parts.at(-1)!.offset !== offset)) throw new Error("a part says wrongly what follows");
  }
  const header = parts[0]!.header.slice();
  const packet = new Uint8Array(header.length + end);
  packet.set(header);
  for (const { offset, payload } of parts) packet.set(payload, header.length + offset);
  if (header[0]! >>> 4 === 6) writeNetwork16(packet, 4, end);
  else {
    writeNetwork16(packet, 2, packet.length);
    writeNetwork16(packet, 6, 0);
    writeWord16(packet, 10, 0);
    writeWord16(packet, 10, checksumOf(sumWords(packet, 0, header.length)));
  }
  return packet;
}

interface Part {
  header: Uint8Array;
  payload: Uint8Array;
  offset: number;
  hasMore: boolean;
}

function fieldsOf(packet: Uint8Array): Part {
  if (packet[0]! >>> 4 === 6) return fieldsOf6(packet);
  const headerBytes = (packet[0]! & 15) * 4;
  const word = readNetwork16(packet, 6);
  return {
    header: packet.subarray(0, headerBytes),
    payload: packet.subarray(headerBytes),
    offset: (word & 0x1fff) * 8,
    hasMore: (word & 0x2000) !== 0,
  };
}

function fieldsOf6(packet: Uint8Array): Part {
  if (packet[6] !== IP_PROTOCOL.fragment6) throw new Error("a part has no Fragment header");
  const header = packet.slice(0, 40);
  header[6] = packet[40]!;
  const word = readNetwork16(packet, 42);
  return { header, payload: packet.subarray(48), offset: word & 0xfff8, hasMore: (word & 1) !== 0 };
}
