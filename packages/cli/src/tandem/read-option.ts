/** Readers for values of options. Each throws `LbError` (invalid_argument) for what it cannot use. */
import { LbError } from "@tandem/model";

/** Reads a whole number from `min` to `max`. */
export function wholeNumber(field: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const want = `a whole number from ${min} to ${max}`;
    throw new LbError({
      code: "invalid_argument",
      doing: "understand the options",
      field,
      got: `"${text}"`,
      want,
    });
  };
}
