/** The daemon's log: JSON lines on the standard error, for journald and its like. */
import { write, writeSync } from "node:fs";
import { type Logger, pino, stdTimeFunctions } from "pino";
import { createLogSink } from "./log-sink.ts";

/** Levels from chatty to quiet. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How often a reader that stalls is tried again. */
const LOOK_FOR_ROOM_MS = 20;

/**
 * A log whose lines carry the node's name, the level in words and the time in ISO 8601.
 *
 * Writes do not wait for the reader: a log that stalls, or whose disk is full, must not stall the director. What is pending is written at the exit.
 */
export function createLog(options: { node: string; level: LogLevel }): Logger {
  const { fd } = process.stderr;
  const outlet = {
    write: (bytes: Uint8Array, done: (error: Error | null, taken: number) => void) => write(fd, bytes, done),
    writeNow: (bytes: Uint8Array) => writeSync(fd, bytes),
    whenRoom: (act: () => void) => void setTimeout(act, LOOK_FOR_ROOM_MS).unref(),
  };
  const sink = createLogSink(outlet, (lost, why) => log.warn({ lost, why }, "lines of this log are lost"));
  process.once("exit", sink.flushSync);
  const log = pino(
    {
      level: options.level,
      base: { node: options.node },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return log;
}

/** A broken invariant ends the daemon with a last word; the fast path goes on, and a supervisor starts it anew. */
export function endOnBug(log: Logger): void {
  const end = (bug: unknown) => {
    log.fatal({ err: bug }, "ended by a bug");
    process.exit(1);
  };
  process.once("uncaughtException", end).once("unhandledRejection", end);
}

/** Who sends SIGHUP means "read your files anew", as keepalived does, or has closed his terminal: neither is to end a director. */
export function outliveHangUp(log: Logger): void {
  process.on("SIGHUP", () => {
    log.warn(
      "SIGHUP changes nothing: `tandem apply` changes the document, a restart reads the node's configuration",
    );
  });
}
