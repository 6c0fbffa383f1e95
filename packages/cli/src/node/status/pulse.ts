/** Whether this node can forward: asked of its forwarder, which must answer in time. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "@tandem/engine";
import type { Logger } from "pino";

/** What the forwarder says of itself, or its silence. */
export interface Beat {
  readonly isAlive: boolean;
  /** What keeps this node from forwarding, one sentence each; empty: nothing. */
  readonly faults: readonly string[];
}

/** The pulse of an engine. */
export interface Pulse {
  /** Takes a second at most, never rejects. What is other than the last time is logged. */
  take(): Promise<Beat>;
}

const DEADLINE_MS = 1000;
const SILENCE: Beat = { isAlive: false, faults: ["The forwarder does not answer: new connections wait"] };

/** The pulse of an engine. `faultsBeside` says what else keeps this node from forwarding. `wait` resolves after `ms`; it may reject when it is aborted. */
export function createPulse(
  engine: Pick<Engine, "ask">,
  { log, faultsBeside }: { log: Pick<Logger, "info" | "warn">; faultsBeside: () => readonly string[] },
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms, signal) => sleep(ms, null, { signal }),
): Pulse {
  let known = "";

  function report(faults: readonly string[]): void {
    const now = faults.join("\n");
    if (now === known) return;
    known = now;
    if (faults.length > 0) log.warn({ faults }, "cannot forward");
    else log.info("can forward again");
  }

  return {
    async take() {
      const waiting = new AbortController();
      const beat = await Promise.race([
        engine
          .ask("ping", {})
          .then(({ faults }): Beat => ({ isAlive: true, faults: [...faults, ...faultsBeside()] })),
        wait(DEADLINE_MS, waiting.signal).then(() => SILENCE),
      ]).catch(() => SILENCE);
      waiting.abort();
      report(beat.faults);
      return beat;
    },
  };
}
