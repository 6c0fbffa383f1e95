import type { StepSummary } from "./traffic-options.ts";
import type { WorkerReport } from "./worker.ts";

/** One summary from the reports of all threads, which hold all its parts between them. Never throws. */
export function mergeReports(
  name: string,
  durationMs: number,
  reports: readonly WorkerReport[],
): StepSummary {
  const sum = (of: (report: WorkerReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  const count = sum((report) => report.samples.voided);
  const parts = Object.assign({}, ...reports.map((report) => report.parts)) as StepSummary;
  return {
    ...parts,
    name,
    durationMs,
    voided: {
      count,
      share:
        count /
        Math.max(
          1,
          sum((report) => report.samples.taken),
        ),
    },
    stalls: {
      count: sum((report) => report.stalls.count),
      worstMs: Math.max(...reports.map((report) => report.stalls.worstMs)),
    },
  };
}
