import type { LabNode } from "../../lab/index.ts";

/**
 * What a node's own IP stack was given, and what it made of it: `Tcp.InSegs`, `Icmp.OutDestUnreachs` and so on, as in /proc/net/snmp, and
 * `Udp6InErrors` and so on, as in /proc/net/snmp6.
 */
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

/** Counters of what came with a wrong checksum, whatever it was. */
const SPOILT = [
  "Ip.InHdrErrors",
  "Tcp.InCsumErrors",
  "Udp.InCsumErrors",
  "Udp6InCsumErrors",
  "Icmp6InCsumErrors",
];

/** How much of what a node got had a wrong checksum. */
export async function countSpoilt(node: LabNode): Promise<number> {
  const counters = await readCounters(node, SPOILT);
  return Object.values(counters).reduce((sum, count) => sum + count, 0);
}

/** Some counters of a node's stack. */
export async function readCounters(node: LabNode, names: readonly string[]): Promise<StackCounters> {
  const [four, six] = await Promise.all(
    ["/proc/net/snmp", "/proc/net/snmp6"].map((file) => node.exec(["cat", file])),
  );
  const all = { ...parseSnmp(four!.stdout), ...parseSnmp6(six!.stdout) };
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

/** One line for each counter. */
function parseSnmp6(text: string): Record<string, number> {
  const rows = text.trim().split("\n");
  return Object.fromEntries(
    rows.map((row) => row.split(/\s+/)).map(([name, count]) => [name!, Number(count)]),
  );
}
