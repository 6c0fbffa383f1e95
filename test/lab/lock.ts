/**
 * The machine-wide lock: one lab, demo or benchmark at a time.
 *
 * flock(1) holds it in a child process that ends when our end of its stdin closes. So the kernel frees it however
 * this process dies.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { LabError } from "./failure.ts";

const LOCK_FILE = "/run/lock/tandem-lab.lock";

/** How long the lock may take before somebody must be holding it. */
const PATIENCE_MS = 200;

/** The lock in our hands. */
export interface Lock {
  /** Give the lock back; resolves when others can have it. */
  release(): Promise<void>;
}

/** How to wait for the lock. */
export interface LockOptions {
  /** Another file than the machine-wide one. */
  readonly file?: string;
  /** Called once if the lock is taken, with a line that says by whom. */
  readonly onWait?: (holder: string) => void;
}

/**
 * Take the lock, waiting for as long as it takes.
 *
 * @param owner one line about the new holder, told to those who wait for it
 * @throws LabError when flock(1) cannot be run or cannot open the file
 */
export async function takeLock(owner: string, options: LockOptions = {}): Promise<Lock> {
  const file = options.file ?? LOCK_FILE;
  // Detached: Ctrl-C in a terminal must reach the holder only, who then cleans up with the lock in hand.
  const child = spawn("flock", ["--no-fork", file, "sh", "-c", "echo held; exec cat"], { detached: true });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const ended = once(child, "close");
  const refused = ended.then(
    () => Promise.reject(new LabError(`Cannot take the lock "${file}": flock said "${complaint.trim()}"`)),
    (cause) => Promise.reject(new LabError(`Cannot take the lock "${file}": ${cause.message}`, { cause })),
  );
  refused.catch(() => {}); // matters only while we wait for the lock
  const waiting = setTimeout(() => options.onWait?.(readHolder(file)), PATIENCE_MS);
  try {
    await Promise.race([once(child.stdout, "data"), refused]);
  } finally {
    clearTimeout(waiting);
  }
  writeFileSync(file, owner);
  return {
    async release() {
      writeFileSync(file, "");
      child.stdin.end();
      await ended;
    },
  };
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8").trim() || "an unknown process";
  } catch {
    return "an unknown process";
  }
}
