import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NodeStatus, RemoteNode, ServiceStatus } from "@tandem/engine";
import { connectDaemon } from "../../packages/cli/src/client.ts";
import type { Lab, LabProcess } from "../lab/index.ts";
import { type DirectorName, nodeConfigOf, VIRTUAL_ADDRESSES } from "./site.ts";

const TANDEM = fileURLToPath(new URL("../../packages/cli/src/tandem/main.ts", import.meta.url));
const LOG_TAIL_LINES = 15;

/** What a director says of itself; nothing while nobody answers there. */
export interface DirectorView {
  readonly name: DirectorName;
  readonly status: NodeStatus | undefined;
  readonly services: readonly ServiceStatus[];
}

/** One director of the lab: a real daemon in a namespace, asked over its own API. */
export interface Director {
  readonly name: DirectorName;
  /** Start the daemon, as a service manager would; it is ready when its `view` says so. */
  start(): Promise<void>;
  /** SIGKILL to the daemon, and to nothing else. */
  killDaemon(): Promise<void>;
  /** SIGKILL to every process, links cut. */
  kill(): Promise<void>;
  /** Bring it back as a machine that lost power: nothing in the kernel, nothing in /run, its disk as it was. */
  powerOn(): Promise<void>;
  /** Never throws. */
  view(): Promise<DirectorView>;
  /** @throws LbError as the daemon's API does */
  ask<T>(question: (node: RemoteNode) => Promise<T>): Promise<T>;
  /** The end of the daemon's log. */
  logTail(): string;
  close(): void;
}

/** What a director needs to know. */
export interface DirectorOptions {
  readonly lab: Lab;
  readonly name: DirectorName;
  readonly keyFile: string;
  /** Called when the daemon ends although nobody killed it here. */
  readonly onDeath: () => void;
}

/** A director that has not been started yet. Writes its configuration file. */
export function createDirector({ lab, name, keyFile, onDeath }: DirectorOptions): Director {
  const node = lab.node(name);
  const runtimeDir = join(lab.dir, name, "run");
  const places = { runtimeDir, stateDir: join(lab.dir, name, "state"), bpffsDir: node.bpfDir, keyFile };
  const configFile = join(lab.dir, `${name}.node.json`);
  writeFileSync(configFile, JSON.stringify(nodeConfigOf(name, places), null, 2));
  const tandem = (...args: string[]) => [process.execPath, TANDEM, ...args, "--config", configFile];

  let daemon: LabProcess | undefined;
  let isMeantToRun = false;
  let connection: RemoteNode | undefined;

  /** A connection is used until it fails: gRPC would wait longer and longer before it tries again by itself. */
  async function ask<T>(question: (node: RemoteNode) => Promise<T>): Promise<T> {
    connection ??= await connectDaemon(join(runtimeDir, "api.sock"));
    try {
      return await question(connection);
    } catch (error) {
      hangUp();
      throw error;
    }
  }
  function hangUp(): void {
    connection?.close();
    connection = undefined;
  }
  async function start(): Promise<void> {
    daemon = await node.spawn("daemon", tandem("run"));
    isMeantToRun = true;
    daemon.child.once("exit", () => isMeantToRun && onDeath());
    if (hasEnded(daemon)) onDeath();
  }

  return {
    name,
    start,
    async killDaemon() {
      isMeantToRun = false;
      const ended = daemon && once(daemon.child, "exit");
      node.kill("daemon", "SIGKILL");
      await ended;
    },
    async kill() {
      isMeantToRun = false;
      // The links first: a kernel whose daemons are dead goes on forwarding, which a machine without power does not.
      await lab.cut(name);
      await node.killAll();
    },
    async powerOn() {
      await node.exec(tandem("run", "--cleanup"));
      for (const { address, device } of VIRTUAL_ADDRESSES) {
        await node.exec(["ip", "address", "del", address, "dev", device], { allowFailure: true });
      }
      await node.exec(["ip", "neighbour", "flush", "all"]);
      await node.exec(["nft", "flush", "ruleset"]);
      rmSync(runtimeDir, { recursive: true, force: true });
      await lab.heal(name);
      await start();
    },
    view: () =>
      ask(async (remote): Promise<DirectorView> => {
        const [status, services] = await Promise.all([remote.status(), remote.services()]);
        return { name, status, services };
      }).catch(() => ({ name, status: undefined, services: [] })),
    ask,
    logTail: () => daemon?.log().trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n") ?? "",
    close: hangUp,
  };
}

function hasEnded({ child }: LabProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
