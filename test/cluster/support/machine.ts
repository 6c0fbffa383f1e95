import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connectNode, type NodeApi } from "@tandem/engine";
import {
  type CommandOptions,
  type CommandResult,
  type LabNode,
  type LabProcess,
  until,
} from "../../lab/index.ts";

/** The program `tandem`, as `npx tandem` runs it. */
export const TANDEM = [
  process.execPath,
  fileURLToPath(new URL("../../../packages/cli/src/tandem/main.ts", import.meta.url)),
];

const READY_DEADLINE_MS = 20_000;
const INTERFACES = ["eth0", "eth1"];

/** Where the daemon's programs are attached. */
export type Hook = "tc" | "xdp";

/**
 * A node of the lab with /run, /var/lib and /sys/fs/bpf of its own, as a machine has them: `tandem` runs there with its defaults,
 * several on one host. Files for it lie elsewhere, in /tmp for example. It lasts as long as the lab.
 */
export interface Machine {
  readonly node: LabNode;
  /** Run a command to its end; a failure is an answer, too. */
  exec(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Start a process that stays. */
  spawn(name: string, argv: readonly string[]): Promise<LabProcess>;
  /** Run `tandem` with these arguments, to its end. */
  tandem(...args: readonly string[]): Promise<CommandResult>;
  /** The answer of `tandem … --json`, whatever its exit code. */
  ask<T>(...args: readonly string[]): Promise<T>;
  /** Ask the daemon's API itself, which answers sooner than the command line. */
  api<T>(question: (node: NodeApi) => Promise<T>): Promise<T>;
  /** Start the daemon on eth0 and eth1, at tc if no other hook is named; resolves when it answers. */
  run(document: string, hook?: Hook): Promise<void>;
  /** End the daemon by a signal; resolves with its exit code when it is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Make a machine of a node. */
export async function createMachine(node: LabNode): Promise<Machine> {
  const mounts = ["tmpfs tmpfs /run", "tmpfs tmpfs /var/lib", "bpf bpf /sys/fs/bpf"];
  const script = `${mounts.map((mount) => `mount -t ${mount}`).join("; ")}; echo ready; exec sleep infinity`;
  const holder = await node.spawn("machine", ["unshare", "--mount", "sh", "-ec", script]);
  await until(() => holder.log().includes("ready"), {
    deadlineMs: 5000,
    what: `${node.name} has its mounts`,
  });
  const inside = (argv: readonly string[]) => [
    "nsenter",
    `--mount=/proc/${holder.pid}/ns/mnt`,
    "--",
    ...argv,
  ];
  let daemon: LabProcess | undefined;
  const machine: Machine = {
    node,
    exec: (argv, options) => node.exec(inside(argv), { allowFailure: true, ...options }),
    spawn: (name, argv) => node.spawn(name, inside(argv)),
    tandem: (...args) => machine.exec([...TANDEM, ...args]),
    ask: async (...args) => JSON.parse((await machine.tandem(...args, "--json")).stdout),
    async api(question) {
      const daemon = connectNode(`/proc/${holder.pid}/root/run/tandem/api.sock`);
      return question(daemon).finally(() => daemon.close());
    },
    async run(document, hook = "tc") {
      const started = await machine.spawn("daemon", [...TANDEM, ...runArguments(document, hook)]);
      daemon = started;
      await until(() => started.log().includes('"msg":"running"'), {
        deadlineMs: READY_DEADLINE_MS,
        what: `the daemon on ${node.name} runs; its log says\n${started.log()}`,
      });
    },
    async end(signal) {
      const ended = once(daemon!.child, "exit") as Promise<[number | null]>;
      node.kill("daemon", signal);
      return (await ended)[0];
    },
  };
  return machine;
}

/** What an operator types to try a director on its own; other hooks than tc need a configuration, which is written beside the document. */
export function runArguments(document: string, hook: Hook = "tc"): string[] {
  if (hook === "tc")
    return ["run", ...INTERFACES.flatMap((name) => ["--interface", name]), "--document", document];
  const file = `${document}.node.yaml`;
  writeFileSync(file, JSON.stringify({ interfaces: INTERFACES.map((name) => ({ name, hook })), document }));
  return ["run", "--config", file];
}
