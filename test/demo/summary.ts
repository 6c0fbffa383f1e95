/** What a person reads when the demo is over: one table of steps and measures with their bounds, and the verdict. Pure. */
import {
  type Cell,
  formatCount,
  formatDuration,
  formatTable,
  type Paint,
} from "../../packages/cli/src/tandem/format.ts";
import type { DemoReport, TargetReport } from "./report.ts";
import type { StepWindow } from "./step-window.ts";
import { MEASURES, type Measure, targetName } from "./targets.ts";

/** Columns are the steps that were played, rows what was measured; a bound stands beside what it bounds. */
export function formatSummary(report: DemoReport, windows: readonly StepWindow[], paint: Paint): string {
  const columns = [{ title: "" }, ...windows.map(({ name }) => ({ title: name, align: "right" as const }))];
  const rows = [
    ...FACTS.map(([title, fact]): Cell[] => [title, ...windows.map(fact)]),
    ...MEASURES.map((measure): Cell[] => [
      measure.what,
      ...windows.map((window) => measureCell(measure, window, report)),
    ]),
  ];
  const table = windows.length > 0 ? `${formatTable(columns, rows, paint)}\n` : "";
  return `${table}${formatVerdict(report, paint)}`;
}

type Fact = (window: StepWindow) => Cell;

const FACTS: readonly (readonly [title: string, fact: Fact])[] = [
  ["lasted", ({ traffic }) => formatDuration(traffic.durationMs)],
  ["active at the end", ({ active }) => active ?? ["bad", "none"]],
  ["sessions alive", ({ traffic }) => formatCount(traffic.sessions.after)],
  ["UDP flows", ({ traffic }) => formatCount(traffic.udp.flows)],
  ["HTTP answered", ({ traffic }) => formatCount(traffic.http.ok)],
  ["replication lag, p50", ({ replicationLagMs: { p50 } }) => (p50 === null ? "-" : formatDuration(p50))],
  ["replication lag, p99", ({ replicationLagMs: { p99 } }) => (p99 === null ? "-" : formatDuration(p99))],
];

/** Some measures mean something in one step only; the others are shown in every step, with or without a bound. */
function measureCell(measure: Measure, window: StepWindow, { targets }: DemoReport): Cell {
  const target = targets.find(({ name }) => name === targetName(window.name, measure));
  const got = formatValue(measure.got(window), measure.unit);
  if (!target) return measure.isSpecial ? "" : got;
  const bound = target.want === 0 ? "" : ` ≤ ${target.want ?? "?"}`;
  return [target.met ? "good" : "bad", `${got}${bound}`];
}

function formatValue(value: number, unit: Measure["unit"]): string {
  if (Number.isNaN(value)) return "?";
  return unit === "" ? formatCount(value) : `${value.toFixed(1)} ${unit}`;
}

function formatVerdict({ ok, targets, options, failure }: DemoReport, paint: Paint): string {
  if (ok) {
    const all = `All ${targets.length} targets met:`;
    return `${paint("good", all)} ${formatCount(options.sessions)} sessions went through all this, none was lost.\n`;
  }
  const missed = targets.filter((target) => !target.met && target.got !== null);
  const unknown = targets.filter((target) => target.got === null).length;
  return [
    ...(failure === undefined ? [] : [`${paint("bad", "Not completed:")} ${failure}\n`]),
    ...(unknown === 0 ? [] : [paint("bad", `${unknown} of ${targets.length} targets not measured.`), "\n"]),
    ...(missed.length === 0
      ? []
      : [paint("bad", `${missed.length} of ${targets.length} targets missed:`), "\n"]),
    ...missed.map(formatMiss),
  ].join("");
}

function formatMiss({ name, want, got }: TargetReport): string {
  return `  ${name}: ${got}, wanted at most ${want}\n`;
}
