import { canonicalAddress, familyOf } from "@tandem/model";

/** An address with the length of its network's prefix in bits. */
export interface PrefixedAddress {
  readonly address: string;
  readonly prefixLength: number;
}

/** Read `192.0.2.1/24` or `2001:db8::1/64`; undefined for anything else. */
export function parsePrefixed(text: string): PrefixedAddress | undefined {
  const match = /^(.+)\/(\d{1,3})$/.exec(text);
  const address = match && canonicalAddress(match[1]!);
  if (!address) return undefined;
  const prefixLength = Number(match[2]);
  const bits = familyOf(address) === 4 ? 32 : 128;
  return prefixLength >= 1 && prefixLength <= bits ? { address, prefixLength } : undefined;
}
