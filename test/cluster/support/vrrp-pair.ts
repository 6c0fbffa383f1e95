/** Two directors that supervise a real keepalived each: "a", which is preferred, and "b". */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DirectorVrrpSpec } from "keepalived-config";
import { runtimePaths } from "../../../packages/cli/src/node/vrrp/paths.ts";
import type { RoleChange } from "../../../packages/cli/src/node/vrrp/role-book.ts";
import { until } from "../../lab/until.ts";
import type { Orders } from "../vrrp-director.ts";
import { ip, type VrrpNetwork } from "./vrrp-network.ts";

export const VIP = "192.0.2.100";
export const VIP6 = "2001:db8::100";
export const GATEWAY = "10.0.0.254";

/** A director, and what it has said since it was made. */
export interface Director {
  readonly name: string;
  readonly namespace: string;
  readonly runtimeDir: string;
  /** What it is started with. */
  spec: DirectorVrrpSpec;
  child: ChildProcess | undefined;
  readonly changes: RoleChange[];
  readonly errors: string[];
}

export interface VrrpPair {
  readonly a: Director;
  readonly b: Director;
  /** Goes with the pair. */
  readonly workDir: string;
  /** Name of the director that holds all the group's addresses, or what is wrong. */
  owner(): string;
  /** The addresses are where they should be, and both directors know it. */
  ownedBy(name: string, deadlineMs?: number): Promise<unknown>;
  /** Both ready, both well, A preferred. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Make two directors; `launch` starts them. */
export function createVrrpPair(network: VrrpNetwork): VrrpPair {
  const workDir = mkdtempSync(join(tmpdir(), "tandem-vrrp-"));
  const addDirector = (name: string, number: number, spec: DirectorVrrpSpec): Director => ({
    name,
    namespace: network.addHost(name, number),
    runtimeDir: join(workDir, name),
    spec,
    child: undefined,
    changes: [],
    errors: [],
  });
  const a = addDirector("a", 11, specOf("a", 100, "192.0.2.12"));
  const b = addDirector("b", 12, specOf("b", 90, "192.0.2.11"));

  function owner(): string {
    const holders = [VIP, VIP6, GATEWAY].map(
      (address) =>
        [a, b]
          .filter((d) => holds(d, address))
          .map((d) => d.name)
          .join("+") || "none",
    );
    return new Set(holders).size === 1 ? holders[0]! : `apart: ${holders}`;
  }

  const ownedBy = (name: string, deadlineMs = 5000) =>
    until(() => owner() === name && [a, b].every((d) => believes(d, d.name === name)), {
      deadlineMs,
      what: `"${name}" owns the addresses alone`,
    });

  return {
    a,
    b,
    workDir,
    owner,
    ownedBy,
    async settle() {
      for (const d of [a, b]) order(d, { isReady: true, isInMaintenance: false, isBeating: true });
      await ownedBy("a", 10_000);
    },
    async close() {
      const running = [a, b].filter(isRunning);
      for (const d of running) order(d, { stop: { leaveRunning: false } });
      await Promise.all(running.map(exitOf));
      rmSync(workDir, { recursive: true });
    },
  };
}

const specOf = (name: string, basePriority: number, peer: string): DirectorVrrpSpec => ({
  node: name,
  peers: [peer],
  groups: [
    {
      name: "web",
      interface: "eth0",
      virtualRouterId: 51,
      basePriority,
      addresses: [{ address: VIP }, { address: VIP6 }, { address: GATEWAY, interface: "eth1" }],
    },
  ],
});

/** Start a director's program; resolves when it supervises. */
export async function launch(d: Director): Promise<void> {
  const program = join(import.meta.dirname, "../vrrp-director.ts");
  const args = [process.execPath, program, d.runtimeDir, JSON.stringify(d.spec)];
  const child = spawn("nsenter", [`--net=/run/netns/${d.namespace}`, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  d.child = child;
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error(`director ${d.name} ended`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line) as { started?: true; change?: RoleChange; error?: string };
      if (said.change) d.changes.push(said.change);
      if (said.error) d.errors.push(said.error);
      if (said.started) resolve();
    });
  });
  order(d, { isBeating: true });
}

export const order = (d: Director, orders: Orders) => d.child!.stdin!.write(`${JSON.stringify(orders)}\n`);

const isRunning = ({ child }: Director): boolean =>
  child !== undefined && child.exitCode === null && child.signalCode === null;
export const exitOf = (d: Director) =>
  isRunning(d) ? new Promise<void>((resolve) => d.child!.once("exit", () => resolve())) : Promise.resolve();

export const holds = (d: Director, address: string): boolean =>
  ip("-n", d.namespace, "-oneline", "address", "show").includes(` ${address}/`);
const believes = (d: Director, isOwner: boolean) => (d.changes.at(-1)?.role === "MASTER") === isOwner;

const pidIn = (file: string) => Number.parseInt(readFileSync(file, "utf8"), 10);
export const keepalivedPids = (d: Director): [main: number, vrrp: number] => {
  const paths = runtimePaths(d.runtimeDir);
  return [pidIn(paths.mainPid), pidIn(paths.vrrpPid)];
};

/** Both processes at once: neither may tidy up after the other, nor start it again. */
export function killKeepalived(d: Director): void {
  const [main, vrrp] = keepalivedPids(d);
  process.kill(main, "SIGSTOP");
  for (const pid of [vrrp, main]) process.kill(pid, "SIGKILL");
}
