/** Where the cluster's configuration document lives, as a port. Implementations: over a bucket (NATS, memory) and a file. */
import type { Document } from "@tandem/model";

/** Longest text of an operator's that is kept beside the document: about ten thousand destinations. */
export const MAX_TEXT_BYTES = 1024 * 1024;

/** A text in parts. */
export interface TextReference {
  /** SHA-256 of the text, 64 hexadecimal digits. */
  readonly hash: string;
  /** SHA-256 of each part of the text, in order. */
  readonly parts: readonly string[];
}

/** The signed description of one revision. Its signature covers the document, through `hash`. */
export interface ConfigHead {
  /** The document's revision, 1 or more. */
  readonly revision: number;
  /** `hash` of the document it replaced; empty for the first. */
  readonly parent: string;
  /** SHA-256 of the document's text, 64 hexadecimal digits. */
  readonly hash: string;
  /** SHA-256 of each part of the text, in order. */
  readonly parts: readonly string[];
  readonly author: string;
  /** Wall clock of the author's node, milliseconds since 1970: for people, decides nothing. */
  readonly timeMs: number;
  /** Why it was made, in its author's words. */
  readonly reason?: string;
  /** What it changed, in a few words; absent of what versions without a history wrote. */
  readonly summary?: string;
  /** What an operator applied last, as he wrote it. */
  readonly text?: TextReference;
}

/** A document that was authenticated. */
export interface StoredDocument {
  readonly head: ConfigHead;
  /** The text that `head.hash` is of. */
  readonly body: string;
  readonly document: Document;
  /** What an operator applied last, with its comments; the document may have changed since. Absent: nobody did, or it is lost. */
  readonly text?: string;
}

/**
 * Why something that is there was not accepted: signed with another key or changed since (`forged`), not of a form that we read
 * (`malformed`), or with parts missing or damaged (`incomplete`).
 */
export type ConfigRefusal = "forged" | "malformed" | "incomplete";

/** What a look into the store gave. */
export type ConfigReading =
  | { readonly kind: "document"; readonly stored: StoredDocument }
  | { readonly kind: "empty" }
  | { readonly kind: "refused"; readonly refusal: ConfigRefusal; readonly why: string }
  | { readonly kind: "unavailable"; readonly why: string };

/** What became of a proposal. */
export type ProposeOutcome =
  | { readonly kind: "committed"; readonly stored: StoredDocument }
  /** The store is at `revision` (0: empty), not at the one expected. Nothing was written. */
  | { readonly kind: "stale"; readonly revision: number }
  | Extract<ConfigReading, { kind: "refused" | "unavailable" }>;

/** A document to replace another. */
export interface ConfigProposal {
  /** Its revision is above `expectedRevision`. */
  readonly document: Document;
  /** The revision that it replaces: 0 for an empty store. */
  readonly expectedRevision: number;
  readonly author: string;
  /** As in `ConfigHead`. */
  readonly reason?: string;
  readonly summary?: string;
  /** As in `StoredDocument`. */
  readonly text?: string;
}

/** The revisions that are kept: their heads, newest first, the current one included. */
export type ConfigHistory =
  | { readonly kind: "history"; readonly heads: readonly ConfigHead[] }
  | Extract<ConfigReading, { kind: "refused" | "unavailable" }>;

/** Where a cluster keeps its document, as a port. */
export interface ConfigStore {
  /** Look now. Never rejects. */
  read(): Promise<ConfigReading>;
  /** The newest revisions, at most `limit`. Never rejects. */
  history(limit: number): Promise<ConfigHistory>;
  /** One revision; `empty` if it is not kept. Never rejects. */
  revision(revision: number): Promise<ConfigReading>;
  /** Replace the document if the store is at the expected revision. Never rejects; `unavailable` means that it may have been written. */
  propose(proposal: ConfigProposal): Promise<ProposeOutcome>;
  /** Tell what is there: once soon, after each change, and again now and then. @returns a function that ends it. */
  watch(see: (reading: ConfigReading) => void): () => void;
}
