/** Durations and sizes as people write them: a plain number, or a text of numbers with units. Documents hold the number. */
import { z } from "zod";

/** What is measured. */
interface Measure {
  /** What a plain number counts, and how many of the smallest unit that is. */
  readonly plain: string;
  readonly perPlain: number;
  /** From the largest to the smallest, each as a number of the smallest. */
  readonly units: Readonly<Record<string, number>>;
  readonly examples: string;
}

const DURATION: Measure = {
  plain: "seconds",
  perPlain: 1000,
  units: { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 },
  examples: '"500ms", "30s", "5m", "1h30m"',
};

const SIZE: Measure = {
  plain: "bytes",
  perPlain: 1,
  units: { MiB: 2 ** 20, KiB: 2 ** 10, B: 1 },
  examples: '"1400B", "64KiB"',
};

/** Seconds, with fractions, or a text such as `1h30m`; both limits allowed. */
export const seconds = (min: number, max: number) => quantity(DURATION, { min, max, isWhole: false });

/** Whole seconds, or a text such as `1h30m`; both limits allowed. */
export const wholeSeconds = (min: number, max: number) => quantity(DURATION, { min, max, isWhole: true });

/** Whole bytes, or a text such as `64KiB`; both limits allowed. */
export const wholeBytes = (min: number, max: number) => quantity(SIZE, { min, max, isWhole: true });

/** In plain numbers, both limits allowed. */
interface Range {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

function quantity(measure: Measure, range: Range) {
  const { min, max, isWhole } = range;
  const wanted = `wanted ${isWhole ? "whole " : ""}${measure.plain} from ${min} to ${max}`;
  const limits = { error: wanted };
  const number = isWhole ? z.int(limits) : z.number(limits);
  return z
    .preprocess(
      (value, context) => {
        if (typeof value !== "string") return value;
        const read = readQuantity(value, measure);
        if (read !== undefined && isWithin(read, range)) return read;
        const inUnits = `wanted ${formatQuantity(min, measure)} to ${formatQuantity(max, measure)}`;
        const message = read === undefined ? `${wanted}, or a text such as ${measure.examples}` : inUnits;
        context.addIssue({ code: "custom", message });
        return z.NEVER;
      },
      number.min(min, limits).max(max, limits),
    )
    .meta({ type: [isWhole ? "integer" : "number", "string"], pattern: formOf(measure).source });
}

const isWithin = (value: number, { min, max, isWhole }: Range): boolean =>
  value >= min && value <= max && (!isWhole || Number.isInteger(value));

/** Every unit at most once, the larger ones first; at least one. */
const formOf = ({ units }: Measure): RegExp =>
  new RegExp(
    `^(?=\\d)${Object.keys(units)
      .map((unit) => `(\\d{1,10}(?:\\.\\d{1,9})?${unit})?`)
      .join("")}$`,
  );

/** @returns undefined if it is no such text */
function readQuantity(text: string, measure: Measure): number | undefined {
  const found = formOf(measure).exec(text);
  const smallest = Object.values(measure.units).map(
    (size, i) => Number.parseFloat(found?.[i + 1] ?? "0") * size,
  );
  return found ? smallest.reduce((sum, part) => sum + part, 0) / measure.perPlain : undefined;
}

/** `1h30m` of 5400 seconds. */
function formatQuantity(value: number, { units, perPlain }: Measure): string {
  let left = Math.round(value * perPlain);
  const parts = Object.entries(units).map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count > 0 ? `${count}${unit}` : "";
  });
  return parts.join("") || `0${value === 0 && "s" in units ? "s" : "B"}`;
}
