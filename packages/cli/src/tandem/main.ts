/** The program `tandem`: the table of commands in the real world. What only some commands need is loaded when it is wanted. */
import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import manifest from "../../package.json" with { type: "json" };
import type { Daemon } from "../node/daemon.ts";
import type { createLog } from "../node/log.ts";
import { runCli } from "./cli.ts";
import { EXIT, type Terminal } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { runScript } from "./run-script.ts";

const out = terminal(process.stdout);
const err = terminal(process.stderr);
const { env } = process;
const argv = process.argv.slice(2);
const command = ["tandem", ...argv];

/** The questions of operators need neither NATS nor BPF. */
const daemon: Daemon = {
  start: async (config, log) => (await import("../node/compose.ts")).daemon.start(config, log),
  cleanUp: async (config) => (await import("../node/compose.ts")).daemon.cleanUp(config),
};

process.exitCode = await runCli(argv, COMMANDS, {
  version: manifest.version,
  env,
  out,
  err,
  world: (globals) => ({
    env,
    out,
    err,
    user: env.SUDO_USER ?? userName(),
    machine: async () => (await import("./doctor/machine.ts")).thisMachine,
    daemon,
    createLog: createDaemonLog,
    untilSignal,
    runScript,
    connect: async (node = globals.node) =>
      (await import("../client.ts")).connectTo({ ...globals, ...(node !== undefined && { node }), command }),
    readDocument,
    readInput: async () => (await import("../document/read-text.ts")).readText("/dev/stdin"),
    readText: async (path) => (await import("../document/read-text.ts")).readText(path),
    createFile: async (path) => (await import("./create-file.ts")).createFile(path),
    openEditor: async (path) => (await import("./open-editor.ts")).openEditor(path, env, isTerminal()),
    sleep: (ms, signal) => sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => {}),
    openScreen,
    now: Date.now,
  }),
});

/** A reader that has seen enough (`tandem connections | head`) is no error; a full disk under `tandem backup >FILE` is. */
function terminal(stream: NodeJS.WriteStream): Terminal {
  let written = Promise.resolve(true);
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    if (stream === process.stdout) process.stderr.write(`error: Cannot write the output: ${message}\n`);
    process.exit(EXIT.failed);
  });
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
    write(text) {
      written = new Promise((resolve) => stream.write(text, (error) => resolve(!error)));
    },
    drain: () => written,
  };
}

/** A user id need not have a name, in a container for example. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

/** Whether somebody sits here, who can both read and type. A declaration: commands above run before constants down here are there. */
function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

async function openScreen() {
  if (!isTerminal()) return undefined;
  return (await import("./top/screen.ts")).openScreen(process.stdin, process.stdout);
}

async function readDocument(path: string) {
  const [{ loadWritten }, { readText }] = await Promise.all([
    import("../document/load-document.ts"),
    import("../document/read-text.ts"),
  ]);
  return path === "-"
    ? loadWritten(await readText("/dev/stdin"), "<stdin>")
    : loadWritten(await readText(path), path);
}

/** The daemon's log, its last word, and what is none. */
async function createDaemonLog(...of: Parameters<typeof createLog>) {
  const { createLog, endOnBug, outliveHangUp } = await import("../node/log.ts");
  const log = createLog(...of);
  endOnBug(log);
  outliveHangUp(log);
  return log;
}

/** Listens from the call on: before it, a signal ends the process as usual. A second signal does so again. */
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
  });
}
