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

export function writeWord16(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word & 0xff;
  bytes[at + 1] = (word >>> 8) & 0xff;
}

export function writeWord32(bytes: Uint8Array, at: number, word: number): void {
  writeWord16(bytes, at, word & 0xffff);
  writeWord16(bytes, at + 2, word >>> 16);
}

export function writeNetwork16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >>> 8) & 0xff;
  bytes[at + 1] = value & 0xff;
}

/** A port's number from its word, or its word from its number. */
export const swapPort = (port: number): number => ((port & 0xff) << 8) | ((port >>> 8) & 0xff);

/** Copy an address of 4 or 16 bytes into words from `at` on. */
export function addressToWords(address: Uint8Array, words: Uint32Array, at: number): void {
  for (let i = 0; i < address.length; i += 4) words[at + (i >> 2)] = readWord32(address, i);
}

/** Copy `bytes.length` / 4 words from `at` on into address bytes. */
export function wordsToAddress(words: Uint32Array, at: number, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i += 4) writeWord32(bytes, i, words[at + (i >> 2)]!);
}
