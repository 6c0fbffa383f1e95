/** How answers look on a terminal: tables, colours, quantities. Pure: whether there is colour is an argument. */
import { stripVTControlCharacters, styleText } from "node:util";
import { fitColumns } from "./fit-columns.ts";

/** What a piece of text means; its colour follows. */
export type Tone = "good" | "warn" | "bad" | "strong" | "faint" | "chosen";
/** How text is put on a terminal: gives it the colour of its tone, or leaves it as it is. */
export interface Paint {
  (tone: Tone, text: string): string;
  /** Characters in a line; Infinity where no line is too long. */
  readonly width: number;
}

const STYLES = {
  good: "green",
  warn: "yellow",
  bad: "red",
  strong: "bold",
  faint: "dim",
  chosen: "inverse",
} as const;

/** The paint for a terminal that shows colour, or for one that does not, and is so wide. */
export function createPaint(colour: boolean, width = Number.POSITIVE_INFINITY): Paint {
  const paint = (tone: Tone, text: string): string =>
    colour ? styleText(STYLES[tone], text, { validateStream: false }) : text;
  return Object.assign(paint, { width });
}

/** Text, or text with a tone. */
export type Cell = string | readonly [Tone, string];

/** A column; quantities stand right. */
export interface Column {
  readonly title: string;
  readonly align?: "right";
  /** On a narrow terminal its texts may be cut to so many characters, … included. */
  readonly least?: number;
  /** On a terminal still too narrow it is left out, highest first. Without: never. */
  readonly yields?: number;
  /** Of the last column, instead of being cut: what finds no room goes on below it. */
  readonly wraps?: boolean;
}

/** Cells by column, or one line across all of them. */
export type Row = readonly Cell[] | string;

/**
 * A table under its titles, columns two spaces apart. A column that is empty in every row is left out; no line is wider than the paint,
 * as far as columns may be cut or left out.
 *
 * @returns lines, each with its newline
 */
export function formatTable(columns: readonly Column[], rows: readonly Row[], paint: Paint): string {
  const cellRows = rows.filter((row) => typeof row !== "string");
  const wanted = columns
    .map((column, at) => ({ ...column, at, width: widthOf(column.title, at, cellRows) }))
    .filter(({ at }) => cellRows.some((row) => textOf(row[at]) !== ""));
  const fitting = fitColumns(wanted, paint.width);
  const format = (cells: readonly Cell[]): string => {
    const formatted = fitting.map(({ at, width, align, wraps }) => {
      const cell = cells[at] ?? "";
      return formatCell(wraps ? cell : cutCell(cell, width), width, align, paint);
    });
    return formatted.join("  ").trimEnd();
  };
  const titles = columns.map(({ title }) => ["faint", title] as const);
  const last = fitting.at(-1);
  const [room, indent] = last?.wraps ? [paint.width, indentOf(fitting)] : [Number.POSITIVE_INFINITY, 0];
  const lines = [titles, ...rows].map((row) => (typeof row === "string" ? row : format(row)));
  return lines.map((line) => wrap(line, room, indent)).join("");
}

/** Where the last column begins. */
const indentOf = (columns: readonly { width: number }[]): number =>
  columns.slice(0, -1).reduce((sum, { width }) => sum + width + 2, 0);

function widthOf(title: string, at: number, rows: readonly (readonly Cell[])[]): number {
  return rows.reduce((width, row) => Math.max(width, textOf(row[at]).length), title.length);
}

/** Text of at most so many characters. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

const cutCell = (cell: Cell, width: number): Cell =>
  typeof cell === "string" ? cut(cell, width) : [cell[0], cut(cell[1], width)];

/** Spaces stay outside of the colour, so that a line can be trimmed. */
function formatCell(cell: Cell, width: number, align: Column["align"], paint: Paint): string {
  const text = textOf(cell);
  const painted = typeof cell === "string" ? text : paint(cell[0], text);
  const space = " ".repeat(Math.max(0, width - text.length));
  return align === "right" ? space + painted : painted + space;
}

const textOf = (cell: Cell | undefined): string => (typeof cell === "string" ? cell : (cell?.[1] ?? ""));

/** Names and what they are, aligned, in lines of at most `room` characters. */
export function formatFacts(
  facts: readonly (readonly [name: string, fact: string])[],
  room = Number.POSITIVE_INFINITY,
): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, fact]) => wrap(`${name.padEnd(width)}  ${fact}`, room, width + 2)).join("");
}

/** A line, or several of at most `room` characters where there are words to part; all but the first are indented. Ends with a newline. */
export function wrap(line: string, room: number, indent: number): string {
  if (stripVTControlCharacters(line).length <= room) return `${line}\n`;
  const lines: string[] = [];
  for (const word of line.split(/(?<=\S) /)) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && stripVTControlCharacters(longer).length <= room) lines[lines.length - 1] = longer;
    else lines.push(lines.length === 0 ? word : `${" ".repeat(indent)}${word}`);
  }
  return lines.map((each) => `${each}\n`).join("");
}

const GROUPED = new Intl.NumberFormat("en-US");
/** `1,048,576`. */
export const formatCount = (n: number): string => GROUPED.format(n);

/** `1 alarm`, `2 alarms`. */
export const formatPlural = (n: number, noun: string): string =>
  `${formatCount(n)} ${noun}${n === 1 ? "" : "s"}`;

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `512 B`, `12.3 MiB`: three digits, in powers of 1024. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : threeDigits(value)} ${BYTE_UNITS[unit]}`;
}

/** From the largest unit down: ms in one, its name. */
const SPANS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

/** `2.1 ms`, `12.5 s`, `3 min 12 s`, `5 d 2 h`: the two largest units. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${threeDigits(ms)} ms`;
  if (ms < 59_950) return `${threeDigits(ms / 1000)} s`;
  const whole = Math.round(ms / 1000) * 1000;
  const at = SPANS.findIndex(([span]) => whole >= span);
  const [span, unit] = SPANS[at]!;
  const [smaller, name] = SPANS[at + 1]!;
  const rest = Math.floor((whole % span) / smaller);
  return `${Math.floor(whole / span)} ${unit}${rest > 0 ? ` ${rest} ${name}` : ""}`;
}

/** Farthest that a `Date` reaches, milliseconds since 1970. */
const MAX_TIME_MS = 8.64e15;

/** `2026-11-22 18:40:00 UTC`, of milliseconds since 1970. */
export const formatTime = (ms: number): string =>
  `${new Date(Math.min(ms, MAX_TIME_MS)).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** `9.99`, `99.9`, `999`, without zeros at the end. */
function threeDigits(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return String(Number(value.toFixed(decimals)));
}

/** `0.1 %`; what is there but rounds to nothing is `< 0.1 %`. */
export function formatShare(part: number, whole: number): string {
  const percent = whole > 0 ? (part / whole) * 100 : 0;
  return percent > 0 && percent < 0.05 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
}
