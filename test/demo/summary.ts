/** What a person reads when the demo is over. Pure. */
import {
  type Cell,
  type Column,
  formatCount,
  formatDuration,
  formatPlural,
  formatTable,
  type Paint,
} from "../../packages/cli/src/tandem/format.ts";
import type { DemoReport, TargetReport } from "./report.ts";
import type { StepWindow } from "./step-window.ts";

const right = (title: string): Column => ({ title, align: "right" });

/** Every step in a line, every target in a line, and the verdict. */
export function formatSummary(report: DemoReport, windows: readonly StepWindow[], paint: Paint): string {
  return [
    formatSteps(windows, paint),
    formatTargets(report.targets, paint),
    formatVerdict(report, paint),
  ].join("\n");
}

function formatSteps(windows: readonly StepWindow[], paint: Paint): string {
  const columns = [
    { title: "STEP" },
    right("LASTED"),
    { title: "ACTIVE" },
    right("SESSIONS"),
    right("LOST"),
    right("UDP MOVED"),
    right("UDP LOST"),
    right("WORST GAP"),
    right("P99 GAP"),
    right("OUTAGE"),
    right("HTTP OK"),
    right("FAILED"),
    right("LAG P50"),
    right("LAG P99"),
    right("VOIDED"),
  ];
  return formatTable(columns, windows.map(stepRow), paint);
}

function stepRow({ name, traffic, active, replicationLagMs: lag }: StepWindow): Cell[] {
  const { sessions, udp, gapMs, http } = traffic;
  return [
    name,
    formatDuration(traffic.durationMs),
    active ?? ["bad", "none"],
    formatCount(sessions.after),
    count(sessions.lost),
    count(udp.moved),
    count(udp.lost),
    formatDuration(gapMs.worst),
    formatDuration(gapMs.p99),
    formatDuration(traffic.outageMs),
    formatCount(http.ok),
    count(http.failed),
    lag.p50 === null ? "-" : formatDuration(lag.p50),
    lag.p99 === null ? "-" : formatDuration(lag.p99),
    `${(100 * traffic.voided.share).toFixed(2)} %`,
  ];
}

const count = (n: number): Cell => (n === 0 ? "0" : ["bad", formatCount(n)]);

function formatTargets(targets: readonly TargetReport[], paint: Paint): string {
  const columns = [{ title: "" }, { title: "TARGET" }, right("AT MOST"), right("GOT")];
  const rows = targets.map(({ name, want, got, met }): Cell[] => [
    met ? ["good", "met"] : ["bad", "MISSED"],
    name,
    want === null ? "?" : String(want),
    got === null ? ["bad", "not measured"] : met ? String(got) : ["bad", String(got)],
  ]);
  return formatTable(columns, rows, paint);
}

function formatVerdict({ ok, targets, options, failure }: DemoReport, paint: Paint): string {
  const missed = targets.filter((target) => !target.met).length;
  const stopped = failure === undefined ? "" : `${paint("bad", "Not completed:")} ${failure}\n`;
  if (ok) {
    const all = `All ${targets.length} targets met.`;
    return `${paint("good", all)} ${formatCount(options.sessions)} sessions went through it, none was lost.\n`;
  }
  return `${stopped}${paint("bad", `${formatPlural(missed, "target")} of ${targets.length} missed.`)}\n`;
}
