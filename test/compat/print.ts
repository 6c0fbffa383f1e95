/** Rows as text: per file its totals, the first failures with what differs, argued differences by their reason. All rows are in the JSON. */
import type { Row } from "./replay.ts";

const RESULTS = ["passed", "differs-knowingly", "failed"] as const;
/** Failures of a file that are shown. */
const SHOWN = 10;

/** A summary of each file, and totals of all. */
export function printRows(rows: readonly Row[]): string {
  const files = Map.groupBy(rows, (row) => row.file);
  const parts = [...files].map(([file, own]) =>
    [totals(file, own), ...failures(own), ...differences(own)].join("\n"),
  );
  return `${parts.join("\n")}\n${totals("total", rows)}\n`;
}

function totals(name: string, rows: readonly Row[]): string {
  const counts = RESULTS.map((result) => `${rows.filter((r) => r.result === result).length} ${result}`);
  return `${name.padEnd(44)} ${counts.join(", ")}`;
}

function failures(rows: readonly Row[]): string[] {
  const failed = rows.filter((row) => row.result === "failed");
  const shown = failed.slice(0, SHOWN).map((row) => `  failed: ${row.case}\n${indented(told(row))}`);
  return failed.length > SHOWN ? [...shown, `  … and ${failed.length - SHOWN} more that failed`] : shown;
}

function differences(rows: readonly Row[]): string[] {
  const differing = rows.filter((row) => row.result === "differs-knowingly");
  return [...Map.groupBy(differing, (row) => row.why)].map(
    ([why, [first, ...others]]) =>
      `  differs knowingly: ${first!.case}${others.length > 0 ? ` and ${others.length} more` : ""}\n${indented(why ?? "")}`,
  );
}

const told = ({ step, why = "" }: Row): string => (step === undefined ? why : `at ${step}: ${why}`);
const indented = (text: string): string => text.replace(/^/gm, "      ");
