/** Is an address in a prefix or range? Pure; text that is no address is in nothing. */
import { parseAddress } from "@tandem/model";

/** A rule about a shorter prefix is about half of the Internet, not about a service. */
export const MIN_PREFIX_BITS = 8;

/** Whether `address` is within the first `bits` bits of `network`. */
export function isInPrefix(address: string, network: string, bits: number): boolean {
  const a = toNumber(address);
  const n = toNumber(network);
  if (!a || !n || a.bytes !== n.bytes) return false;
  const rest = BigInt(a.bytes * 8 - bits);
  return a.value >> rest === n.value >> rest;
}

/** Whether `address` is from `first` to `last`, both included. */
export function isInRange(address: string, first: string, last: string): boolean {
  const [a, from, to] = [address, first, last].map(toNumber);
  if (!a || !from || !to || a.bytes !== from.bytes || a.bytes !== to.bytes) return false;
  return from.value <= a.value && a.value <= to.value;
}

function toNumber(address: string): { bytes: number; value: bigint } | undefined {
  const bytes = parseAddress(address);
  return bytes && { bytes: bytes.length, value: bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) };
}
