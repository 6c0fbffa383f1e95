/** The demo's targets as data: every one is an upper bound on something measured in one step. */
import type { HttpFailure } from "../lab/index.ts";
import type { StepName, StepWindow } from "./step-window.ts";

/** Something that is counted or measured in a step. */
export interface Measure {
  readonly what: string;
  /** Nothing for a count. */
  readonly unit: "" | "ms" | "%";
  /** It means something only where it has a target. */
  readonly isSpecial?: true;
  got(window: StepWindow): number;
}

/** A bound: met when `measure` does not exceed it. */
export interface Target {
  readonly measure: Measure;
  /** The bound, given the baseline's worst gap in ms. */
  want(baselineMs: number): number;
}

/** A request that was this young at the kill had its answer, or its handshake, under way. */
const IN_FLIGHT_MS = 50;

const SESSIONS_LOST: Measure = { what: "sessions lost", unit: "", got: (w) => w.traffic.sessions.lost };
const FLOWS_MOVED: Measure = { what: "UDP flows moved", unit: "", got: (w) => w.traffic.udp.moved };
const FLOWS_LOST: Measure = { what: "UDP flows lost", unit: "", got: (w) => w.traffic.udp.lost };
const WORST_GAP: Measure = { what: "worst gap", unit: "ms", got: (w) => w.traffic.gapMs.worst };
const P99_GAP: Measure = { what: "p99 gap", unit: "ms", got: (w) => w.traffic.gapMs.p99 };
const OUTAGE: Measure = { what: "outage", unit: "ms", got: (w) => w.traffic.outageMs };
const HTTP_FAILED: Measure = { what: "HTTP failed", unit: "", got: (w) => w.traffic.http.failed };
const HTTP_FAILED_LATE: Measure = {
  what: "HTTP failed, not in flight",
  unit: "",
  isSpecial: true,
  got: countNotInFlight,
};
const STRAYS: Measure = {
  what: "HTTP to the failed server",
  unit: "",
  isSpecial: true,
  got: (w) => w.facts.strays ?? Number.NaN,
};
const VOIDED: Measure = { what: "samples voided", unit: "%", got: (w) => 100 * w.traffic.voided.share };

const none = (measure: Measure): Target => atMost(measure, 0);
const atMost = (measure: Measure, bound: number): Target => ({ measure, want: () => bound });
const overBaseline = (measure: Measure, byMs: number): Target => ({ measure, want: (ms) => ms + byMs });

const NOTHING_LOST = [none(SESSIONS_LOST), none(FLOWS_MOVED), none(FLOWS_LOST)];
const TRUSTED = atMost(VOIDED, 1);

/** What each step must keep to. */
export const TARGETS: Record<StepName, readonly Target[]> = {
  baseline: [none(SESSIONS_LOST), TRUSTED],
  "server-fails": [none(SESSIONS_LOST), none(STRAYS), none(HTTP_FAILED), TRUSTED],
  "director-killed": [
    ...NOTHING_LOST,
    atMost(WORST_GAP, 500),
    atMost(P99_GAP, 350),
    atMost(OUTAGE, 200),
    none(HTTP_FAILED_LATE),
    TRUSTED,
  ],
  "director-returns": [...NOTHING_LOST, overBaseline(WORST_GAP, 100), none(HTTP_FAILED), TRUSTED],
  "daemon-restarted": [...NOTHING_LOST, overBaseline(WORST_GAP, 50), none(HTTP_FAILED), TRUSTED],
  "nats-away": [...NOTHING_LOST, overBaseline(WORST_GAP, 50), none(HTTP_FAILED), TRUSTED],
};

/** Everything that has targets, in the order in which people are told of it. */
export const MEASURES: readonly Measure[] = [
  SESSIONS_LOST,
  FLOWS_MOVED,
  FLOWS_LOST,
  WORST_GAP,
  P99_GAP,
  OUTAGE,
  HTTP_FAILED,
  HTTP_FAILED_LATE,
  STRAYS,
  VOIDED,
];

/** The name of a target in the report, unique: `director-killed: worst gap, ms`. */
export function targetName(step: StepName, { what, unit }: Measure): string {
  return `${step}: ${what}${unit && `, ${unit}`}`;
}

/** Failed requests, less those that were open at the kill and younger than 50 ms. Those that were not kept in detail count. */
function countNotInFlight({ traffic, facts }: StepWindow): number {
  const excused = traffic.http.failures.filter((failure) => wasInFlight(failure, facts.kill));
  return traffic.http.failed - excused.length;
}

function wasInFlight({ startedMs }: HttpFailure, kill: StepWindow["facts"]["kill"]): boolean {
  return kill !== undefined && startedMs > kill.beginMs - IN_FLIGHT_MS && startedMs <= kill.endMs;
}
