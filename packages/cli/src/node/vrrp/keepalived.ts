/** keepalived as a process: started detached so that it outlives the director, found again by its pid file. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LbError } from "@tandem/model";
import { replaceFile } from "../machine/replace-file.ts";
import type { KeepalivedRecord } from "./adoption.ts";
import type { RuntimePaths } from "./paths.ts";
import { findByPidFile, findLive, type ProcessEntry } from "./process-table.ts";

/** SIGTERM takes keepalived 2.2.7 a second; longer than this is a hang. */
const EXIT_DEADLINE_MS = 3000;

export const hashConfig = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The main process of this runtime directory's keepalived, if it lives. Never throws. */
export const findMain = (paths: RuntimePaths): ProcessEntry | undefined =>
  findByPidFile(paths.mainPid, paths.config);

/** Its VRRP process, the one that holds the addresses. Never throws. */
export const findVrrp = (paths: RuntimePaths): ProcessEntry | undefined =>
  findByPidFile(paths.vrrpPid, paths.config);

export const isAlive = (process: ProcessEntry): boolean =>
  findLive(process.pid)?.startTicks === process.startTicks;

/** The record of the last start or reload; undefined if there is none or it is unreadable. Never throws. */
export function readRecord(paths: RuntimePaths): KeepalivedRecord | undefined {
  try {
    return JSON.parse(readFileSync(paths.record, "utf8")) as KeepalivedRecord;
  } catch {
    return undefined;
  }
}

/**
 * Let keepalived check a configuration file against this network namespace's interfaces.
 *
 * Rejects with LbError `refused` and keepalived's own words, or `unsupported` where keepalived is not installed.
 */
export async function checkConfigFile(path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile("keepalived", ["-t", "-f", path], (error, _stdout, stderr) => {
      if (!error) return resolve();
      const why = stderr.trim().replaceAll("\n", "; ");
      reject(
        error.code === "ENOENT"
          ? notInstalled()
          : new LbError({
              code: "refused",
              doing: "start keepalived",
              why,
              want: "a configuration that it accepts",
            }),
      );
    });
  });
}

/** Start keepalived in this network namespace with the configuration in place. Throws LbError `unsupported` where it is not installed. */
export function startKeepalived(paths: RuntimePaths, configHash: string): ProcessEntry {
  rmSync(paths.mainPid, { force: true }); // stale: keepalived would take a reused pid, or a zombie, for itself
  rmSync(paths.vrrpPid, { force: true });
  const log = openSync(paths.log, "a");
  const files = ["-f", paths.config, "-p", paths.mainPid, "-r", paths.vrrpPid];
  const child = spawn("keepalived", ["--vrrp", "--dont-fork", "--log-console", ...files], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.on("error", () => {}); // told by the missing pid
  child.unref();
  if (child.pid === undefined) throw notInstalled();
  const started = findLive(child.pid) ?? { pid: child.pid, startTicks: 0, isZombie: true }; // died at once: a death like any other
  writeRecord(paths, started, configHash);
  return started;
}

/** Make a running keepalived read its configuration again; instances that stay keep their role. */
export function reloadKeepalived(paths: RuntimePaths, running: ProcessEntry, configHash: string): void {
  process.kill(running.pid, "SIGHUP");
  writeRecord(paths, running, configHash);
}

/** End a process with SIGTERM, after the deadline with SIGKILL. Resolves when it is gone. */
export async function endProcess(running: ProcessEntry): Promise<void> {
  signal(running, "SIGTERM");
  for (let waitedMs = 0; isAlive(running); waitedMs += 20) {
    if (waitedMs >= EXIT_DEADLINE_MS) signal(running, "SIGKILL");
    await sleep(20);
  }
}

function signal(running: ProcessEntry, name: NodeJS.Signals): void {
  if (isAlive(running)) process.kill(running.pid, name);
}

function writeRecord(paths: RuntimePaths, { pid, startTicks }: ProcessEntry, configHash: string): void {
  replaceFile(paths.record, JSON.stringify({ pid, startTicks, configHash } satisfies KeepalivedRecord));
}

const notInstalled = (): LbError =>
  new LbError({
    code: "unsupported",
    missing: [
      { name: "keepalived", needs: "2.2 or newer", found: "absent", fix: "install the package keepalived" },
    ],
  });
