/** Addresses that are no host's own, or not by themselves. */
import { parseAddress } from "./address.ts";
import { isWithin, type Prefix, parsePrefix } from "./prefix.ts";

/** Why an address cannot be told apart from others, or reached, by itself; `ordinary` for the rest. */
export type AddressKind =
  | "unspecified"
  | "loopback"
  | "multicast"
  | "broadcast"
  | "link-local"
  | "IPv4-mapped"
  | "ordinary";

/**
 * RFC 6890. IPv4 link-local addresses are left out: without a zone they are routed like any other. IPv4-mapped ones would be
 * told from IPv4 nowhere: the fast path keeps IPv4 addresses in that very form.
 */
const KINDS: readonly (readonly [AddressKind, Prefix])[] = (
  [
    ["unspecified", "0.0.0.0/32"],
    ["unspecified", "::/128"],
    ["loopback", "127.0.0.0/8"],
    ["loopback", "::1/128"],
    ["multicast", "224.0.0.0/4"],
    ["multicast", "ff00::/8"],
    ["broadcast", "255.255.255.255/32"],
    ["link-local", "fe80::/10"],
    ["IPv4-mapped", "::ffff:0:0/96"],
  ] as const
).map(([kind, prefix]) => [kind, parsePrefix(prefix)!]);

/** The kind of an address in text that is one. Never throws. */
export function addressKind(address: string): AddressKind {
  const bytes = parseAddress(address)!;
  return KINDS.find(([, prefix]) => isWithin(bytes, prefix))?.[0] ?? "ordinary";
}
