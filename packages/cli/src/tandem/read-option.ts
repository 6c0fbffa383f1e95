/** Readers for values of options. Each throws `LbError` (invalid_argument) for what it cannot use. */
import { LbError } from "@tandem/model/failure";

/** Reads a whole number from `min` to `max`. */
export function wholeNumber(field: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw unreadable(field, text, `a whole number from ${min} to ${max}`);
  };
}

/** Reads one of a few words. */
export function oneOf<Word extends string>(field: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((each) => each === text);
    if (word !== undefined) return word;
    throw unreadable(field, text, `one of ${words.join(", ")}`);
  };
}

/** Reads words with commas between them, and adds them to those of the option given before. */
export function listOf<Word extends string>(
  field: string,
  words: readonly Word[],
): (text: string, before: unknown) => Word[] {
  const readWord = oneOf(field, words);
  return (text, before) => {
    const typed = text.split(",");
    if (typed.length > 1 && typed.includes(""))
      throw unreadable(field, text, "a word on both sides of a comma");
    return [...((before as Word[]) ?? []), ...typed.map(readWord)];
  };
}

/** Reads the name of a node. */
export function nodeName(field: string): (text: string) => string {
  return (text) => {
    if (/^[A-Za-z0-9_-]{1,32}$/.test(text)) return text;
    throw unreadable(field, text, "1 to 32 letters, digits, - and _");
  };
}

const DAY_MS = 86_400_000;

/** Milliseconds in a unit. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: DAY_MS,
};

/** Reads a span of time as milliseconds: `90s`, `10m`, `2h`, `1d`, `500ms`; a plain number is in seconds. */
export function duration(field: string): (text: string) => number {
  return (text) => {
    const spanMs = readSpan(text);
    if (spanMs !== undefined) return spanMs;
    throw unreadable(field, text, "a span of time such as 90s, 10m, 2h or 1d");
  };
}

/** Reads a span of time up to a day. */
export function durationWithinDay(field: string): (text: string) => number {
  return (text) => {
    const spanMs = readSpan(text) ?? Number.NaN;
    if (spanMs > 0 && spanMs <= DAY_MS) return spanMs;
    throw unreadable(field, text, "a span of time from 1ms to 1d");
  };
}

function readSpan(text: string): number | undefined {
  const [, amount, unit = "s"] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|min|h|d)?$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit]!;
}

/** Reads a moment: a span of time ago, as milliseconds below 0, or a date, as milliseconds since 1970. */
export function moment(field: string): (text: string) => number {
  return (text) => {
    const spanMs = readSpan(text);
    if (spanMs !== undefined) return -spanMs;
    const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
    if (time >= 0) return time;
    throw unreadable(field, text, "a span of time such as 2h, or a date such as 2026-11-23T04:00Z");
  };
}

/** Collects the values of an option that is given again and again. */
export const several = (text: string, before: unknown): string[] => [...((before as string[]) ?? []), text];

const unreadable = (field: string, text: string, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: "understand the options", field, got: `"${text}"`, want });
