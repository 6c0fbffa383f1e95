/** CRC-32C, the checksum of SCTP (RFC 9260 appendix A), as its little endian word stands in the packet. */

/** Castagnoli's polynomial, lowest power in the highest bit. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = new Uint32Array(256).map((_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest & 1) !== 0 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  return rest;
});

/** x^(2^k) modulo the polynomial, at k. */
const POWERS = new Uint32Array(32);
POWERS[0] = 1 << 30;
for (let k = 1; k < 32; k++) POWERS[k] = multiply(POWERS[k - 1]!, POWERS[k - 1]!);

/** Checksum of an SCTP packet in `bytes[from, to)`; its own checksum field counts as zero. Never throws. */
export function sctpChecksum(bytes: Uint8Array, from: number, to: number): number {
  let rest = 0xffff_ffff;
  for (let at = from; at < to; at++) {
    const byte = at - from >= 8 && at - from < 12 ? 0 : bytes[at]!;
    rest = (rest >>> 8) ^ TABLE[(rest ^ byte) & 0xff]!;
  }
  return ~rest >>> 0;
}

/**
 * Update a CRC-32C after one 32-bit word of what it covers changed: the checksum of a difference, followed by zeros, is added.
 *
 * @param difference `before ^ after` of the word as it stands
 * @param bytesBehind what the checksum covers behind the word
 * @returns the new checksum. Never throws; O(log bytesBehind).
 */
export function patchCrc32c(checksum: number, difference: number, bytesBehind: number): number {
  let shifted = difference;
  // times x^8 for each byte behind, and x^32 for the word itself
  for (let bytes = bytesBehind + 4, k = 3; bytes > 0; bytes >>>= 1, k++) {
    if ((bytes & 1) !== 0) shifted = multiply(POWERS[k & 31]!, shifted);
  }
  return (checksum ^ shifted) >>> 0;
}

/** Product of two polynomials modulo `POLYNOMIAL`. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 31; bit >= 0; bit--) {
    if (((a >>> bit) & 1) !== 0) product ^= b;
    b = (b & 1) !== 0 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1;
  }
  return product >>> 0;
}
