/** Client — director — server, for kernel tests: three network namespaces with the addresses and routes of the data plane contract. */
import { writeFileSync } from "node:fs";
import { CONTRACT_NETWORK } from "../../dataplane.contract.ts";
import { findLink } from "../links.ts";
import type { Link } from "../rtnetlink.ts";
import { createNamespaces, type Namespaces } from "./namespaces.ts";

export const SIDES = ["client", "server"] as const;
export type Side = (typeof SIDES)[number];

/** The veth pairs have the same name at both ends. */
export const LINK_NAMES: Readonly<Record<Side, string>> = { client: "client0", server: "server0" };

export interface Topology extends Namespaces {
  /** Ends in the director's namespace. */
  readonly director: Readonly<Record<Side, Link>>;
  /** Ends in the clients' and the servers' namespaces. They have no addresses and send nothing of their own accord. */
  readonly ends: Readonly<Record<Side, Link>>;
}

const DIRECTOR_ADDRESSES = {
  client0: ["198.51.100.1/24", "2001:db8:2::1/64"],
  server0: ["10.0.0.254/24", "fd00::fe/64"],
  lo: [4, 6].flatMap((family) => [
    CONTRACT_NETWORK[family as 4 | 6].vip,
    CONTRACT_NETWORK[family as 4 | 6].host,
  ]),
} as const;

/** Make it, and leave this thread in the director's namespace. */
export function createTopology(): Topology {
  const namespaces = createNamespaces(["client", "director", "server"]);
  const { enter, ip } = namespaces;
  const ends = {} as Record<Side, Link>;
  const director = {} as Record<Side, Link>;
  for (const side of SIDES) {
    ip(
      "director",
      `link add ${LINK_NAMES[side]} type veth peer name ${LINK_NAMES[side]} netns ${namespaces.fullName(side)}`,
    );
    enter(side);
    writeFileSync(`/proc/sys/net/ipv6/conf/${LINK_NAMES[side]}/disable_ipv6`, "1"); // no neighbour discovery
    ip(side, "link set lo up", `link set ${LINK_NAMES[side]} up`);
    ends[side] = findLink(LINK_NAMES[side]);
  }
  enter("director");
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  writeFileSync("/proc/sys/net/ipv6/conf/all/forwarding", "1");
  for (const [link, addresses] of Object.entries(DIRECTOR_ADDRESSES)) {
    ip("director", `link set ${link} up`);
    for (const address of addresses) {
      ip("director", `addr add ${address} dev ${link}${address.includes(":") ? " nodad" : ""}`);
    }
  }
  for (const side of SIDES) {
    director[side] = findLink(LINK_NAMES[side]);
    const mac = [...ends[side].mac].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
    for (const net of Object.values(CONTRACT_NETWORK)) {
      const addresses = side === "client" ? [net.client] : [net.server, net.else];
      for (const a of addresses)
        ip("director", `neigh add ${a} lladdr ${mac} dev ${LINK_NAMES[side]} nud permanent`);
    }
  }
  return { ...namespaces, director, ends };
}
