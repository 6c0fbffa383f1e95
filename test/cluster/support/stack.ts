import type { LabNode } from "../../lab/index.ts";

/** What a node's own IP stack was given, and what it made of it: `Tcp.InSegs`, `Icmp.OutDestUnreachs` and so on, as in /proc/net/snmp. */
export type StackCounters = Readonly<Record<string, number>>;

/** Counters that move when a packet to a service reaches the host's own stack, or is answered by it. */
const TOUCHED = [
  "Tcp.InSegs",
  "Tcp.InErrs",
  "Tcp.OutRsts",
  "Udp.InDatagrams",
  "Udp.NoPorts",
  "Udp.InErrors",
  "Icmp.OutDestUnreachs",
  "Icmp.OutTimeExcds",
  "Ip.ReasmReqds",
];

/** The counters of a node's stack that its services' packets must never move. */
export const readTouched = (node: LabNode): Promise<StackCounters> => readCounters(node, TOUCHED);

/** Some counters of a node's stack. */
export async function readCounters(node: LabNode, names: readonly string[]): Promise<StackCounters> {
  const { stdout } = await node.exec(["cat", "/proc/net/snmp"]);
  const all = parseSnmp(stdout);
  return Object.fromEntries(names.map((name) => [name, all[name]!]));
}

/** Two lines for each protocol: names, then numbers. */
function parseSnmp(text: string): Record<string, number> {
  const rows = text
    .trim()
    .split("\n")
    .map((line) => line.split(/:? /));
  const pairs = rows.flatMap(([protocol, ...names], i) =>
    i % 2 === 1 ? [] : names.map((name, j) => [`${protocol}.${name}`, Number(rows[i + 1]![j + 1])] as const),
  );
  return Object.fromEntries(pairs);
}
