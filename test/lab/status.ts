import { inNamespace, runCommand } from "./command.ts";
import { type ProcessState, stateOf } from "./process.ts";
import { listRecords, type Run } from "./run.ts";
import { NODE_NAMES, NODES, type NodeName, type NodeRole, portOf } from "./topology.ts";

/** One device of a node. */
export interface LinkStatus {
  readonly device: string;
  readonly network: string;
  readonly isCut: boolean;
  /** IPv4 and IPv6 addresses on it now, without link-local ones. */
  readonly addresses: readonly string[];
}

/** One process that was started by name. */
export interface ProcessStatus {
  readonly name: string;
  readonly pid: number;
  readonly state: ProcessState;
}

/** One node. */
export interface NodeStatus {
  readonly name: NodeName;
  readonly role: NodeRole;
  readonly namespace: string;
  readonly links: readonly LinkStatus[];
  readonly processes: readonly ProcessStatus[];
}

/** A whole run, as `lab status --json` prints it. */
export interface LabStatus {
  readonly run: string;
  readonly dir: string;
  readonly nodes: readonly NodeStatus[];
}

/** The parts of `ip -json address` that are used here. */
interface IpLink {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly { local: string; prefixlen: number; scope: string }[];
}

/** What is up, cut, running, stopped and ended in a run. */
export async function readStatus(run: Run): Promise<LabStatus> {
  const ports = await readLinks(run.namespaceOf("switch"));
  const nodes = await Promise.all(NODE_NAMES.map((name) => readNode(run, name, ports)));
  return { run: run.name, dir: run.dir, nodes };
}

async function readNode(run: Run, name: NodeName, ports: readonly IpLink[]): Promise<NodeStatus> {
  const namespace = run.namespaceOf(name);
  const devices = await readLinks(namespace);
  const links = NODES[name].legs.map(({ device, network }) => ({
    device,
    network,
    isCut: !ports.find((port) => port.ifname === portOf(name, device))?.flags.includes("UP"),
    addresses: addressesOf(devices.find((link) => link.ifname === device)),
  }));
  const processes = listRecords(run)
    .filter((record) => record.node === name)
    .map((record) => ({ name: record.name, pid: record.pid, state: stateOf(record) }));
  return { name, role: NODES[name].role, namespace, links, processes };
}

async function readLinks(namespace: string): Promise<IpLink[]> {
  const { stdout } = await runCommand(inNamespace(namespace, ["ip", "-json", "address"]));
  return JSON.parse(stdout) as IpLink[];
}

function addressesOf(link: IpLink | undefined): string[] {
  const used = link?.addr_info.filter((address) => address.scope !== "link") ?? [];
  return used.map((address) => `${address.local}/${address.prefixlen}`);
}

/** The status as a table for people, one line per node. */
export function formatStatus(status: LabStatus): string {
  const rows = status.nodes.map((node) => [
    node.name,
    node.role,
    node.links.map(formatLink).join("  "),
    node.processes.map((p) => `${p.name}:${p.pid}${p.state === "running" ? "" : `(${p.state})`}`).join(" ") ||
      "-",
  ]);
  return [
    `run ${status.run} in ${status.dir}`,
    "",
    ...formatTable([["NODE", "ROLE", "LINKS", "PROCESSES"], ...rows]),
  ].join("\n");
}

function formatLink(link: LinkStatus): string {
  return link.isCut ? `${link.device}(cut)` : `${link.device}=${link.addresses.join(",") || "-"}`;
}

function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
