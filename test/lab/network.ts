/** Makes and breaks the lab's networks. What is typed comes from network-plan.ts. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inNamespace, runCommand } from "./command.ts";
import { LabError } from "./failure.ts";
import { planNamespaces, planNode, planPartition, planSwitch, planSysctls } from "./network-plan.ts";
import { pinPassProgram } from "./pass-program.ts";
import type { Run } from "./run.ts";
import { NODE_NAMES, NODES, type NodeName, type NodeRole, nodesOf, portOf } from "./topology.ts";

/** Make every namespace, bridge, link, address and setting, and a bpffs with a directory per director. */
export async function createNetworks(run: Run): Promise<void> {
  await batch(planNamespaces(run.namespaceOf));
  await batch(planSwitch(run.namespaceOf), run.namespaceOf("switch"));
  await Promise.all(NODE_NAMES.map((node) => configureNode(run, node)));
  await runCommand(["mount", "-t", "bpf", "bpf", run.bpfDir]);
  for (const director of nodesOf("director")) mkdirSync(join(run.bpfDir, director));
}

async function configureNode(run: Run, node: NodeName): Promise<void> {
  const namespace = run.namespaceOf(node);
  await runCommand(inNamespace(namespace, ["sh", "-e"]), { input: planSysctls(node) });
  await batch(planNode(node), namespace);
  if (NODES[node].ip6.length > 0) await batch(NODES[node].ip6, namespace, ["-6"]);
}

/** Remove the namespaces (with all that is in them, but for processes). */
export async function removeNamespaces(namespaces: readonly string[]): Promise<void> {
  await batch(namespaces.map((namespace) => `netns del ${namespace}`));
}

/**
 * Take links of a node up or down: at the bridge, so that the node sees a pulled cable and keeps its addresses and routes.
 *
 * @param device one of the node's devices; all of them when left out
 * @throws LabError when the node has no such device
 */
export async function setLinks(
  run: Run,
  node: NodeName,
  state: "up" | "down",
  device?: string,
): Promise<void> {
  const all = NODES[node].legs.map((leg) => leg.device);
  if (device && !all.includes(device)) {
    throw new LabError(
      `Cannot take "${device}" of "${node}" ${state}: no such device, wanted one of ${all.join(" ")}`,
    );
  }
  const devices = device ? [device] : all;
  await batch(
    devices.map((name) => `link set ${portOf(node, name)} ${state}`),
    run.namespaceOf("switch"),
  );
}

/** Whose frames directors forward. */
const ENDS: readonly NodeRole[] = ["client", "server"];

/**
 * Let ends finish checksums and segments by themselves, since what XDP forwards meets no hardware that would; and let the switch's ports to
 * directors take frames that XDP sends, which a veth does only if it has a program itself. They put none together: a kernel that takes such frames
 * apart again leaves a checksum of GRE as it was.
 */
export async function prepareXdp(run: Run): Promise<void> {
  const legs = NODE_NAMES.flatMap((node) => NODES[node].legs.map((leg) => ({ node, ...leg })));
  for (const { node, device } of legs.filter(({ node }) => ENDS.includes(NODES[node].role)))
    await runCommand(inNamespace(run.namespaceOf(node), ["ethtool", "-K", device, "tx", "off"]));
  const program = join(run.bpfDir, "pass");
  pinPassProgram(program);
  const ports = legs
    .filter(({ node }) => NODES[node].role === "director")
    .map((leg) => portOf(leg.node, leg.device));
  await batch(
    ports.map((port) => `link set ${port} gro_max_size 1 xdp pinned ${program}`),
    run.namespaceOf("switch"),
  );
}

/** Let no frame pass between two groups of nodes, on any network. */
export async function addPartition(run: Run, a: readonly NodeName[], b: readonly NodeName[]): Promise<void> {
  await runCommand(inNamespace(run.namespaceOf("switch"), ["nft", "-f", "-"]), {
    input: planPartition(a, b),
  });
}

/** Remove every partition. */
export async function removePartitions(run: Run): Promise<void> {
  // Adding first makes the deletion succeed when there is no such table.
  const input = "add table bridge partition\ndelete table bridge partition\n";
  await runCommand(inNamespace(run.namespaceOf("switch"), ["nft", "-f", "-"]), { input });
}

async function batch(
  lines: readonly string[],
  namespace?: string,
  options: readonly string[] = [],
): Promise<void> {
  const argv = ["ip", ...options, "-batch", "-"];
  await runCommand(namespace ? inNamespace(namespace, argv) : argv, { input: `${lines.join("\n")}\n` });
}
