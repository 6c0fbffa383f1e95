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

/** Reads the name of a node. */
export function nodeName(field: string): (text: string) => string {
  return (text) => {
    if (/^[A-Za-z0-9_-]{1,32}$/.test(text)) return text;
    throw unreadable(field, text, "1 to 32 letters, digits, - and _");
  };
}

/** Collects the values of an option that is given again and again. */
export const several = (text: string, before: unknown): string[] => [...((before as string[]) ?? []), text];

const unreadable = (field: string, text: string, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: "understand the options", field, got: `"${text}"`, want });
