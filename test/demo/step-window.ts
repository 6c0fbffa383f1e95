/** What was seen in one step: the traffic generator's summary, and what the demo itself noted. Plain values. */
import type { StepSummary } from "../lab/index.ts";

/** The steps by name, in order. */
export const STEP_NAMES = [
  "baseline",
  "server-fails",
  "director-killed",
  "director-returns",
  "daemon-restarted",
  "nats-away",
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** Replication lag in ms; null where nobody measured any. */
export interface Lag {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** What the demo did or counted by itself. */
export interface Facts {
  /** When the active director was being killed: wall clock, ms since 1970, as HttpFailure has it. */
  readonly kill?: { readonly beginMs: number; readonly endMs: number };
  /** Requests answered by the failed server while it had weight 0. */
  readonly strays?: number;
}

/** One step as it went. */
export interface StepWindow {
  readonly name: StepName;
  readonly traffic: StepSummary;
  /** The director that was active at the end; null when none was, or two. */
  readonly active: string | null;
  readonly replicationLagMs: Lag;
  readonly facts: Facts;
}
