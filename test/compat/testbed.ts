/**
 * The network that the recordings were made in: one director between a router towards the clients and a segment of real servers. A frame's destination MAC
 * address says where it went, because the director had a permanent neighbour entry for everybody.
 */
import { canonicalAddress, containsPrefix, type Prefix, parseAddress, parsePrefix } from "@tandem/model";

/** The two interfaces, in the words of the recordings. */
export type Side = "client" | "server";

/** Interface numbers that packets come in by. */
export const IFINDEX: Readonly<Record<Side, number>> = { client: 1, server: 2 };

/** Names of the director's interfaces in recorded commands. */
export const INTERFACES: Readonly<Record<string, Side>> = { dc0: "client", dr0: "server" };

/** Everything towards the clients goes to this router. */
const CLIENT_ROUTER = "020000000102";

/** Real server number 0, and those after it: the last byte counts up in both address and MAC. */
const REAL_SERVERS = { mac: "0200000003", macOf0: 0x0b, addressOf0: { 4: 11, 6: 0x11 } } as const;

/** Real server number 0. */
export const FIRST_SERVER = { 4: "192.168.1.11", 6: "fd00:1::11" } as const;

const SERVER_NETS = ["192.168.1.0/24", "fd00:1::/64"].map((text) => parsePrefix(text)!);

/** The director's own address on each side, by family: whom its own packets come from. */
export const OWN: Readonly<Record<Side, Readonly<Record<4 | 6, string>>>> = {
  client: { 4: "10.0.0.1", 6: "2001:db8:1::1" },
  server: { 4: "192.168.1.1", 6: "fd00:1::1" },
};

/** Prefixes that are local to the director without being an interface's: what services by firewall mark are reached by. */
export const MARKED_NETS = { 4: "172.16.0.0/16", 6: "2001:db8:99::/48" } as const;

/** The usual virtual addresses. */
export const VIPS = { 4: "10.0.0.100", 6: "2001:db8:1::100" } as const;

/** The net towards the clients: whatever is in it belongs to the director, but for the routers. */
const CLIENT_NETS = ["10.0.0.0/24", "2001:db8:1::/64"] as const;
const ROUTERS = ["10.0.0.2", "10.0.0.254", "2001:db8:1::2", "2001:db8:1::fe"].map(
  (text) => parsePrefix(text)!,
);

const LOCAL: readonly Prefix[] = [
  ...CLIENT_NETS,
  ...Object.values(OWN.server),
  ...Object.values(MARKED_NETS),
].map((text) => parsePrefix(text)!);

const contains = (prefixes: readonly Prefix[], address: Uint8Array): boolean => {
  const host: Prefix = { family: address.length === 4 ? 4 : 6, address, bits: 8 * address.length };
  return prefixes.some((p) => containsPrefix(p, host));
};

/** Whether the director's own stack takes packets to this address of 4 or 16 bytes. */
export const isLocal = (address: Uint8Array): boolean =>
  contains(LOCAL, address) && !contains(ROUTERS, address);

/** The side that leads to an address. */
export const sideOf = (address: Uint8Array): Side => (contains(SERVER_NETS, address) ? "server" : "client");

/** Whom the director's packets to an address come from, in bytes: to itself, from that very address. */
export const ownAddress = (to: Uint8Array): Uint8Array =>
  isLocal(to) ? to : parseAddress(OWN[sideOf(to)][to.length === 4 ? 4 : 6])!;

/** Destination MAC address, in hex digits, of frames whose next hop this is. */
export function macOf(nextHop: Uint8Array): string {
  if (sideOf(nextHop) === "client") return CLIENT_ROUTER;
  const { mac, macOf0, addressOf0 } = REAL_SERVERS;
  const last = nextHop.at(-1)! - addressOf0[nextHop.length === 4 ? 4 : 6] + macOf0;
  return mac + (last & 0xff).toString(16).padStart(2, "0");
}

/** Address of the recordings, in canonical text: they write IPv6 as Python does. Throws a plain Error for text that is no address. */
export function addressIn(text: string): string {
  const address = canonicalAddress(text);
  if (address === undefined) throw new Error(`"${text}" is no address`);
  return address;
}
