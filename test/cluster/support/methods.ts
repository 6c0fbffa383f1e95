/** Every forwarding method as a row: a service of its own, on a port of its own, which the servers echo on. */
import { ADDRESSES, addressOf, nodesOf, PORTS } from "../../lab/index.ts";
import type { EchoEnd } from "./echo-ends.ts";

type Family = 4 | 6;
const FAMILIES: readonly Family[] = [4, 6];
const NAT_VIPS = { 4: ADDRESSES.natVip, 6: ADDRESSES.natVip6 } as const;
const DIRECT_VIPS = { 4: ADDRESSES.directRouteVip, 6: ADDRESSES.directRouteVip6 } as const;
const FIRST_PORT = 7100;
const SERVERS = nodesOf("server");

/** One method and what tests need to know of it. */
export interface MethodRow {
  readonly name: string;
  /** Family of the client and of the virtual address. */
  readonly family: Family;
  /** Family of what servers get. */
  readonly outerFamily: Family;
  readonly vip: string;
  readonly port: number;
  /** Who answers. */
  readonly answerers: readonly string[];
  /** The director sees the replies. */
  readonly isTranslated: boolean;
  /** Bytes that a tunnel adds. */
  readonly addedBytes: number;
  /** The service, for TCP and UDP. */
  readonly services: readonly object[];
}

interface Way {
  readonly name: string;
  readonly family: Family;
  readonly outerFamily?: Family;
  readonly vip: string;
  readonly answerers?: readonly string[];
  readonly addedBytes?: number;
  /** Fields of the service; a destination of `toPort`, if the method changes ports. */
  readonly fields: object;
  readonly destinations: readonly string[];
  readonly isTranslated?: boolean;
}

const inside = (family: Family) => SERVERS.map((s) => addressOf(s, "inside", family));

const plainWays = (family: Family): Way[] => [
  {
    ...{ name: `masquerade, IPv${family}`, family, vip: NAT_VIPS[family], isTranslated: true },
    ...{ fields: { method: "masquerade" }, destinations: inside(family) },
  },
  {
    ...{ name: `direct route, IPv${family}`, family, vip: DIRECT_VIPS[family] },
    ...{ fields: { method: "direct-route" }, destinations: inside(family) },
  },
  {
    ...{ name: `full NAT, IPv${family}`, family, vip: NAT_VIPS[family], isTranslated: true },
    fields: { method: "full-nat", sourceAddresses: [addressOf("d1", "inside", family)] },
    destinations: inside(family),
  },
  {
    ...{ name: `local, IPv${family}`, family, vip: NAT_VIPS[family], answerers: ["d1"] },
    ...{ fields: { method: "local" }, destinations: [NAT_VIPS[family]] },
  },
];

/** A kind of tunnel. */
export interface TunnelKind {
  readonly name: string;
  readonly tunnel: { readonly type: string; readonly port?: number; readonly checksum?: string };
  /** Bytes between the outer IP header and the inner one. */
  readonly shimBytes: number;
}

const gue = { type: "gue", port: PORTS.gue } as const;

/** Every kind of tunnel. */
export const TUNNELS: readonly TunnelKind[] = [
  { name: "ipip", tunnel: { type: "ipip" }, shimBytes: 0 },
  { name: "gre", tunnel: { type: "gre" }, shimBytes: 4 },
  { name: "gre with checksum", tunnel: { type: "gre", checksum: "full" }, shimBytes: 8 },
  { name: "gue", tunnel: gue, shimBytes: 12 },
  { name: "gue with checksum", tunnel: { ...gue, checksum: "full" }, shimBytes: 12 },
  { name: "gue with remote checksum", tunnel: { ...gue, checksum: "remote" }, shimBytes: 12 },
];

const tunnelWay = ({ name, tunnel, shimBytes }: TunnelKind, inner: Family, outer: Family): Way => ({
  ...{ name: `${name}, IPv${inner} over IPv${outer}`, family: inner, vip: DIRECT_VIPS[inner] },
  ...{ fields: { method: "tunnel", tunnel }, destinations: inside(outer) },
  outerFamily: outer,
  addedBytes: (outer === 4 ? 20 : 40) + shimBytes,
});

const WAYS: readonly Way[] = [
  ...FAMILIES.flatMap(plainWays),
  ...FAMILIES.flatMap((inner) =>
    FAMILIES.flatMap((outer) => TUNNELS.map((kind) => tunnelWay(kind, inner, outer))),
  ),
];

/** All methods in all families. */
export const METHODS: readonly MethodRow[] = WAYS.map((way, i) => {
  const port = FIRST_PORT + i;
  return {
    ...{ name: way.name, family: way.family, vip: way.vip, port },
    outerFamily: way.outerFamily ?? way.family,
    answerers: way.answerers ?? SERVERS,
    isTranslated: way.isTranslated ?? false,
    addedBytes: way.addedBytes ?? 0,
    services: [
      serviceOf(way, "tcp", { port, toPort: PORTS.tcpEcho }),
      serviceOf(way, "udp", { port, toPort: PORTS.udpEcho }),
    ],
  };
});

function serviceOf(
  way: Way,
  protocol: "tcp" | "udp",
  { port, toPort }: { port: number; toPort: number },
): object {
  const destinations = way.destinations.map((address) =>
    way.isTranslated ? { address, port: toPort } : { address },
  );
  return { protocol, address: way.vip, port, scheduler: "rr", ...way.fields, destinations };
}

/** Where the servers must echo for methods that leave the port as it is. */
export const SERVER_ENDS: readonly EchoEnd[] = METHODS.filter((m) => m.vip === DIRECT_VIPS[m.family]).map(
  ({ vip: host, port }) => ({ host, port }),
);

/** Where the director itself must. */
export const DIRECTOR_ENDS: readonly EchoEnd[] = METHODS.filter((m) => m.answerers[0] === "d1").map(
  ({ vip: host, port }) => ({ host, port }),
);
