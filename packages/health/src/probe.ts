import type { Checker, CheckOutcome, CheckTarget } from "./checker.ts";
import type { Clock } from "./clock.ts";
import { nextDelayMs } from "./pace.ts";

export interface Probe {
  readonly checker: Checker;
  readonly target: CheckTarget;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly firstDelayMs: number;
}

export interface ProbePorts {
  readonly clock: Clock;
  /** 0..1, new with each call. */
  readonly random: () => number;
}

/**
 * Repeat one check until stopped; two checks of one probe never overlap.
 *
 * @returns a function that stops it: nothing is told after that, and a check under way is abandoned.
 */
export function startProbe(
  probe: Probe,
  ports: ProbePorts,
  tell: (outcome: CheckOutcome) => void,
): () => void {
  const { clock, random } = ports;
  let isStopped = false;
  let check = new AbortController();
  let cancel = clock.after(probe.firstDelayMs, run);
  return () => {
    isStopped = true;
    cancel();
    check.abort("stopped");
  };

  async function run(): Promise<void> {
    const startedMs = clock.now();
    check = new AbortController();
    cancel = clock.after(probe.timeoutMs, () => check.abort(`no answer within ${probe.timeoutMs / 1000} s`));
    // A checker that throws is a bug of ours: it must not take a destination down.
    const outcome = await probe.checker
      .check(probe.target, check.signal)
      .catch((error): CheckOutcome => ({ result: "unknown", why: `the check itself failed: ${error}` }));
    if (isStopped) return;
    cancel();
    cancel = clock.after(nextDelayMs(probe.intervalMs, clock.now() - startedMs, random()), run);
    tell(outcome);
  }
}
