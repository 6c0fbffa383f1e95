/** From what was seen to what is reported. Pure. */
import type { StepSummary } from "../lab/index.ts";
import { type Lag, STEP_NAMES, type StepName, type StepWindow } from "./step-window.ts";
import { TARGETS, type Target, targetName } from "./targets.ts";

/** What `--json` prints. Times in ms, rounded to tenths; `voided` is a share, 0–1. */
export interface DemoReport {
  /** Every step was completed and every target met. */
  readonly ok: boolean;
  readonly options: { readonly sessions: number };
  /** The worst gap of the undisturbed window; null when there was none. */
  readonly baseline: { readonly gapMs: number | null };
  readonly steps: readonly StepReport[];
  readonly targets: readonly TargetReport[];
  /** What went wrong, when a step could not be completed. */
  readonly failure?: string;
}

/** One step. */
export interface StepReport {
  readonly name: StepName;
  readonly active: string | null;
  readonly sessions: Pick<StepSummary["sessions"], "before" | "after" | "lost" | "why">;
  readonly udp: Pick<StepSummary["udp"], "flows" | "moved" | "lost">;
  readonly gapMs: StepSummary["gapMs"];
  readonly outageMs: number;
  readonly http: Pick<StepSummary["http"], "ok" | "failed">;
  readonly replicationLagMs: Lag;
  readonly voided: number;
}

/** One target: `got` must not exceed `want`. Null where the step was not reached or not completed. */
export interface TargetReport {
  readonly name: string;
  readonly want: number | null;
  readonly got: number | null;
  readonly met: boolean;
}

/** How a run went, step by step. */
export interface DemoOutcome {
  readonly sessions: number;
  readonly windows: readonly StepWindow[];
  /** The step that could not be completed and why; `step` is absent when it was none of them. */
  readonly failure?: { readonly step?: StepName; readonly why: string };
}

/** Judge a run. Never throws. */
export function reportOf(outcome: DemoOutcome): DemoReport {
  const { sessions, windows, failure } = outcome;
  const baseline = windows.find((w) => w.name === "baseline" && w.name !== failure?.step);
  const baselineMs = baseline ? tenths(baseline.traffic.gapMs.worst) : null;
  const completed = (name: StepName) => (name === failure?.step ? undefined : windowOf(windows, name));
  const targets = STEP_NAMES.flatMap((name) =>
    TARGETS[name].map((target) => judge(name, target, { window: completed(name), baselineMs })),
  );
  return {
    ok: failure === undefined && targets.every((target) => target.met),
    options: { sessions },
    baseline: { gapMs: baselineMs },
    steps: windows.filter((w) => w.name !== "baseline").map(stepReport),
    targets,
    ...(failure && { failure: failure.step ? `${failure.step}: ${failure.why}` : failure.why }),
  };
}

function windowOf(windows: readonly StepWindow[], name: StepName): StepWindow | undefined {
  return windows.find((w) => w.name === name);
}

function judge(
  step: StepName,
  { measure, want }: Target,
  seen: { window: StepWindow | undefined; baselineMs: number | null },
): TargetReport {
  const bound = want(seen.baselineMs ?? Number.NaN);
  const value = seen.window ? measure.got(seen.window) : Number.NaN;
  return { name: targetName(step, measure), want: tenths(bound), got: tenths(value), met: value <= bound };
}

function stepReport({ name, active, traffic, replicationLagMs }: StepWindow): StepReport {
  const { sessions, udp, gapMs, outageMs, http, voided } = traffic;
  return {
    name,
    active,
    sessions: { before: sessions.before, after: sessions.after, lost: sessions.lost, why: sessions.why },
    udp: { flows: udp.flows, moved: udp.moved, lost: udp.lost },
    gapMs: { worst: tenths(gapMs.worst)!, p99: tenths(gapMs.p99)! },
    outageMs: tenths(outageMs)!,
    http: { ok: http.ok, failed: http.failed },
    replicationLagMs: { p50: tenths(replicationLagMs.p50), p99: tenths(replicationLagMs.p99) },
    voided: Math.round(voided.share * 1e5) / 1e5,
  };
}

/** To one decimal, upwards, so that what is over a bound never looks like it; null for what is not known. */
function tenths(value: number | null): number | null {
  return value === null || Number.isNaN(value) ? null : Math.max(0, Math.ceil(value * 10 - 1e-9)) / 10;
}
