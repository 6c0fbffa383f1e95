/** Changes of the document: on what terms, and what became of them. */

/** Who changes the document, and on what terms. */
export interface DocumentTerms {
  /** Only if the document is at this revision. */
  expectedRevision?: number;
  author: string;
  /** Why, for the history. */
  reason?: string;
}

/** What became of a change of the document. */
export interface Applied {
  revision: number;
  changed: boolean;
  warnings: string[];
}

/** What to quiesce, or to bring back. */
export interface DrainRequest {
  /** Address, or address:port. */
  destination: string;
  service?: string;
  undo: boolean;
  author: string;
}
