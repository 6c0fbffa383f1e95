/**
 * Reading and writing packet bytes as little endian words: an address or port read so equals the word that the shared record and the flow
 * key hold for it, because both keep network order in memory. `port` functions are the only place where a port becomes a number.
 */

/** Two bytes at `at` as they stand, 0..0xffff. */
export const readWord16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);

/** Four bytes at `at` as they stand, 0..2^32-1. */
export const readWord32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;

/** Two bytes at `at` in network order, 0..0xffff. */
export const readNetwork16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

/** Four bytes at `at` in network order, 0..2^32-1. */
export const readNetwork32 = (bytes: Uint8Array, at: number): number =>
  readNetwork16(bytes, at) * 0x1_0000 + readNetwork16(bytes, at + 2);

/** Write two bytes at `at` as they stand in the word. */
export function writeWord16(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word & 0xff;
  bytes[at + 1] = (word >>> 8) & 0xff;
}

/** Write four bytes at `at` as they stand in the word. */
export function writeWord32(bytes: Uint8Array, at: number, word: number): void {
  writeWord16(bytes, at, word & 0xffff);
  writeWord16(bytes, at + 2, word >>> 16);
}

/** Write a number in network order, two bytes. */
export function writeNetwork16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >>> 8) & 0xff;
  bytes[at + 1] = value & 0xff;
}

/** Write a number in network order, four bytes; what is more than 32 bits is cut off. */
export function writeNetwork32(bytes: Uint8Array, at: number, value: number): void {
  writeNetwork16(bytes, at, value >>> 16);
  writeNetwork16(bytes, at + 2, value);
}

/** A port's number from its word, or its word from its number. */
export const swapPort = (port: number): number => ((port & 0xff) << 8) | ((port >>> 8) & 0xff);

/** Copy the first `count` words of address bytes into words from `at` on. */
export function addressToWords(address: Uint8Array, count: number, words: Uint32Array, at = 0): void {
  for (let i = 0; i < count; i++) words[at + i] = readWord32(address, 4 * i);
}

/** The first `count` words of an address or another key: all of them unless said otherwise. */
export function wordsOf(bytes: Uint8Array, count = bytes.length / 4): Uint32Array {
  const words = new Uint32Array(count);
  addressToWords(bytes, count, words);
  return words;
}

/** Copy `count` words from `at` on into address bytes. */
export function wordsToAddress(words: Uint32Array, at: number, bytes: Uint8Array, count: number): void {
  for (let i = 0; i < count; i++) writeWord32(bytes, 4 * i, words[at + i]!);
}
