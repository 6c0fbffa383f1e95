/** The program `tandem`: the table of commands in the real world. */
import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import manifest from "../../package.json" with { type: "json" };
import { connectDaemon } from "../client.ts";
import { loadDocument, loadDocumentFile } from "../document/load-document.ts";
import { readText } from "../document/read-text.ts";
import type { Daemon } from "../node/daemon.ts";
import { createLog, endOnBug } from "../node/log.ts";
import { runCli } from "./cli.ts";
import type { Terminal } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { thisMachine } from "./doctor/machine.ts";
import { runScript } from "./run-script.ts";

const out = terminal(process.stdout);
const err = terminal(process.stderr);
const { env } = process;

/** Loaded when it is wanted: the questions of operators need neither NATS nor BPF. */
const daemon: Daemon = {
  start: async (config, log) => (await import("../node/compose.ts")).daemon.start(config, log),
  cleanUp: async (config) => (await import("../node/compose.ts")).daemon.cleanUp(config),
};

process.exitCode = await runCli(process.argv.slice(2), COMMANDS, {
  version: manifest.version,
  env,
  out,
  err,
  world: (socketPath) => ({
    env,
    out,
    err,
    user: env.SUDO_USER ?? userName(),
    machine: thisMachine,
    daemon,
    createLog: createDaemonLog,
    untilSignal,
    runScript,
    connect: () => connectDaemon(socketPath),
    readDocument: async (path) =>
      path === "-" ? loadDocument(await readText("/dev/stdin"), "<stdin>") : loadDocumentFile(path),
    sleep: async (ms) => void (await sleep(ms)),
    now: Date.now,
  }),
});

/** A reader that has seen enough (`tandem connections | head`) is no error. */
function terminal(stream: NodeJS.WriteStream): Terminal {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return { isTTY: stream.isTTY === true, write: (text) => void stream.write(text) };
}

/** A user id need not have a name, in a container for example. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

/** The daemon's log, and its last word. */
function createDaemonLog(options: Parameters<typeof createLog>[0]) {
  const log = createLog(options);
  endOnBug(log);
  return log;
}

/** Listens from the call on: before it, a signal ends the process as usual. A second signal does so again. */
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
  });
}
