/** The kinds of rows that a grammar is made of. Rows are data: they say how a value looks in the file and which values may stand there. */

/**
 * A bare word can stand in the file as it is: `!` and `#` begin comments, quotes and braces group, a blank ends the word,
 * `$` and `@` are keepalived's own conditions.
 */
export const isWord = (text: string): boolean => /^[\w.:/%+-]+$/.test(text);
export const WORD_WANTED = "one word of letters, digits and . : / % + - _";

/** Keys of T whose values are of type V. */
type FieldOf<T, V> = { [K in keyof T & string]-?: T[K] extends V ? K : never }[keyof T & string];

/** A keyword with one value. */
export type ValueRow<T> =
  | { readonly kind: "word"; readonly field: FieldOf<T, string> }
  | { readonly kind: "quoted"; readonly field: FieldOf<T, string> }
  | {
      readonly kind: "integer";
      readonly field: FieldOf<T, number>;
      readonly min: number;
      readonly max: number;
    }
  | {
      readonly kind: "seconds";
      readonly field: FieldOf<T, number>;
      readonly stepMs: number;
      readonly minMs: number;
      readonly maxMs: number;
    };

export type Row<T> =
  | ValueRow<T>
  | { readonly kind: "flag"; readonly field: FieldOf<T, boolean> }
  | { readonly kind: "words"; readonly field: FieldOf<T, readonly string[]> }
  | { readonly kind: "lines"; readonly field: FieldOf<T, readonly object[]>; readonly line: AnyLine }
  | { readonly kind: "section"; readonly field: FieldOf<T, object>; readonly block: AnyBlock }
  | {
      readonly kind: "sections";
      readonly field: FieldOf<T, readonly object[]>;
      readonly block: AnyBlock;
    };

/** `keyword → row`, in the order in which they are written. */
export type Block<T> = Readonly<Record<string, Row<T>>>;

/** One line inside a block: a value, then keywords with a value each. */
export interface Line<T> {
  readonly head: ValueRow<T>;
  readonly options: Readonly<Record<string, ValueRow<T>>>;
}

/** A grammar as the emitter sees it: it looks values up by field name, and `block` and `line` have checked the names. */
// biome-ignore lint/suspicious/noExplicitAny: the value's type is known where the grammar is written, not where it is walked
export type AnyBlock = Block<any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyLine = Line<any>;

export const block = <T>(rows: Block<T>): Block<T> => rows;
export const line = <T>(head: ValueRow<T>, options: Line<T>["options"]): Line<T> => ({ head, options });

/** A bare word: no blanks, nothing that keepalived reads as a comment or a quote. */
export const word = <K extends string>(field: K) => ({ kind: "word", field }) as const;

/** Text between double quotes. */
export const quoted = <K extends string>(field: K) => ({ kind: "quoted", field }) as const;

/** A whole number within bounds, both included. */
export const integer = <K extends string>(field: K, bounds: { min: number; max: number }) =>
  ({ kind: "integer", field, ...bounds }) as const;

/** Milliseconds in the model, decimal seconds in the file. */
export const seconds = <K extends string>(
  field: K,
  bounds: { stepMs: number; minMs: number; maxMs: number },
) => ({ kind: "seconds", field, ...bounds }) as const;

/** A keyword without a value, written when true. */
export const flag = <K extends string>(field: K) => ({ kind: "flag", field }) as const;

/** `keyword { … }` with one bare word a line; left out when empty. */
export const words = <K extends string>(field: K) => ({ kind: "words", field }) as const;

/** `keyword { … }` with one structured line per element; left out when empty. */
export const lines = <K extends string, T>(field: K, of: Line<T>) =>
  ({ kind: "lines", field, line: of }) as const;

/** `keyword { … }` of a single value. */
export const section = <K extends string, T>(field: K, of: Block<T>) =>
  ({ kind: "section", field, block: of }) as const;

/** `keyword NAME { … }`, once per element; the name is the element's field `name`. */
export const sections = <K extends string, T extends { readonly name: string }>(field: K, of: Block<T>) =>
  ({ kind: "sections", field, block: of }) as const;
