/** What a health check is: one question to one destination. How often, how long and what follows is the monitor's business. */

/** Where a check goes. */
export interface CheckTarget {
  readonly address: string;
  readonly port: number;
}

/** What one check found. */
export interface CheckOutcome {
  /** `unknown`: we could not ask, for a reason of our own such as too many open files; it counts neither way. */
  readonly result: "good" | "bad" | "unknown";
  /** For the operator: `connected`, `status 503, wanted 200`, `connection refused`. */
  readonly why: string;
}

/** One kind of question; implementations are in `checkers/`. */
export interface Checker {
  /**
   * Ask `target` once.
   *
   * @param signal aborted when the time is up; the outcome is then bad, with the signal's reason
   * @returns the outcome. Never rejects.
   */
  check(target: CheckTarget, signal: AbortSignal): Promise<CheckOutcome>;
}

/** Local conditions that say nothing about the destination. */
const OUR_OWN_FAULT = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EACCES", "EPERM"]);

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection closed",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network unreachable",
  ETIMEDOUT: "connection timed out",
  EMFILE: "too many open files in this process",
  EADDRNOTAVAIL: "no free local port",
};

/** The outcome that a socket error means. Never throws. */
export function outcomeOfError(error: NodeJS.ErrnoException): CheckOutcome {
  const code = error.code ?? "";
  return { result: OUR_OWN_FAULT.has(code) ? "unknown" : "bad", why: WORDS[code] ?? error.message };
}
