/** What a run of checks and tests came to, in words. Pure. */

/** What one part came to. */
export interface Outcome {
  readonly name: string;
  readonly isOk: boolean;
  readonly seconds: number;
  /** Of a part that has tests, and came so far as to count them. */
  readonly tests?: Counts | undefined;
}

/** Numbers of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The counts in a report of vitest's JSON reporter; undefined if it is none, as of a run that was broken off. */
export function countsIn(report: string): Counts | undefined {
  try {
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = JSON.parse(report);
    return typeof passed === "number" ? { passed, failed, skipped } : undefined;
  } catch {
    return undefined;
  }
}

/** One line a part, and one for all of them; `seconds`: how long all took, which is less than their sum. */
export function formatOutcomes(outcomes: readonly Outcome[], seconds: number): string {
  const isOk = outcomes.every((o) => o.isOk);
  const tests = outcomes.map((o) => o.tests ?? NONE).reduce(sum, NONE);
  return [...outcomes, { name: "in all", isOk, seconds, tests }].map(formatOutcome).join("\n");
}

const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

function formatOutcome({ name, isOk, seconds, tests }: Outcome): string {
  const state = isOk ? "ok" : "FAILED";
  const counts = tests ? formatCounts(tests) : "";
  return `${name.padEnd(8)} ${state.padEnd(6)} ${`${seconds.toFixed(0)} s`.padStart(6)}  ${counts}`.trimEnd();
}

const formatCounts = ({ passed, failed, skipped }: Counts): string =>
  [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ");
