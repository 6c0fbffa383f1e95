import { readFileSync } from "node:fs";

export interface ProcessEntry {
  readonly pid: number;
  /** Clock ticks since boot: with the pid it names one process for ever. */
  readonly startTicks: number;
  readonly isZombie: boolean;
}

/** A live process, or undefined: there is none, or it is a zombie. Never throws. */
export function findLive(pid: number): ProcessEntry | undefined {
  const entry = parseStat(readOrEmpty(`/proc/${pid}/stat`));
  return entry && !entry.isZombie ? entry : undefined;
}

/** The live process whose pid stands in a file, if one of its arguments is `argument`. Never throws. */
export function findByPidFile(path: string, argument: string): ProcessEntry | undefined {
  const pid = Number.parseInt(readOrEmpty(path), 10);
  if (!(pid > 0) || !readOrEmpty(`/proc/${pid}/cmdline`).split("\0").includes(argument)) return undefined;
  return findLive(pid);
}

/**
 * Parse `/proc/PID/stat`. The program's name stands in parentheses and may hold blanks and parentheses itself.
 *
 * @returns undefined for anything else. Never throws.
 * @see proc_pid_stat(5): field 1 pid, 3 state, 22 starttime
 */
export function parseStat(text: string): ProcessEntry | undefined {
  const [, pid, rest] = /^(\d+) \(.*\) (.*)$/s.exec(text) ?? [];
  const fields = rest?.split(" ") ?? []; // fields[0] is field 3
  const startTicks = Number(fields[19]);
  if (!Number.isInteger(startTicks)) return undefined;
  return { pid: Number(pid), startTicks, isZombie: fields[0] === "Z" || fields[0] === "X" };
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
