/** The daemon's log: JSON lines on the standard error, for journald and its like. */
import { destination, type Logger, pino, stdTimeFunctions } from "pino";

/** Levels from chatty to quiet. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A log whose lines carry the node's name, the level in words and the time in ISO 8601.
 *
 * Writes do not wait for the reader: a log that stalls must not stall the director. What is pending is written at the exit.
 */
export function createLog(options: { node: string; level: LogLevel }): Logger {
  return pino(
    {
      level: options.level,
      base: { node: options.node },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ fd: process.stderr.fd, sync: false }),
  );
}

/** A broken invariant ends the daemon with a last word; the fast path goes on, and a supervisor starts it anew. */
export function endOnBug(log: Logger): void {
  const end = (bug: unknown) => {
    log.fatal({ err: bug }, "ended by a bug");
    process.exit(1);
  };
  process.once("uncaughtException", end).once("unhandledRejection", end);
}
