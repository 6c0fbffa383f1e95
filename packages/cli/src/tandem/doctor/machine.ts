/** The machine as `doctor` sees it: files and other programs' words. Reads only. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { openPathMtus } from "@tandem/engine";
import { parseAddress } from "@tandem/model";

/** The port; tests have a machine of their own. Nothing here throws. */
export interface Machine {
  /** Text of a file without space at its end, or undefined if it cannot be read. */
  read(path: string): string | undefined;
  /** Names in a folder; none if it cannot be read. */
  list(path: string): string[];
  /** Where a path leads once its links are followed, or undefined. */
  follow(path: string): string | undefined;
  /** Run a program to its end. Undefined if there is none of that name. */
  run(program: string, ...args: string[]): { status: number; output: string } | undefined;
  /** MTU of the route to an address in canonical text; undefined without one. */
  pathMtu(address: string): number | undefined;
}

const TIMEOUT_MS = 5_000;
/** A ruleset of 100,000 rules. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
/** Where system programs are, even if the caller's PATH is a user's. */
const SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** This machine. */
export const thisMachine: Machine = {
  read: (path) => attempt(() => readFileSync(path, "utf8").trimEnd()),
  list: (path) => attempt(() => readdirSync(path)) ?? [],
  follow: (path) => attempt(() => realpathSync(path)),
  run(program, ...args) {
    const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:${SYSTEM_PATH}`, LC_ALL: "C" };
    const done = spawnSync(program, args, {
      encoding: "utf8",
      env,
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    if (done.status === null) return undefined;
    return { status: done.status, output: `${done.stdout}${done.stderr}`.trim() };
  },
  pathMtu: (address) =>
    attempt(() => {
      const paths = openPathMtus();
      try {
        return paths.ask(parseAddress(address)!);
      } finally {
        paths.close();
      }
    }),
};

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
