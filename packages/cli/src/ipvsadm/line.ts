/** A line whose options have been read. */
import type { Given } from "./given.ts";
import type { Slot } from "./options.ts";
import type { Words } from "./words.ts";

/** Its words, what its options say, and which of them stand there. */
export interface Line {
  readonly words: Words;
  readonly given: Given;
  readonly slots: ReadonlySet<Slot>;
}
