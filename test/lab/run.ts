/** The run directory: all that must be known to use a lab from another process, and to clean up after a dead one. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLineOf, identify, type ProcessId, stateOf } from "./process.ts";
import type { NodeName } from "./topology.ts";

const RUNS_DIR = "/run/tandem-lab";
const NAMESPACE_PREFIX = "tandem-lab-";

/** The process whose life is the lab's life: it holds the lock. */
export interface Holder extends ProcessId {
  readonly command: string;
}

/** A process that the lab started, as written to the run directory. */
export interface ProcessRecord extends ProcessId {
  readonly node: NodeName;
  readonly name: string;
  readonly argv: readonly string[];
  readonly logFile: string;
}

/** Where everything of one run lies. */
export interface Run {
  /** Eight hex digits, new for every run. */
  readonly name: string;
  readonly dir: string;
  /** A bpffs of its own, with one directory per director. */
  readonly bpfDir: string;
  readonly logDir: string;
  namespaceOf(node: NodeName | "switch"): string;
}

/** The places of a run. Creates nothing. */
export function runNamed(name: string): Run {
  const dir = join(RUNS_DIR, name);
  return {
    name,
    dir,
    bpfDir: join(dir, "bpf"),
    logDir: join(dir, "logs"),
    namespaceOf: (node) => `${NAMESPACE_PREFIX}${name}-${node}`,
  };
}

/** Make the directory of a new run, held by this process. */
export function createRun(run: Run): void {
  for (const dir of [run.logDir, run.bpfDir, join(run.dir, "processes")]) mkdirSync(dir, { recursive: true });
  const holder: Holder = { ...identify(process.pid)!, command: commandLineOf(process.pid) };
  writeJson(join(run.dir, "holder.json"), holder);
}

/** Who holds a run, or nothing when that process has died, or died before it could say so. */
export function liveHolderOf(run: Run): Holder | undefined {
  const holder = readJson<Holder>(join(run.dir, "holder.json"));
  return holder && stateOf(holder) !== "ended" ? holder : undefined;
}

/** Every run that left a directory or a namespace behind, alive or not. */
export function listRuns(): Run[] {
  const fromNamespaces = listDir("/run/netns").flatMap(
    (entry) => new RegExp(`^${NAMESPACE_PREFIX}([0-9a-f]{8})-`).exec(entry)?.[1] ?? [],
  );
  return [...new Set([...listDir(RUNS_DIR), ...fromNamespaces])].map(runNamed);
}

/** The namespaces of a run that exist. */
export function namespacesOf(run: Run): string[] {
  return listDir("/run/netns").filter((entry) => entry.startsWith(`${NAMESPACE_PREFIX}${run.name}-`));
}

/** Note a process that was started, in place of an earlier one of its name. */
export function writeRecord(run: Run, record: ProcessRecord): void {
  writeJson(recordFile(run, record.node, record.name), record);
}

/** The last process of that name in a node, whether it runs or not. */
export function readRecord(run: Run, node: NodeName, name: string): ProcessRecord | undefined {
  return readJson(recordFile(run, node, name));
}

/** Every process ever started in a run, by its last start. */
export function listRecords(run: Run): ProcessRecord[] {
  const dir = join(run.dir, "processes");
  return listDir(dir).flatMap((file) => readJson<ProcessRecord>(join(dir, file)) ?? []);
}

function recordFile(run: Run, node: NodeName, name: string): string {
  return join(run.dir, "processes", `${node}.${name}.json`);
}

function listDir(dir: string): string[] {
  try {
    return readdirSync(dir).filter((entry) => !entry.endsWith(".new"));
  } catch {
    return [];
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** Replaced by rename, so that a reader never sees half a file. */
function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 2));
  renameSync(`${file}.new`, file);
}
