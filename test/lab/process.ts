/** Processes by pid *and* start time: a pid alone may name a stranger by the time it is used. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { until } from "./until.ts";

/** How long the kernel may take to end processes that were sent SIGKILL. */
const DEATH_DEADLINE_MS = 5_000;

/** One process, for as long as it lives. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of /proc/<pid>/stat: proc(5). */
  readonly startTime: number;
}

export type ProcessState = "running" | "stopped" | "ended";

/** The identity of a process that runs now, or nothing. Never throws. */
export function identify(pid: number): ProcessId | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTime: stat.startTime };
}

/** What became of a process; a zombie has ended. Never throws. */
export function stateOf(id: ProcessId): ProcessState {
  const stat = readStat(id.pid);
  if (!stat || stat.startTime !== id.startTime || stat.letter === "Z") return "ended";
  return stat.letter === "T" ? "stopped" : "running";
}

/** Send a signal to this very process. Returns whether it was there to receive it. Never throws for a process that is gone. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): boolean {
  if (stateOf(id) === "ended") return false;
  try {
    return process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** Whether a process is in a network namespace, given by its handle's path. Never throws. */
export function isIn(id: ProcessId, handle: string): boolean {
  return inodeOf(`/proc/${id.pid}/ns/net`) === inodeOf(handle);
}

/**
 * Every process in a network namespace, whoever started it.
 *
 * @param handle path of the namespace's handle, such as `/run/netns/x`
 * @returns nothing when there is no such namespace. Never throws.
 */
export function processesIn(handle: string): ProcessId[] {
  const wanted = inodeOf(handle);
  if (wanted === undefined) return [];
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && inodeOf(`/proc/${entry}/ns/net`) === wanted)
    .flatMap((entry) => identify(Number(entry)) ?? []);
}

/**
 * SIGKILL to whatever `list` yields, again and again until it yields nothing: a process may fork while it is killed.
 *
 * @throws LabError when something is left after 5 s
 */
export async function killEvery(list: () => readonly ProcessId[], what: string): Promise<void> {
  const allGone = () => {
    const left = list();
    for (const id of left) signalProcess(id, "SIGKILL");
    return left.length === 0;
  };
  await until(allGone, { deadlineMs: DEATH_DEADLINE_MS, what, everyMs: 5 });
}

/** The command line of a process, for people. Never throws. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
  } catch {
    return "(ended)";
  }
}

function inodeOf(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined; // the process or the namespace has just gone
  }
}

function readStat(pid: number): { letter: string; startTime: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in brackets and may hold anything: count from its end.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { letter: fields[0]!, startTime: Number(fields[19]) };
  } catch {
    return undefined;
  }
}
