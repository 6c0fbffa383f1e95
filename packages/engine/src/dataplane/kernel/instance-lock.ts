/** One process per instance: whoever holds the lock owns its rings, maps and programs; and one per directory of a daemon's own. */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { LbError } from "@tandem/model";
import { tryLock } from "./syscalls.ts";

/**
 * Lock an instance until the descriptor that comes back is closed or the process ends. The file is made if it is missing.
 *
 * @throws `LbError`: refused if another one holds it, unavailable if there can be no such file
 */
export function lockInstance(path: string): number {
  return lock(path, "a", "take over the data plane");
}

/**
 * Lock a directory that one daemon writes, until the descriptor that comes back is closed or the process ends. It may be on a read-only disk.
 *
 * @throws `LbError` as `lockInstance`
 */
export function lockDirectory(path: string): number {
  return lock(path, "r", "use the directory");
}

function lock(path: string, flags: "a" | "r", doing: string): number {
  const fd = open(path, flags);
  if (tryLock(fd)) return fd;
  const pid = holderOf(fd);
  closeSync(fd);
  const why = `another process holds "${path}"${pid === undefined ? "" : ` (pid ${pid})`}`;
  const want = "one process per instance: stop the daemon that holds it first";
  throw new LbError({ code: "refused", doing, why, want });
}

/**
 * The process that holds the lock of an open file. Undefined where it cannot be known: in another pid namespace, or if files of two file systems
 * have this inode number and are locked (`stat` and the kernel's list do not agree about devices everywhere).
 *
 * @see proc(5), /proc/locks: `1: FLOCK  ADVISORY  WRITE 1234 fe:00:2149032 0 EOF`
 */
function holderOf(fd: number): number | undefined {
  const { ino } = fstatSync(fd);
  const lock = new RegExp(`^\\d+: FLOCK .* WRITE (\\d+) \\w+:\\w+:${ino} `, "gm");
  const pids = new Set([...readLocks().matchAll(lock)].map(([, pid]) => Number(pid)));
  const [pid = 0] = pids;
  return pids.size === 1 && pid > 0 ? pid : undefined;
}

function readLocks(): string {
  try {
    return readFileSync("/proc/locks", "utf8");
  } catch {
    return "";
  }
}

function open(path: string, flags: "a" | "r"): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new LbError({ code: "unavailable", what: "what is locked while a daemon runs", why }, { cause });
  }
}
