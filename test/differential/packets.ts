/** Bytes for scenarios: addresses, and the small violences that tests do to packets. */
import { parseAddress } from "@tandem/model";

/** An address in text as bytes. Throws a plain Error for one that is none. */
export function bytesOf(address: string): Uint8Array {
  const bytes = parseAddress(address);
  if (!bytes) throw new Error(`"${address}" is no address`);
  return bytes;
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A copy of the packet with one byte replaced; beyond the end: the packet itself. */
export function withByte(packet: Uint8Array, at: number, value: number): Uint8Array {
  const copy = packet.slice();
  if (at < copy.length) copy[at] = value;
  return copy;
}

/** A copy with a 16-bit word in network order replaced. */
export const withWord = (packet: Uint8Array, at: number, value: number): Uint8Array =>
  withByte(withByte(packet, at, (value >>> 8) & 0xff), at + 1, value & 0xff);

/** The length that the IP header names, moved by `delta`. */
export function withLength(packet: Uint8Array, delta: number): Uint8Array {
  const isIp4 = packet[0]! >>> 4 === 4;
  const length = isIp4 ? packet.length : packet.length - 40;
  return withWord(packet, isIp4 ? 2 : 4, length + delta);
}

/** The same packet with Ethernet padding behind it. */
export function padded(packet: Uint8Array, bytes: number): Uint8Array {
  const copy = new Uint8Array(packet.length + bytes).fill(0xee);
  copy.set(packet);
  return copy;
}

/** An IPv4 packet with `words` words of options (no-operations); its header checksum is left wrong, which nobody judges. */
export function withOptions(packet: Uint8Array, words: number): Uint8Array {
  const options = new Uint8Array(words * 4).fill(1);
  const copy = Uint8Array.from([...packet.subarray(0, 20), ...options, ...packet.subarray(20)]);
  copy[0] = 0x40 | (5 + words);
  return withWord(copy, 2, copy.length);
}
