/** Revisions, newest first. */
export interface RevisionList {
  revisions: RevisionStatus[];
  /** Why there may be more; empty: these are all that are kept. */
  incomplete: string;
}

/** A revision of the document that can be gone back to. */
export interface RevisionStatus {
  revision: number;
  author: string;
  /** Milliseconds since 1970, by its author's node; for people. */
  timeMs: number;
  /** Why it was made, in its author's words, and what it changed; may be empty. */
  reason: string;
  summary: string;
  /** SHA-256 of the document, hexadecimal. */
  hash: string;
  /** This node runs it. */
  running: boolean;
}
