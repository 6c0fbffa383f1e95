/**
 * The configuration document, model ⇄ protobuf. Messages have the fields of the document's own schemas, which check what comes off the wire and
 * fill in defaults: a new field needs a line in the proto and none here.
 */
import {
  type Document,
  type DocumentProblem,
  DocumentSchema,
  DocumentSpec,
  describeIssue,
  formatPath,
  LbError,
  specOf,
  wantedBy,
} from "@tandem/model";
import type { ApplyDocumentRequest as WrittenSpec } from "../../proto/generated/tandem/v1/ApplyDocumentRequest.ts";
import type {
  Document__Output as ReadDocument,
  Document as WrittenDocument,
} from "../../proto/generated/tandem/v1/Document.ts";

/** The message that carries a document. Never throws. */
export function encodeDocument(d: Document): WrittenDocument {
  return message(d);
}

/** The document in a message. Throws `LbError` (unavailable) if the daemon is of a version that says what this one does not know. */
export function decodeDocument(message: ReadDocument): Document {
  const document = given(message);
  const read = DocumentSchema.safeParse(document, { error: wantedBy });
  if (read.success) return read.data;
  const [first] = problemsOf(DocumentSchema, document, read.error.issues);
  const why = `its document is not understood: ${first?.path}: ${first?.message}`;
  throw new LbError({ code: "unavailable", what: "the daemon", why });
}

/** The document in a backup. Throws `LbError` (invalid_document) with every mistake in it. */
export function decodeBackup(message: ReadDocument): Document {
  const document = given(message);
  const read = DocumentSchema.safeParse(document, { error: wantedBy });
  const spec = DocumentSpec.safeParse(read.success ? specOf(read.data) : document, { error: wantedBy });
  const issues = read.success ? spec.error?.issues : read.error.issues;
  if (read.success && !issues) return read.data;
  const problems = problemsOf(DocumentSchema, document, issues ?? []);
  throw new LbError({ code: "invalid_document", source: "backup", problems });
}

/** The message that asks for a document. Never throws. */
export function encodeSpec(spec: DocumentSpec): WrittenSpec {
  return message(spec);
}

/** The document that a message asks for. Throws `LbError` (invalid_document) with every mistake in it. */
export function decodeSpec({
  version,
  settings,
  marks,
  services,
}: Pick<ReadDocument, keyof DocumentSpec>): DocumentSpec {
  const document = given({ version, settings, marks, services });
  const read = DocumentSpec.safeParse(document, { error: wantedBy });
  if (read.success) return read.data;
  const problems = problemsOf(DocumentSpec, document, read.error.issues);
  throw new LbError({ code: "invalid_document", source: "document", problems });
}

/** A message's type for a value: lists may be written, and what is undefined is not there (protobufjs leaves it out). */
type Message<T> = T extends readonly (infer Item)[]
  ? Message<Item>[]
  : T extends object
    ? { [K in keyof T]: Message<Exclude<T[K], undefined>> }
    : T;

const message = <T>(value: T) => value as Message<T>;

/** Lists and maps that the document does not have empty: a message cannot leave them out. */
const NEVER_EMPTY: ReadonlySet<string> = new Set([
  "sourceAddresses",
  "unusedFlags",
  "status",
  "tcp",
  "udp",
  "sctp",
]);

/** What a message says, without the fields that it leaves out. */
function given(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(given);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name, v]) => v !== null && !(NEVER_EMPTY.has(name) && Object.keys(v).length === 0),
  );
  return Object.fromEntries(entries.map(([name, v]) => [name, given(v)]));
}

type Objecting = Parameters<typeof describeIssue>;

/** What the schema objects to in what a message says, in the words of a file's mistakes. */
function problemsOf(
  schema: Objecting[0],
  value: unknown,
  issues: readonly Objecting[2][],
): DocumentProblem[] {
  return issues
    .flatMap((issue) => describeIssue(schema, value, issue))
    .map(({ path, message }) => ({ line: 0, column: 0, path: formatPath(path), message }));
}
