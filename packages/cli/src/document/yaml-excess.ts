/** What no document needs, and what would cost seconds and gigabytes to read: found in one pass over the text's tokens. */
import { Lexer } from "yaml";

/** Texts that cannot cost much, whatever is in them. */
const SMALL_CHARACTERS = 65_536;
/** Twice what the largest document has: 32,768 services, 131,072 destinations. */
const MAX_PARTS = 2 ** 21;
/** Documents have a depth of six. */
const MAX_DEPTH = 100;

/** Said of what is nested so deeply that it can be no document. */
export const TOO_DEEP = "nested too deeply";

/** What is too much of a text. */
export interface Excess {
  /** In characters. */
  readonly at: number;
  readonly message: string;
}

/** @returns the first place where a text becomes too much; undefined if it does not. Never throws. */
export function findExcess(text: string): Excess | undefined {
  if (text.length <= SMALL_CHARACTERS) return undefined;
  const count = { at: 0, parts: 0, depth: 0, inLine: 0 };
  for (const token of new Lexer().lex(text)) {
    const { at } = count;
    if (!MARKERS.has(token)) count.at += token.length;
    COUNT.get(token)?.(count);
    if (count.depth > MAX_DEPTH || count.inLine > MAX_DEPTH) return { at, message: TOO_DEEP };
    if (count.parts > MAX_PARTS)
      return { at, message: `found more than ${MAX_PARTS} names and values, wanted a document of fewer` };
  }
  return undefined;
}

/** Tokens that stand for no text: begin of a document, a flow that ends in error, a scalar that follows (yaml 2, `cst`). */
const MARKERS: ReadonlySet<string> = new Set(["\x02", "\x18", "\x1f"]);

interface Count {
  at: number;
  parts: number;
  /** Of brackets. */
  depth: number;
  /** Lists and maps that begin in this line, one within the other. */
  inLine: number;
}

const opens = (count: Count): void => {
  count.parts++;
  count.depth++;
};
const closes = (count: Count): void => {
  count.depth--;
};
const nests = (count: Count): void => {
  count.parts++;
  count.inLine++;
};

const endsLine = (count: Count): void => {
  count.inLine = 0;
};

const COUNT: ReadonlyMap<string, (count: Count) => void> = new Map([
  ["[", opens],
  ["{", opens],
  ["]", closes],
  ["}", closes],
  ["-", nests],
  ["?", nests],
  [":", nests],
  ["\n", endsLine],
  ["\r\n", endsLine],
  [",", endsLine],
  ["\x1f", (count: Count) => void count.parts++],
]);
