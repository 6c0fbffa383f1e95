/** Runs command lines in this process, against a daemon on a real socket, and keeps what they print. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NodeApi, startApiServer } from "@tandem/engine";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { connectTo } from "../client.ts";
import { loadWritten } from "../document/load-document.ts";
import { readText } from "../document/read-text.ts";
import type { Daemon } from "../node/daemon.ts";
import { runCli } from "../tandem/cli.ts";
import { COMMANDS } from "../tandem/commands.ts";
import { createFile } from "../tandem/create-file.ts";
import type { Machine } from "../tandem/doctor/machine.ts";
import { createFakeNode } from "./fake-node.ts";
import { FAKE_NOW_MS } from "./fake-status.ts";

/** What a command line came to; bytes that it printed are characters of latin1. */
export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

/** What stands around a command line. */
export interface Setting {
  /** A terminal with colours instead of a file. */
  readonly isTTY?: boolean;
  /** Characters in its lines. */
  readonly columns?: number;
  readonly env?: Record<string, string>;
  /** Texts by path. */
  readonly files?: Record<string, string>;
  /** Standard input. */
  readonly input?: string;
  /** What the editor makes of a text, each time that it opens. */
  readonly editor?: (text: string) => string | Promise<string>;
  /** Instead: what it does with the file. */
  readonly openEditor?: (path: string) => Promise<void>;
  readonly machine?: Machine;
  readonly daemon?: Daemon;
  /** The signal that ends the process, when it comes. */
  readonly signal?: Promise<string>;
  /** Whether whoever reads has seen enough. */
  readonly isLeft?: (out: string) => boolean;
}

/** A machine on which nothing can be found. */
export const emptyMachine: Machine = {
  read: () => undefined,
  list: () => [],
  follow: () => undefined,
  run: () => undefined,
  pathMtu: () => undefined,
};

const forever = new Promise<never>(() => {});
const noDaemon: Daemon = {
  start: () => forever,
  cleanUp: async () => [],
};

/** Runs `argv` against the socket at `socketPath`. */
export async function runTandem(
  socketPath: string,
  argv: readonly string[],
  setting: Setting = {},
): Promise<Ran> {
  const {
    isTTY = false,
    columns,
    env = {},
    files = {},
    input = "",
    editor = (text) => text,
    openEditor = async (file) => void (await writeFile(file, await editor(await readText(file)))),
    machine = emptyMachine,
    daemon = noDaemon,
    signal = forever,
    isLeft = () => false,
  } = setting;
  const printed = { out: "", err: "" };
  let nowMs = FAKE_NOW_MS;
  const terminal = (to: keyof typeof printed) => ({
    isTTY,
    columns,
    write: (text: string | Uint8Array) =>
      void (printed[to] += typeof text === "string" ? text : Buffer.from(text).toString("latin1")),
    drain: async () => !isLeft(printed.out),
  });
  const [out, err] = [terminal("out"), terminal("err")];
  const exitCode = await runCli(["-s", socketPath, ...argv], COMMANDS, {
    version: "0.1.0",
    env,
    out,
    err,
    world: (globals) => ({
      env,
      out,
      err,
      machine: async () => machine,
      daemon,
      createLog: async ({ level }) => pino({ level }, { write: (line) => void (printed.err += line) }),
      untilSignal: () => signal,
      user: "ops",
      connect: (node = globals.node) =>
        connectTo({ ...globals, ...(node !== undefined && { node }), command: ["tandem", ...argv] }),
      readInput: async () => input,
      readDocument: async (file) => loadWritten(files[file] ?? "", file),
      readText: async (file) => files[file] ?? readText(file),
      createFile,
      openEditor,
      runScript: async () => 0,
      // what can be called off is a deadline, and none passes; all else is over at once, and was as long as it says
      async sleep(ms, deadline) {
        if (deadline) await once(deadline, "abort");
        else nowMs += ms;
      },
      openScreen: async () => undefined,
      now: () => nowMs,
    }),
  });
  return { ...printed, exitCode };
}

/** An empty folder, for the duration of the test. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A daemon with a fake node behind it, for the duration of the test. Returns its socket's path. */
export async function startFakeDaemon(overrides: Partial<NodeApi> = {}): Promise<string> {
  const socketPath = join(await createFolder(), "api.sock");
  const onBug = (bug: unknown) => {
    throw bug;
  };
  const health = async () => ({ ok: true, why: "ok" });
  const server = await startApiServer({ socketPath, api: createFakeNode(overrides), onBug, health });
  onTestFinished(() => server.stop());
  return socketPath;
}

/** Runs a command line as a shell would split it, against a new daemon. */
export async function tandem(line: string, setting?: Setting): Promise<Ran> {
  return runTandem(await startFakeDaemon(), line.split(" "), setting);
}
