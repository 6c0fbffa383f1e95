import { setTimeout as sleep } from "node:timers/promises";

/** Wait, but not longer than until `signal` aborts. Resolves either way. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});

/** Run a task again and again, `everyMs` after it last ended, until `signal` aborts. An error is reported and ends nothing. */
export async function repeat(
  task: () => void | Promise<void>,
  options: { everyMs: number; signal: AbortSignal; report: (error: unknown) => void },
): Promise<void> {
  for (;;) {
    await pause(options.everyMs, options.signal);
    if (options.signal.aborted) return;
    try {
      await task();
    } catch (error) {
      options.report(error);
    }
  }
}
