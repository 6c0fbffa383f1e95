/** What the traffic generator is told, and what it tells: plain values that cross process borders as JSON. */

/** Where traffic goes. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** All the traffic of one generator. */
export interface TrafficOptions {
  /** Long-lived TCP echo sessions, spread over the targets in turn. */
  readonly tcp: { readonly targets: readonly Target[]; readonly sessions: number };
  /** UDP echo flows, each on a socket of its own, spread over the targets in turn. */
  readonly udp: { readonly targets: readonly Target[]; readonly flows: number };
  /** A UDP echo service, asked every 5 ms: its silence is the outage. */
  readonly probe: Target;
  /** A new connection every `everyMs`, to the targets in turn. */
  readonly http: {
    readonly targets: readonly Target[];
    readonly everyMs: number;
    readonly timeoutMs: number;
  };
}

/** Each session and each flow sends this often. */
export const SEND_INTERVAL_MS = 250;
/** The probe sends this often; it is also the tick of both threads. */
export const PROBE_INTERVAL_MS = 5;
/** A longer event-loop stall of the generator itself voids the samples taken during it. */
export const STALL_LIMIT_MS = 25;
/** A TCP session whose echo takes longer is lost, reason `timeout`. */
export const SESSION_TIMEOUT_MS = 15_000;
/** A UDP flow that hears nothing for longer is lost. */
export const FLOW_TIMEOUT_MS = 3_000;

/** Why a TCP session ended: reset or closed by the other side, echo overdue, other bytes than sent, any other error. */
export type LossReason = "reset" | "closed" | "timeout" | "wrongBytes" | "error";

/** One request that failed. */
export interface HttpFailure {
  /** Wall clock, ms since 1970, as Date.now() says it in every process of this machine. */
  readonly startedMs: number;
  /** How long the request had taken when it failed. */
  readonly ageMs: number;
  /** `timeout`, `status 503`, or the error's code. */
  readonly error: string;
}

/** What happened from one `step` command to the next. */
export interface StepSummary {
  readonly name: string;
  readonly durationMs: number;
  /** Sessions alive when the step began and when it ended; those lost in between, by reason. */
  readonly sessions: {
    readonly before: number;
    readonly after: number;
    readonly lost: number;
    readonly why: Partial<Record<LossReason, number>>;
    /** Lines echoed completely. */
    readonly lines: number;
  };
  /** Flows that changed servers, were silent too long, or got an answer to something they never sent. */
  readonly udp: {
    readonly flows: number;
    readonly moved: number;
    readonly lost: number;
    readonly wrong: number;
    readonly replies: number;
  };
  /** A session's gap: its longest time from sending a line to its complete echo. p99 is over sessions. */
  readonly gapMs: { readonly worst: number; readonly p99: number };
  /** The probe's longest silence, less its interval. */
  readonly outageMs: number;
  readonly http: {
    readonly ok: number;
    readonly failed: number;
    /** The first hundred. */
    readonly failures: readonly HttpFailure[];
    /** Answers by server. */
    readonly servers: Readonly<Record<string, number>>;
  };
  /** Samples (echoed lines, probe silences) thrown away because the generator itself stalled. */
  readonly voided: { readonly count: number; readonly share: number };
  /** The generator's own stalls: how many over 25 ms, and the longest. */
  readonly stalls: { readonly count: number; readonly worstMs: number };
}

/** Samples seen and thrown away. */
export interface SampleCount {
  readonly taken: number;
  readonly voided: number;
}
