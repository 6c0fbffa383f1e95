/**
 * The lab as data: networks, nodes, addresses and ports. README.md draws it.
 *
 * A server has two legs because of direct routing: its replies to the client must not pass through a director, but its
 * replies to masqueraded requests must. So the leg in the clients' network is used for packets *from* that network
 * only (an `ip rule`), and all else leaves through the inside gateway, which the active director holds.
 */

export type NetworkName = "outside" | "inside" | "management";

/** The client, two directors, three real servers, three NATS servers. */
export type NodeName = "client" | "d1" | "d2" | "s1" | "s2" | "s3" | "n1" | "n2" | "n3";

/** What a node is; decides which processes of its own it runs (see services.ts). */
export type NodeRole = "client" | "director" | "server" | "nats";

/** A device of a node and the bridge that it is plugged into. */
export interface Leg {
  /** Device name inside the node. The bridge port at its other end is called `<node>-<device>`. */
  readonly device: string;
  readonly network: NetworkName;
  /** Address with prefix length, such as `10.77.0.2/24`. */
  readonly address: string;
  /** The same of IPv6, such as `fd77::2/64`; the management network has none. */
  readonly address6?: string;
}

/** One node of the lab. */
export interface NodeSpec {
  readonly role: NodeRole;
  readonly legs: readonly Leg[];
  /** Further lines for `ip -batch`, run once the legs are up. */
  readonly ip: readonly string[];
  /** The same for `ip -6 -batch`. */
  readonly ip6: readonly string[];
  /** Paths below /proc/sys/net, `*` allowed, and the value to write. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/** Addresses that no node has from the start: VRRP, or whoever uses the lab, brings them. */
export const ADDRESSES = {
  natVip: "10.77.0.100",
  /** The servers hold it too, on `lo`, without answering ARP for it. */
  directRouteVip: "10.77.0.101",
  /** The servers' default route. */
  insideGateway: "10.78.0.1",
  natVip6: "fd77::100",
  directRouteVip6: "fd77::101",
  insideGateway6: "fd78::1",
} as const;

/** The ports of the real servers on every address of theirs, and of the NATS servers. */
export const PORTS = {
  http: 8080,
  tcpEcho: 7000,
  udpEcho: 7001,
  nats: 4222,
  natsMonitor: 8222,
  natsRoutes: 6222,
  /** GUE of tunnel ends: what ipvsadm examples use. */
  gue: 6080,
} as const;

const OUTSIDE_TABLE = 77;

const ROUTER_SYSCTLS = {
  "ipv4/ip_forward": "1",
  "ipv4/conf/*/rp_filter": "0",
  "ipv4/conf/*/send_redirects": "0",
  "ipv6/conf/*/forwarding": "1",
};

const DIRECT_ROUTE_SYSCTLS = {
  "ipv4/conf/*/rp_filter": "0",
  "ipv4/conf/*/arp_ignore": "1",
  "ipv4/conf/*/arp_announce": "2",
};

function director(host: number): NodeSpec {
  return {
    role: "director",
    legs: [
      { device: "eth0", network: "outside", address: `10.77.0.${host}/24`, address6: `fd77::${host}/64` },
      { device: "eth1", network: "inside", address: `10.78.0.${host}/24`, address6: `fd78::${host}/64` },
      { device: "eth2", network: "management", address: `10.79.0.${host}/24` },
    ],
    ip: [],
    ip6: [],
    sysctls: ROUTER_SYSCTLS,
  };
}

function server(host: number): NodeSpec {
  return {
    role: "server",
    legs: [
      { device: "eth0", network: "inside", address: `10.78.0.${host}/24`, address6: `fd78::${host}/64` },
      { device: "eth1", network: "outside", address: `10.77.0.${host}/24`, address6: `fd77::${host}/64` },
    ],
    ip: [
      `address add ${ADDRESSES.directRouteVip}/32 dev lo`,
      "route del 10.77.0.0/24 dev eth1",
      `route add 10.77.0.0/24 dev eth1 table ${OUTSIDE_TABLE}`,
      `rule add from 10.77.0.0/24 lookup ${OUTSIDE_TABLE}`,
      `route add default via ${ADDRESSES.insideGateway}`,
    ],
    ip6: [
      `address add ${ADDRESSES.directRouteVip6}/128 dev lo`,
      "route del fd77::/64 dev eth1",
      `route add fd77::/64 dev eth1 table ${OUTSIDE_TABLE}`,
      `rule add from fd77::/64 lookup ${OUTSIDE_TABLE}`,
      `route add default via ${ADDRESSES.insideGateway6}`,
    ],
    sysctls: DIRECT_ROUTE_SYSCTLS,
  };
}

function single(role: NodeRole, leg: Omit<Leg, "device">): NodeSpec {
  return { role, legs: [{ device: "eth0", ...leg }], ip: [], ip6: [], sysctls: {} };
}

const nats = (host: number): NodeSpec =>
  single("nats", { network: "management", address: `10.79.0.${host}/24` });

export const NETWORKS: readonly NetworkName[] = ["outside", "inside", "management"];

export const NODES: Readonly<Record<NodeName, NodeSpec>> = {
  client: single("client", { network: "outside", address: "10.77.0.50/24", address6: "fd77::50/64" }),
  d1: director(2),
  d2: director(3),
  s1: server(11),
  s2: server(12),
  s3: server(13),
  n1: nats(11),
  n2: nats(12),
  n3: nats(13),
};

export const NODE_NAMES = Object.keys(NODES) as readonly NodeName[];

/** The names of all nodes with a role, in order. Never throws. */
export function nodesOf(role: NodeRole): NodeName[] {
  return NODE_NAMES.filter((name) => NODES[name].role === role);
}

/**
 * The address of a node in a network, without the prefix length.
 *
 * @throws Error when the node has no such address: a mistake in the caller.
 */
export function addressOf(node: NodeName, network: NetworkName, family: 4 | 6 = 4): string {
  const leg = NODES[node].legs.find((l) => l.network === network);
  const address = family === 4 ? leg?.address : leg?.address6;
  if (!address) throw new Error(`invariant: node "${node}" has no IPv${family} address in "${network}"`);
  return address.slice(0, address.indexOf("/"));
}

/** The name of the bridge port that a leg is plugged into. */
export function portOf(node: NodeName, device: string): string {
  return `${node}-${device}`;
}
