/** A document as text that an operator would have written: his own words and comments, wherever they still hold. */
import { isDeepStrictEqual } from "node:util";
import { type DocumentSpec, LbError } from "@tandem/model";
import { stringify } from "yaml";
import { loadDocument } from "./load-document.ts";
import { patchText } from "./patch-text.ts";
import { withoutDefaults } from "./without-defaults.ts";

/** First line of what `tandem document` prints: it would be wrong after the next change. */
const REVISION_LINE = /^# revision \d+\n/;

/** An operator's text as it is kept beside the document. */
export const keptText = (text: string): string => text.replace(REVISION_LINE, "");

/**
 * The text of a document.
 *
 * @param written what an operator wrote of it or of an earlier one; it comes back as it is if it still says the same, else with what has changed changed in it
 * @returns YAML, or JSON if `written` is. Without `written`, or where that cannot be read any more: YAML without comments and defaults. Never throws.
 */
export function documentText(spec: DocumentSpec, written?: string): string {
  const before = written === undefined ? undefined : readOrNot(written);
  if (!before) return plainText(spec);
  if (isDeepStrictEqual(before, spec)) return written!;
  if (isJson(written!)) return `${JSON.stringify(withoutDefaults(spec), null, 2)}\n`;
  const patched = patchText(written!, before, spec);
  return isDeepStrictEqual(readOrNot(patched), spec) ? patched : plainText(spec);
}

/** YAML without comments and defaults. */
export const plainText = (spec: DocumentSpec): string => stringify(withoutDefaults(spec));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readOrNot(text: string): DocumentSpec | undefined {
  try {
    return loadDocument(text, "");
  } catch (error) {
    if (error instanceof LbError) return undefined;
    throw error;
  }
}
