import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type CommandOptions,
  type CommandResult,
  inNamespace,
  namespacePath,
  runCommand,
} from "./command.ts";
import { LabError } from "./failure.ts";
import { identify, isIn, killEvery, type ProcessId, processesIn, signalProcess, stateOf } from "./process.ts";
import { type ProcessRecord, type Run, readRecord, writeRecord } from "./run.ts";
import type { NodeName } from "./topology.ts";
import { until } from "./until.ts";

/** How long nsenter may take on a busy machine. */
const ENTER_DEADLINE_MS = 5_000;

/** How to start a long-running process. */
export interface SpawnOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** `pipe` gives the caller the child's stdin and stdout; by default stdout goes to the log and stdin is empty. */
  readonly stdio?: "log" | "pipe";
}

/** A long-running process in a node. It has a process group of its own, so Ctrl-C does not reach it. */
export interface LabProcess extends ProcessRecord {
  readonly child: ChildProcess;
  /** What it has written to its log since this start. */
  log(): string;
}

/** One namespace of the lab: run things in it, and end them. */
export interface LabNode {
  readonly name: NodeName;
  /** The namespace as `ip netns` knows it. */
  readonly namespace: string;
  /** The node's own directory on the lab's bpffs. Exists for directors only. */
  readonly bpfDir: string;
  /** Run a command to its end; see runCommand for options and errors. */
  exec(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /**
   * Start a process that stays, under a name for `kill`. A name may be used again when its process has ended.
   *
   * A program that is not there ends at once, and the log says so.
   *
   * @throws LabError when a process of that name runs
   */
  spawn(name: string, argv: readonly string[], options?: SpawnOptions): Promise<LabProcess>;
  /** Signal one process by name. @throws LabError when there is no such process */
  kill(name: string, signal?: NodeJS.Signals): void;
  /** SIGKILL to every process in the namespace, recorded or not; resolves when none is left. */
  killAll(): Promise<void>;
  /** A signal to every process in the namespace, such as SIGSTOP or SIGCONT. */
  signalAll(signal: NodeJS.Signals): void;
  /** Every process in the namespace. */
  processes(): ProcessId[];
  /** Where a process of that name logs. */
  logFile(name: string): string;
}

/** The node of a run, whose namespace exists. */
export function createNode(run: Run, name: NodeName): LabNode {
  const namespace = run.namespaceOf(name);
  const processes = () => processesIn(namespacePath(namespace));
  const logFile = (process: string) => join(run.logDir, `${name}.${process}.log`);
  return {
    name,
    namespace,
    bpfDir: join(run.bpfDir, name),
    processes,
    logFile,
    exec: (argv, options) => runCommand(inNamespace(namespace, argv), options),
    spawn(process, argv, options = {}) {
      const known = readRecord(run, name, process);
      if (known && stateOf(known) !== "ended") {
        throw new LabError(`Cannot start "${process}" on "${name}": it runs as pid ${known.pid}`);
      }
      return start({ run, node: name, namespace, name: process, argv, logFile: logFile(process) }, options);
    },
    kill(process, signal = "SIGKILL") {
      const known = readRecord(run, name, process);
      if (!known || !signalProcess(known, signal)) {
        throw new LabError(`Cannot kill "${process}" on "${name}": no such process runs there`);
      }
    },
    killAll: () => killEvery(processes, `"${name}" has no processes`),
    signalAll(signal) {
      for (const id of processes()) signalProcess(id, signal);
    },
  };
}

interface Start {
  readonly run: Run;
  readonly node: NodeName;
  readonly namespace: string;
  readonly name: string;
  readonly argv: readonly string[];
  readonly logFile: string;
}

async function start(what: Start, options: SpawnOptions): Promise<LabProcess> {
  const { run, node, name, argv, logFile } = what;
  const logStart = existsSync(logFile) ? statSync(logFile).size : 0;
  const log = openSync(logFile, "a");
  const [command, ...args] = inNamespace(what.namespace, argv);
  const child = spawn(command!, args, {
    detached: true,
    env: { ...process.env, ...options.env },
    stdio: options.stdio === "pipe" ? ["pipe", "pipe", log] : ["ignore", log, log],
  });
  closeSync(log);
  child.unref(); // it may outlive this process
  const id = await identityOf(child, argv);
  // Until then it would be missed by who ends all processes of the node.
  const hasEntered = () => isIn(id, namespacePath(what.namespace)) || stateOf(id) === "ended";
  await until(hasEntered, { deadlineMs: ENTER_DEADLINE_MS, what: `"${name}" is in "${node}"`, everyMs: 1 });
  const record: ProcessRecord = { ...id, node, name, argv, logFile };
  writeRecord(run, record);
  return { ...record, child, log: () => readFileSync(logFile).subarray(logStart).toString() };
}

/** nsenter replaces itself by the command, so its pid and start time are the command's. */
async function identityOf(child: ChildProcess, argv: readonly string[]): Promise<ProcessId> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(new LabError(`Cannot start "${argv[0]}": ${cause.message}`, { cause })),
    );
  });
  // A process that has ended already is a zombie until Node reaps it, so it still has its start time. If not, any will do.
  return identify(child.pid!) ?? { pid: child.pid!, startTime: 0 };
}
