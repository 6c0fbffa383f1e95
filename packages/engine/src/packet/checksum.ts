/**
 * Internet checksums. Words may be read in either byte order as long as one computation stays with one: the sum commutes with swapping
 * (RFC 1071 §2 B). Everything here works on words as they stand in memory (`words.ts`).
 */
import { readWord16, writeWord16 } from "./words.ts";

/** Sum of the 16-bit words of `bytes[from, to)`, an odd last byte padded with zero, added to `sum`. Not folded; exact below 2^36 bytes. */
export function sumWords(bytes: Uint8Array, from: number, to: number, sum = 0): number {
  let at = from;
  for (; at + 1 < to; at += 2) sum += bytes[at]! | (bytes[at + 1]! << 8);
  return at < to ? sum + bytes[at]! : sum;
}

/** Fold a sum to 16 bits with end-around carry. */
export function foldSum(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** The checksum field for a sum: its complement, 0..0xffff. */
export const checksumOf = (sum: number): number => ~foldSum(sum) & 0xffff;

/**
 * Update an Internet checksum after one 16-bit word of the packet changed.
 *
 * @param checksum the checksum field as it stands, 0..0xffff
 * @param before   the word being replaced, 0..0xffff
 * @param after    the word taking its place, 0..0xffff
 * @returns the new checksum field, 0..0xffff. Never throws, never allocates, O(1).
 * @see RFC 1624 §3, equation 3
 */
export function patchChecksum(checksum: number, before: number, after: number): number {
  let sum = (~checksum & 0xffff) + (~before & 0xffff) + after;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** `patchChecksum` for a 32-bit word, such as an IPv4 address. */
export function patchChecksum32(checksum: number, before: number, after: number): number {
  return patchChecksum(patchChecksum(checksum, before & 0xffff, after & 0xffff), before >>> 16, after >>> 16);
}

/** Replace the word at `at` and patch the checksum field at `checksumAt` for it. */
export function replaceWord16(bytes: Uint8Array, at: number, word: number, checksumAt: number): void {
  const patched = patchChecksum(readWord16(bytes, checksumAt), readWord16(bytes, at), word);
  writeWord16(bytes, checksumAt, patched);
  writeWord16(bytes, at, word);
}

/** Sum of the pseudo header: addresses of `addressBytes` each from `addressAt` on, protocol and transport length (RFC 9293 §3.1, RFC 8200 §8.1). */
export function sumPseudoHeader(
  bytes: Uint8Array,
  addressAt: number,
  of: { addressBytes: number; protocol: number; lengthBytes: number },
): number {
  const length = ((of.lengthBytes & 0xff) << 8) + ((of.lengthBytes >>> 8) & 0xff);
  const addresses = sumWords(bytes, addressAt, addressAt + 2 * of.addressBytes);
  return addresses + (of.protocol << 8) + length;
}
