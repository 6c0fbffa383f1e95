/** What went wrong, as data. The text is made from it in one place, so that callers branch on `code` and never on words. */
export type LbFailure =
  | { code: "not_found"; what: string; key: string }
  | { code: "already_exists"; what: string; key: string }
  | { code: "invalid_argument"; doing: string; field: string; got: string; want: string }
  | { code: "invalid_document"; source: string; problems: readonly DocumentProblem[] }
  | { code: "stale_revision"; have: number; current: number }
  | { code: "unsupported"; missing: readonly MissingFeature[] }
  | { code: "refused"; doing: string; why: string; want: string }
  | { code: "forbidden"; doing: string; who: string; want: string }
  | { code: "unavailable"; what: string; why: string };

/** One mistake in a document. `line` and `column` count from 1; 0 means that the place is unknown. */
export interface DocumentProblem {
  readonly line: number;
  readonly column: number;
  /** Path of the field, such as `services[0].port`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
  /** The file, if it is another one than the failure's. */
  readonly source?: string;
}

/** Something that the machine lacks, probed once at start and printed by `tandem doctor`. */
export interface MissingFeature {
  readonly name: string;
  readonly needs: string;
  readonly found: string;
  /** What the operator can do about it. */
  readonly fix: string;
}

/** The one error class that crosses a package border. Branch on `failure.code`, not on text. */
export class LbError extends Error {
  override readonly name = "LbError";
  readonly failure: LbFailure;
  constructor(failure: LbFailure, options?: ErrorOptions) {
    super(describeFailure(failure), options);
    this.failure = failure;
  }
}

/** Say a failure in words: "Cannot do what: current, wanted wanted". One line, but for documents: one line per problem. Never throws. */
export function describeFailure(f: LbFailure): string {
  switch (f.code) {
    case "not_found":
      return `Cannot find ${f.what} "${f.key}"`;
    case "already_exists":
      return `Cannot add ${f.what} "${f.key}": it exists already`;
    case "invalid_argument":
      return `Cannot ${f.doing}: ${f.field} is ${f.got}, wanted ${f.want}`;
    case "invalid_document":
      return f.problems.map((p) => describeProblem(f.source, p)).join("\n");
    case "stale_revision":
      return `Cannot change the document: it is at revision ${f.current}, wanted ${f.have}`;
    case "unsupported":
      return f.missing
        .map((m) => `Cannot run here: ${m.name} is ${m.found}, wanted ${m.needs}; ${m.fix}`)
        .join("\n");
    case "refused":
      return `Cannot ${f.doing}: ${f.why}, wanted ${f.want}`;
    case "forbidden":
      return `Cannot ${f.doing}: ${f.who}, wanted ${f.want}`;
    case "unavailable":
      return `Cannot reach ${f.what}: ${f.why}`;
  }
}

function describeProblem(source: string, p: DocumentProblem): string {
  const field = p.path === "" ? "" : `${p.path}: `;
  const file = p.source ?? source;
  const place = p.line === 0 ? file : `${file}:${p.line}:${p.column}`;
  return `${place}: ${field}${p.message}`;
}
