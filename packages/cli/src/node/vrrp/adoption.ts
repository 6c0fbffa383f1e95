/** What to do about keepalived when a director starts. Pure. */

/** What the director that started keepalived left behind. */
export interface KeepalivedRecord {
  readonly pid: number;
  /** Start time of that process in clock ticks since boot: a pid alone may have been given to another program since. */
  readonly startTicks: number;
  /** Hash of the configuration that it runs. */
  readonly configHash: string;
}

/** `adopt`: it runs what we want. `reload`: it runs something else. `start`: none runs. */
export type StartPlan = "adopt" | "reload" | "start";

/**
 * @param running the keepalived of this runtime directory as the process table shows it, undefined if there is none
 * @param record  undefined if none was written, as after a crash between start and writing
 */
export function planStart(
  running: { readonly pid: number; readonly startTicks: number } | undefined,
  record: KeepalivedRecord | undefined,
  wantedHash: string,
): StartPlan {
  if (!running) return "start";
  const isKnown = record?.pid === running.pid && record.startTicks === running.startTicks;
  return isKnown && record.configHash === wantedHash ? "adopt" : "reload";
}

/**
 * Milliseconds to wait before keepalived is started again, after `deaths` in a row: none at first, then from 1 s doubling to 30 s.
 */
export function restartDelayMs(deaths: number): number {
  return deaths <= 1 ? 0 : Math.min(30_000, 1000 * 2 ** (deaths - 2));
}

/** A keepalived that lived longer was fine: its death does not add to an earlier one. */
export const STABLE_AFTER_S = 60;
