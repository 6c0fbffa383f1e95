/** Addresses in the keys of maps: 16 bytes, IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). */

/** Bits and bytes before the IPv4 address. */
export const MAPPED_BITS = 96;
const MAPPED_BYTES = MAPPED_BITS / 8;

/** Write an address of 4 or 16 bytes as 16 at `at`; the 12 before an IPv4 address must be zero. Never throws. */
export function writeMapped(out: Uint8Array, at: number, address: Uint8Array): void {
  if (address.length === 4) out.fill(0xff, at + MAPPED_BYTES - 2, at + MAPPED_BYTES);
  out.set(address, at + 16 - address.length);
}

/** A copy of the address at `at`: 4 or 16 bytes. Never throws. */
export function readMapped(from: Uint8Array, at: number): Uint8Array {
  const isMapped = from.subarray(at, at + MAPPED_BYTES).every((byte, i) => byte === (i < 10 ? 0 : 0xff));
  return Uint8Array.from(from.subarray(isMapped ? at + MAPPED_BYTES : at, at + 16));
}

/** Write the mask of a prefix: ones for the first `bits` of an address of `family`, and for what stands before it. Never throws. */
export function writeMappedMask(out: Uint8Array, at: number, family: 4 | 6, bits: number): void {
  const ones = family === 4 ? MAPPED_BITS + bits : bits;
  for (let i = 0; i < 16; i++) out[at + i] = (0xff00 >> Math.min(Math.max(ones - i * 8, 0), 8)) & 0xff;
}
