import type { Clock } from "../clock.ts";

export interface VirtualClock extends Clock {
  /** Move time on by `ms`, running what falls due in order; promises settle between two timers. */
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that stands still until told otherwise. */
export function createVirtualClock(): VirtualClock {
  let nowMs = 0;
  const timers = new Set<Timer>();
  const nextDue = (untilMs: number): Timer | undefined =>
    [...timers].filter((t) => t.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
  return {
    now: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let due = nextDue(untilMs); due; due = nextDue(untilMs)) {
        timers.delete(due);
        nowMs = due.atMs;
        due.run();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}

/** Let promise chains of ordinary length run to their end. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
