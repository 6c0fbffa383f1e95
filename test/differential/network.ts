/**
 * The routes that both implementations are asked about: laid in a network namespace for the kernel, and the same as a table for the twin.
 * Each place is an address whose route lookup has one known outcome.
 */
import { writeFileSync } from "node:fs";
import { formatAddress } from "@tandem/model";
import { ROUTE, type RouteQuestion } from "../../packages/engine/src/core/twin/fastpath-world.ts";
import { CONTRACT_NETWORK } from "../../packages/engine/src/dataplane/dataplane.contract.ts";
import {
  createTopology,
  type Topology,
} from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";

export type Family = 4 | 6;
export type Hook = "tc" | "xdp" | "inject";
/** Interface that a packet comes in by: forwarding is on for the client's, off for the server's. */
export type Side = "client" | "server";

/** Larger than the smallest MTU that IPv6 allows, smaller than the interfaces' own. Forwarding heeds a route's MTU only if it is locked. */
const NARROW_MTU = 1300;
const LINK_MTU = 1500;

interface Place {
  readonly 4: string;
  readonly 6: string;
  /** The rest of `ip route add ADDRESS …`, for places that need a route of their own. */
  readonly route?: { readonly 4: string; readonly 6: string };
  readonly result: number;
  /** The interface's if absent. */
  readonly mtu?: number;
}

const VIA_ELSE = { 4: "via 10.0.0.9", 6: "via fd00::9" } as const;
const rejecting = (kind: string) => ({ 4: kind, 6: kind });

/** What `ROUTE.noNeighbour` means is the hook's business. */
export const PLACES = {
  client: { 4: CONTRACT_NETWORK[4].client, 6: CONTRACT_NETWORK[6].client, result: ROUTE.success },
  server: { 4: CONTRACT_NETWORK[4].server, 6: CONTRACT_NETWORK[6].server, result: ROUTE.success },
  gateway: { 4: "10.50.0.1", 6: "fd50::1", route: VIA_ELSE, result: ROUTE.success },
  narrow: {
    4: "10.51.0.1",
    6: "fd51::1",
    route: { 4: `${VIA_ELSE[4]} mtu lock ${NARROW_MTU}`, 6: `${VIA_ELSE[6]} mtu lock ${NARROW_MTU}` },
    result: ROUTE.success,
    mtu: NARROW_MTU,
  },
  stranger: { 4: "10.0.0.77", 6: "fd00::77", result: ROUTE.noNeighbour },
  blackhole: { 4: "10.52.0.1", 6: "fd52::1", route: rejecting("blackhole"), result: ROUTE.blackhole },
  unreachable: { 4: "10.53.0.1", 6: "fd53::1", route: rejecting("unreachable"), result: ROUTE.unreachable },
  prohibit: { 4: "10.54.0.1", 6: "fd54::1", route: rejecting("prohibit"), result: ROUTE.prohibit },
  host: { 4: CONTRACT_NETWORK[4].host, 6: CONTRACT_NETWORK[6].host, result: ROUTE.notForwarded },
  nowhere: { 4: "203.0.113.9", 6: "2001:db8:ffff::9", result: ROUTE.notForwarded },
  vip: { 4: CONTRACT_NETWORK[4].vip, 6: CONTRACT_NETWORK[6].vip, result: ROUTE.notForwarded },
  /** A VIP with services at port 0. */
  wide: { 4: "192.0.2.2", 6: "2001:db8::2", result: ROUTE.notForwarded },
  /** A VIP with ftp, which expects clients. */
  ftp: { 4: "192.0.2.3", 6: "2001:db8::3", result: ROUTE.notForwarded },
  /** No VIP: a classifier rule marks what goes there. */
  marked: { 4: "203.0.113.65", 6: "2001:db8:fff0::65", result: ROUTE.notForwarded },
  /** Beside the client. */
  neighbour: { 4: "198.51.100.8", 6: "2001:db8:2::8", result: ROUTE.noNeighbour },
} as const satisfies Record<string, Place>;
export type PlaceName = keyof typeof PLACES;
export const PLACE_NAMES = Object.keys(PLACES) as PlaceName[];

/** Make the namespace and its routes, and leave this thread in it. */
export function createNetwork(): Topology {
  const topology = createTopology();
  for (const place of Object.values<Place>(PLACES)) {
    for (const family of [4, 6] as const) {
      const route = place.route?.[family];
      if (route === undefined) continue;
      const rejects = !route.startsWith("via");
      const words = rejects ? `${route} ${place[family]}` : `${place[family]} ${route}`;
      topology.ip("director", `-${family} route add ${words}`);
    }
  }
  for (const family of ["ipv4", "ipv6"]) {
    writeFileSync(`/proc/sys/net/${family}/conf/${topology.director.server.name}/forwarding`, "0");
  }
  return topology;
}

const placesByAddress = new Map<string, Place>(
  Object.values<Place>(PLACES).flatMap((place) => [
    [place[4], place],
    [place[6], place],
  ]),
);

/** What the kernel says about the way to an address: one of `ROUTE`. */
export function routeTo(question: RouteQuestion, from: { side: Side; hook: Hook }): number {
  if (from.side === "server") return ROUTE.forwardingDisabled;
  const text = formatAddress(question.address);
  const place = placesByAddress.get(text);
  const result = place?.result ?? (isOnLink(text) ? ROUTE.noNeighbour : ROUTE.notForwarded);
  if (result !== ROUTE.success && result !== ROUTE.noNeighbour) return result;
  question.mtu = place?.mtu ?? LINK_MTU;
  if (question.lengthBytes > question.mtu) return ROUTE.fragNeeded;
  return from.hook === "xdp" ? result : ROUTE.success;
}

/** Networks of the interfaces, and their addresses that are nobody's or the director's own. */
const ON_LINK = [
  /^198\.51\.100\.\d+$/,
  /^10\.0\.0\.\d+$/,
  /^2001:db8:2:(:|0:)/,
  /^fd00:(:|0:0:0:)/,
  /^fe80:(:|0:0:0:)/,
];
const NOT_OTHERS = /^(198\.51\.100\.(1|255)|10\.0\.0\.(254|255)|2001:db8:2::1?|fd00::fe|fe80::)$/;

/** A neighbour that nobody has heard of. */
const isOnLink = (address: string): boolean =>
  ON_LINK.some((net) => net.test(address)) && !NOT_OTHERS.test(address);
