import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { LabError } from "./failure.ts";
import { removeRun, removeRuns } from "./leftovers.ts";
import { type Lock, takeLock } from "./lock.ts";
import { addPartition, createNetworks, prepareXdp, removePartitions, setLinks } from "./network.ts";
import { createNode, type LabNode } from "./node.ts";
import { commandLineOf } from "./process.ts";
import { routeThrough } from "./routing.ts";
import { createRun, type Holder, listRuns, liveHolderOf, type Run, runNamed } from "./run.ts";
import { serviceOf, TUNNEL_END, unhealthyFile } from "./services.ts";
import { startService } from "./start-service.ts";
import { type LabStatus, readStatus } from "./status.ts";
import { NODE_NAMES, type NodeName, nodesOf } from "./topology.ts";
import { until } from "./until.ts";

/** A JetStream cluster of three elects its leader in 0.3 s as a rule; a lost first vote costs up to 9 s more. */
const ELECTION_DEADLINE_MS = 12_000;
/** Now and then a young cluster of nats-server 2.9 elects nobody at all: started again, it does. */
const ELECTIONS = 4;

/** How to bring a lab up. */
export interface LabOptions {
  /** Called once, with the holder, if another lab must end first. Written to stderr when left out. */
  readonly onWait?: (holder: string) => void;
}

/** A lab that is up. Every method may be called from any process; only the creator may call `down`. */
export interface Lab {
  /** Eight hex digits that name the run. */
  readonly run: string;
  readonly dir: string;
  node(name: NodeName): LabNode;
  /** Pull the cables of a node: all, or one device such as `eth0`. */
  cut(node: NodeName, device?: string): Promise<void>;
  /** Plug them in again. */
  heal(node: NodeName, device?: string): Promise<void>;
  /** Let no frame pass between two groups of nodes. Partitions add up until `healPartitions`. */
  partition(a: readonly NodeName[], b: readonly NodeName[]): Promise<void>;
  healPartitions(): Promise<void>;
  /** SIGKILL to every process in the node; see LabNode. */
  killAll(node: NodeName): Promise<void>;
  /** SIGSTOP to every process in the node. */
  stop(node: NodeName): void;
  /** SIGCONT to every process in the node. */
  continue(node: NodeName): void;
  /** Start a node's own process (server, nats-server) unless it runs; resolves when it serves. */
  start(node: NodeName): Promise<void>;
  /** Links up, stopped processes continued, its own process started. */
  restore(node: NodeName): Promise<void>;
  /** Make `/health` of a server answer 503, or 200 again. */
  setHealth(server: NodeName, isHealthy: boolean): void;
  /** Make a server the end of ipip, gre and gue tunnels; resolves when it is. Throws LabError when the node is no server. */
  endTunnels(server: NodeName): Promise<void>;
  /** Make the lab one in which directors can use XDP: it forwards frames that are finished, and to devices that take them. */
  prepareXdp(): Promise<void>;
  /** Make a director the plain router between clients and servers, in place of any other. */
  routeThrough(director: NodeName): Promise<void>;
  status(): Promise<LabStatus>;
}

/** A lab of this process's own: it ends with `down`, or with the process, and then the next lab clears it away. */
export interface OwnLab extends Lab {
  /** End every process, remove every trace, give the lock back. May be called again. */
  down(): Promise<void>;
}

/**
 * Bring a lab up: wait for the machine-wide lock, clear away what dead runs left, make networks and nodes, start servers
 * and NATS, and resolve when they serve.
 *
 * @throws LabError when this machine cannot do it; nothing is left behind then
 */
export async function createLab(options: LabOptions = {}): Promise<OwnLab> {
  if (process.getuid?.() !== 0) {
    throw new LabError(`Cannot bring the lab up: user id is ${process.getuid?.()}, wanted 0 (root)`);
  }
  const lock = await takeLock(ownName(), { onWait: options.onWait ?? tellWait });
  const run = runNamed(randomBytes(4).toString("hex"));
  try {
    await removeRuns(listRuns()); // with the lock in hand, whatever is there is dead
    createRun(run);
    await createNetworks(run);
    const lab = labOf(run);
    await startAll(lab);
    let ending: Promise<void> | undefined;
    return { ...lab, down: () => (ending ??= takeDown(run, lock)) };
  } catch (error) {
    await takeDown(run, lock);
    throw error;
  }
}

async function takeDown(run: Run, lock: Lock): Promise<void> {
  try {
    await removeRun(run);
  } finally {
    await lock.release();
  }
}

/** Clear away what dead runs left. Waits for the lock. Returns the names of those runs. */
export async function clearLeftovers(options: LabOptions = {}): Promise<string[]> {
  const lock = await takeLock(ownName(), { onWait: options.onWait ?? tellWait });
  try {
    const runs = listRuns();
    await removeRuns(runs);
    return runs.map((run) => run.name);
  } finally {
    await lock.release();
  }
}

function ownName(): string {
  return `pid ${process.pid} (${commandLineOf(process.pid)})`;
}

function tellWait(holder: string): void {
  console.error(`lab: waiting for the lock, held by ${holder}`);
}

/** The lab that is up on this machine, and who holds it; nothing when none is. */
export function findLab(): { lab: Lab; holder: Holder } | undefined {
  for (const run of listRuns()) {
    const holder = liveHolderOf(run);
    if (holder) return { lab: labOf(run), holder };
  }
  return undefined;
}

async function startAll(lab: Lab): Promise<void> {
  await Promise.all(NODE_NAMES.map((node) => lab.start(node)));
  await elect(lab, ELECTIONS);
}

/** Wait for the JetStream cluster's leader; without one in time, start the servers again. */
async function elect(lab: Lab, tries: number): Promise<void> {
  const servers = nodesOf("nats").map((name) => lab.node(name));
  const isKnown = () =>
    servers.every((node) => /metadata leader/.test(readFileSync(node.logFile("nats"), "utf8")));
  try {
    await until(isKnown, { deadlineMs: ELECTION_DEADLINE_MS, what: "the JetStream cluster has a leader" });
  } catch (error) {
    if (tries <= 1) throw error;
    await Promise.all(servers.map((node) => node.killAll()));
    await Promise.all(servers.map((node) => lab.start(node.name)));
    await elect(lab, tries - 1);
  }
}

function requireServer(name: NodeName, doing: string): void {
  if (nodesOf("server").includes(name)) return;
  throw new LabError(
    `Cannot ${doing} "${name}": it is no server, wanted one of ${nodesOf("server").join(" ")}`,
  );
}

function labOf(run: Run): Lab {
  const nodes = new Map(NODE_NAMES.map((name) => [name, createNode(run, name)]));
  const node = (name: NodeName) => nodes.get(name)!;
  const lab: Lab = {
    run: run.name,
    dir: run.dir,
    node,
    cut: (name, device) => setLinks(run, name, "down", device),
    heal: (name, device) => setLinks(run, name, "up", device),
    partition: (a, b) => addPartition(run, a, b),
    healPartitions: () => removePartitions(run),
    killAll: (name) => node(name).killAll(),
    stop: (name) => node(name).signalAll("SIGSTOP"),
    continue: (name) => node(name).signalAll("SIGCONT"),
    async start(name) {
      const service = serviceOf(run, name);
      if (service) await startService(run, node(name), service);
    },
    async endTunnels(server) {
      requireServer(server, "end tunnels at");
      await startService(run, node(server), TUNNEL_END);
    },
    async restore(name) {
      await lab.heal(name);
      lab.continue(name);
      await lab.start(name);
    },
    setHealth(server, isHealthy) {
      if (isHealthy) rmSync(unhealthyFile(run, server), { force: true });
      else writeFileSync(unhealthyFile(run, server), "");
    },
    prepareXdp: () => prepareXdp(run),
    routeThrough: (director) => routeThrough(lab, director),
    status: () => readStatus(run),
  };
  return lab;
}
