/** What must be typed into `ip`, `sh` and `nft` to make the topology: pure text, run by network.ts. */
import { NETWORKS, NODE_NAMES, NODES, type NodeName, portOf } from "./topology.ts";

/** Namespace of a node, or of the `switch` that holds the bridges. */
export type NamespaceOf = (node: NodeName | "switch") => string;

/** Lines for `ip -batch` on the host: one namespace per node and one for the switch. */
export function planNamespaces(namespaceOf: NamespaceOf): string[] {
  return (["switch", ...NODE_NAMES] as const).map((node) => `netns add ${namespaceOf(node)}`);
}

/** Lines for `ip -batch` in the switch: the bridges, and a port for every leg of every node. */
export function planSwitch(namespaceOf: NamespaceOf): string[] {
  // No spanning tree and no forwarding delay: a healed link carries traffic at once.
  const bridges = NETWORKS.map(
    (name) => `link add ${name} up type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
  );
  const ports = NODE_NAMES.flatMap((node) =>
    NODES[node].legs.map(
      (leg) =>
        `link add ${portOf(node, leg.device)} up master ${leg.network} type veth peer name ${leg.device} netns ${namespaceOf(node)}`,
    ),
  );
  return [...bridges, ...ports];
}

/** Lines for `ip -batch` in a node. */
export function planNode(node: NodeName): string[] {
  const legs = NODES[node].legs.flatMap(({ device, address, address6 }) => [
    `address add ${address} dev ${device}`,
    ...(address6 ? [`address add ${address6} dev ${device} nodad`] : []),
    `link set ${device} up`,
  ]);
  return ["link set lo up", ...legs, ...NODES[node].ip];
}

/** Addresses are the lab's to choose: a link-local one that is looked for twice could not ask for neighbours for a second. */
const SYSCTLS = { "ipv6/conf/*/accept_dad": "0" };

/** A shell script that writes the node's settings; the shell expands `*` in the paths. */
export function planSysctls(node: NodeName): string {
  return Object.entries({ ...SYSCTLS, ...NODES[node].sysctls })
    .map(([path, value]) => `for f in /proc/sys/net/${path}; do echo ${value} > "$f"; done`)
    .join("\n");
}

/**
 * Lines for `nft -f` in the switch, which let no frame pass between the nodes of `a` and those of `b`.
 * The table is made when it is missing, so partitions add up.
 */
export function planPartition(a: readonly NodeName[], b: readonly NodeName[]): string {
  const rules = [
    [a, b],
    [b, a],
  ].map(([from, to]) => `    iifname ${portSet(from!)} oifname ${portSet(to!)} drop`);
  return [
    "table bridge partition {",
    "  chain forward {",
    "    type filter hook forward priority 0",
    ...rules,
    "  }",
    "}",
    "",
  ].join("\n");
}

function portSet(nodes: readonly NodeName[]): string {
  const ports = nodes.flatMap((node) => NODES[node].legs.map((leg) => `"${portOf(node, leg.device)}"`));
  return `{ ${ports.join(", ")} }`;
}
