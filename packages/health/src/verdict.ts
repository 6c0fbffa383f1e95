import type { CheckOutcome } from "./checker.ts";
import { type Belief, type DampenLimit, dampen } from "./dampen.ts";

/** What the checks of one destination have said so far. Times are on the monitor's clock. */
export interface Verdict {
  readonly belief: Belief;
  /** Why of the last check, or why there was none. */
  readonly why: string;
  /** When it last went up or down, or was first seen. */
  readonly changedAtMs: number;
  /** End of the last check; undefined before the first. */
  readonly lastCheckAtMs: number | undefined;
  readonly results: Readonly<Record<CheckOutcome["result"], number>>;
  /** How often it went up or down. */
  readonly flips: number;
}

/** A destination without any result yet: it stands as `up` says, which is what was known before a restart, until checks prove otherwise. */
export function createVerdict(up: boolean, nowMs: number): Verdict {
  return {
    belief: { up, against: 0 },
    why: up ? "not checked yet" : "down before the restart, not checked yet",
    changedAtMs: nowMs,
    lastCheckAtMs: undefined,
    results: { good: 0, bad: 0, unknown: 0 },
    flips: 0,
  };
}

/** The verdict after one more outcome. An unknown one is counted and changes no belief. */
export function judge(v: Verdict, outcome: CheckOutcome & { atMs: number }, limit: DampenLimit): Verdict {
  const belief = outcome.result === "unknown" ? v.belief : dampen(v.belief, outcome.result === "good", limit);
  const isFlip = belief.up !== v.belief.up;
  return {
    belief,
    why: outcome.why,
    changedAtMs: isFlip ? outcome.atMs : v.changedAtMs,
    lastCheckAtMs: outcome.atMs,
    results: { ...v.results, [outcome.result]: v.results[outcome.result] + 1 },
    flips: v.flips + (isFlip ? 1 : 0),
  };
}

/** The verdict under another check: what it says stays, results that were on their way to changing it are forgotten. */
export function carryOver(v: Verdict, isChecked: boolean): Verdict {
  return isChecked
    ? { ...v, belief: { up: v.belief.up, against: 0 } }
    : { ...v, belief: { up: true, against: 0 }, why: "not checked", lastCheckAtMs: undefined };
}
