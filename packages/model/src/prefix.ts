/** Address prefixes: text and bytes. */
import { type Family, familyOf, formatAddress, parseAddress } from "./address.ts";

/** A prefix: the first `bits` bits of `address`, whose others are 0. */
export interface Prefix {
  readonly family: Family;
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly bits: number;
}

/**
 * Read `192.0.2.0/24`, `2001:db8::/32` or an address alone, which is a prefix of all its bits. Bits of the host are cleared.
 *
 * @returns undefined if it is no prefix. Never throws.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const [address, length, more] = text.split("/");
  const bytes = parseAddress(address!);
  if (!bytes || more !== undefined) return undefined;
  const all = bytes.length * 8;
  const bits = length === undefined ? all : /^\d{1,3}$/.test(length) ? Number(length) : all + 1;
  if (bits > all) return undefined;
  return { family: familyOf(address!), address: maskBytes(bytes, bits), bits };
}

/** The prefix as `parsePrefix` reads it, always with its length. */
export function formatPrefix(p: Prefix): string {
  return `${formatAddress(p.address)}/${p.bits}`;
}

/** Canonical text of a prefix, or undefined if it is none. Two spellings of one prefix become equal. */
export function canonicalPrefix(text: string): string | undefined {
  const prefix = parsePrefix(text);
  return prefix && formatPrefix(prefix);
}

/** Whether every address of `inner` is in `outer`, too. Those of two families never are. */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  return outer.bits <= inner.bits && isWithin(inner.address, outer);
}

/** Whether an address of 4 or 16 bytes is in a prefix. Never allocates. */
export function isWithin(address: Uint8Array, { address: first, bits }: Prefix): boolean {
  if (address.length !== first.length) return false;
  for (let i = 0; i * 8 < bits; i++) if ((address[i]! & maskOfByte(bits - i * 8)) !== first[i]) return false;
  return true;
}

/** A copy with all but the first `bits` bits cleared. */
export function maskBytes(address: Uint8Array, bits: number): Uint8Array {
  return address.map((byte, i) => byte & maskOfByte(bits - i * 8));
}

const maskOfByte = (bits: number): number => (0xff00 >> Math.min(Math.max(bits, 0), 8)) & 0xff;
