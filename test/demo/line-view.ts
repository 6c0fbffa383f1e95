/** The demo for a log file: a line whenever something begins, and every few seconds how it stands. */
import { describeSite } from "./conditions.ts";
import type { Scene, Show } from "./scene.ts";

const STATUS_EVERY_MS = 5_000;

/** @param write gets one line at a time, with its newline */
export function createLineView(write: (line: string) => void, nowMs: () => number): Show {
  const beginMs = nowMs();
  let shownMs = beginMs;
  const print = (text: string) => {
    shownMs = nowMs();
    write(`${((shownMs - beginMs) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
  };
  return {
    tell: print,
    draw(scene) {
      if (nowMs() - shownMs >= STATUS_EVERY_MS) print(`    ${formatScene(scene)}`);
    },
    close() {},
  };
}

function formatScene({ sample, sessions }: Scene): string {
  if (!sample) return "waiting for the first sample";
  const { traffic, site } = sample;
  const worst = traffic.gapMs.worst.toFixed(0);
  return `${traffic.sessions.after} of ${sessions} sessions alive, worst gap ${worst} ms; ${describeSite(site)}`;
}
