/** Rows as text: a table per file, failures and argued differences with their reasons, totals. */
import type { Row } from "./replay.ts";

const RESULTS = ["passed", "differs-knowingly", "failed"] as const;

/** All rows, with a total for each file and for all. */
export function printRows(rows: readonly Row[]): string {
  const files = Map.groupBy(rows, (row) => row.file);
  const parts = [...files].map(([file, own]) => `${totals(file, own)}\n${own.map(line).join("")}`);
  return `${parts.join("\n")}\n${totals("total", rows)}\n`;
}

function totals(name: string, rows: readonly Row[]): string {
  const counts = RESULTS.map((result) => `${rows.filter((r) => r.result === result).length} ${result}`);
  return `${name.padEnd(44)} ${counts.join(", ")}`;
}

const line = ({ result, case: name, step, why }: Row): string =>
  `  ${result.padEnd(17)} ${name}${why === undefined ? "" : `\n${" ".repeat(20)}${step === undefined ? "" : `at ${step}: `}${why}`}\n`;
