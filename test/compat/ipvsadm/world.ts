/** A real daemon in the network of the recordings, and the real executable that talks to it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connectNode, type NodeApi } from "@tandem/engine/client";
import type { DocumentSpec } from "@tandem/model";
import { inNamespace, runCommand } from "../../lab/command.ts";
import { until } from "../../lab/index.ts";
import { createNetwork, type Network } from "./network.ts";

const BIN = resolve(import.meta.dirname, "../../../packages/cli/bin");
const DAEMON = [process.execPath, join(BIN, "tandem.js"), "run"];
/** A daemon starts in a second or two; a machine that others keep busy takes many. */
const START_DEADLINE_MS = 120_000;

/** What a command left. */
export interface Ran {
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run; as root, without input, unless it says otherwise. */
export interface RunOptions {
  readonly stdin?: string | undefined;
  readonly isUnprivileged?: boolean;
}

/** The director of one recording. */
export interface World extends Pick<Network, "send" | "pour"> {
  /** Run `ipvsadm` with these words. */
  ipvsadm(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** What hosts are called from now on, by address. */
  nameHosts(names: ReadonlyMap<string, string>): void;
  /** Ask the daemon's API. */
  api<T>(question: (node: NodeApi) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What a world starts with. */
export interface WorldOptions {
  readonly document: DocumentSpec;
  /** Bytes of the largest packet. */
  readonly mtu: number;
}

/** Bring it up. Rejects, with what the daemon said, when that does not run. */
export async function createWorld({ document, mtu }: WorldOptions): Promise<World> {
  await using parts = new AsyncDisposableStack(); // ended in reverse order, if anything below fails
  const folder = mkdtempSync(join(tmpdir(), "tandem-compat-"));
  parts.defer(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o755); // whoever is not root calls from there, too
  symlinkSync(join(BIN, "tandem-ipvsadm"), join(folder, "ipvsadm"));
  writeFileSync(join(folder, "nsswitch.conf"), "hosts: files\n");
  writeFileSync(join(folder, "document.json"), JSON.stringify(document));
  nameHosts(new Map());
  const network = await createNetwork(mtu);
  parts.defer(() => network.close());
  const enter = (argv: readonly string[]) => inNamespace(network.director, argv);
  const holder = start(enter(["unshare", "--mount", "sh", "-ec", mountScript(folder)]));
  parts.defer(() => end(holder, "SIGKILL"));
  await once(holder.stdout!, "data");
  const inside = (argv: readonly string[]) =>
    enter(["nsenter", `--mount=/proc/${holder.pid}/ns/mnt`, "--", ...argv]);
  const daemon = start(inside([...DAEMON, ...RUN_OPTIONS, "--document", join(folder, "document.json")]));
  parts.defer(() => end(daemon, "SIGTERM"));
  await isRunning(daemon);
  const api = connectNode(`/proc/${holder.pid}/root/run/tandem/api.sock`);
  parts.defer(() => api.close());

  function nameHosts(names: ReadonlyMap<string, string>): void {
    const lines = [["127.0.0.1", "localhost"], ...names].map((pair) => `${pair.join(" ")}\n`);
    writeFileSync(join(folder, "hosts"), lines.join(""));
  }

  const running = parts.move();
  return {
    send: network.send,
    pour: network.pour,
    nameHosts,
    async ipvsadm(words, { stdin, isUnprivileged = false } = {}) {
      const argv = [...(isUnprivileged ? AS_NOBODY : []), join(folder, "ipvsadm"), ...words];
      const options = { allowFailure: true, ...(stdin !== undefined && { input: stdin }) };
      const { code, stdout, stderr } = await runCommand(inside(argv), options);
      return { rc: code, stdout, stderr };
    },
    api: (question) => question(api),
    close: () => running.disposeAsync(),
  };
}

const RUN_OPTIONS = ["--interface", "dc0", "--interface", "dr0"];
const AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"];

/** Places of its own, as a machine has them, and hosts by the recording's names. Its input's end ends it. */
const mountScript = (folder: string): string => `
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib
mount -t bpf bpf /sys/fs/bpf
mount --bind ${folder}/hosts /etc/hosts
mount --bind ${folder}/nsswitch.conf /etc/nsswitch.conf
echo ready
exec cat
`;

const start = ([command, ...args]: readonly string[]): ChildProcess =>
  spawn(command!, args, { stdio: ["pipe", "pipe", "pipe"] });

async function isRunning(daemon: ChildProcess): Promise<void> {
  let log = "";
  for (const stream of [daemon.stdout!, daemon.stderr!])
    stream.setEncoding("utf8").on("data", (text: string) => (log += text));
  const isOver = () => daemon.exitCode !== null || log.includes('"msg":"running"');
  await until(isOver, { deadlineMs: START_DEADLINE_MS, what: "the daemon runs" });
  if (daemon.exitCode !== null) throw new Error(`the daemon has ended, and said\n${log}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
