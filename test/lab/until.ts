import { setTimeout as delay } from "node:timers/promises";
import { LabError } from "./failure.ts";

/** How long to wait, and for what. */
export interface UntilOptions {
  readonly deadlineMs: number;
  /** What is waited for, as the error message shall say it: `… until <what>`. */
  readonly what: string;
  /** Pause between two looks; 20 ms when left out. */
  readonly everyMs?: number;
}

/**
 * Wait until a condition holds: it is looked at again and again until it yields something truthy.
 *
 * @returns what the condition yielded
 * @throws LabError at the deadline; whatever the condition throws
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + options.deadlineMs;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > deadline) {
      throw new LabError(`Cannot wait until ${options.what}: not so after ${options.deadlineMs} ms`);
    }
    await delay(options.everyMs ?? 20);
  }
}
