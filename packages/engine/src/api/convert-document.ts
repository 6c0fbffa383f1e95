/** The configuration document, model ⇄ protobuf. What comes off the wire is checked by the model's own schemas, which also fill in defaults. */
import {
  type CheckSpec,
  type Document,
  DocumentSchema,
  DocumentSpec,
  LbError,
  type ServiceRecord,
  type ServiceSpec,
} from "@tandem/model";
import type {
  Check__Output as ReadCheck,
  Check as WrittenCheck,
} from "../../proto/generated/tandem/v1/Check.ts";
import type {
  Document__Output as ReadDocument,
  Document as WrittenDocument,
} from "../../proto/generated/tandem/v1/Document.ts";
import type {
  Service__Output as ReadService,
  Service as WrittenService,
} from "../../proto/generated/tandem/v1/Service.ts";

/** The message that carries a document. Never throws. */
export function encodeDocument(d: Document): WrittenDocument {
  return { ...d, retired: { ...d.retired }, services: d.services.map(encodeServiceSpec) };
}

/** The document in a message. Throws `LbError` (unavailable) if the daemon is of a version that says what this one does not know. */
export function decodeDocument(message: ReadDocument): Document {
  const read = DocumentSchema.safeParse({ ...message, services: message.services.map(plainService) });
  if (read.success) return read.data;
  const [first] = problemsOf(read.error.issues);
  const why = `its document is not understood: ${first?.path}: ${first?.message}`;
  throw new LbError({ code: "unavailable", what: "the daemon", why });
}

/** The message that asks for a document. Never throws. */
export function encodeSpec(spec: DocumentSpec): { version: number; services: WrittenService[] } {
  return { version: spec.version, services: spec.services.map(encodeServiceSpec) };
}

/** The document that a message asks for. Throws `LbError` (invalid_document) with every mistake in it. */
export function decodeSpec(message: { version: number; services: readonly ReadService[] }): DocumentSpec {
  const services = message.services.map(plainService);
  const read = DocumentSpec.safeParse({ version: message.version, services });
  if (read.success) return read.data;
  throw new LbError({
    code: "invalid_document",
    source: "document",
    problems: problemsOf(read.error.issues),
  });
}

function encodeServiceSpec({ check, ...same }: ServiceSpec | ServiceRecord): WrittenService {
  return {
    ...same,
    check: check ? encodeCheck(check) : null,
    destinations: same.destinations.map(given),
  };
}

function encodeCheck(check: CheckSpec): WrittenCheck {
  if (check.type === "tcp") {
    const { type: _, ...probe } = check;
    return { ...given(probe), tcp: {} };
  }
  const { type: _, path, host, status, ...probe } = check;
  return { ...given(probe), http: given({ path, host, status }) };
}

/** The same without keys that are there but undefined. */
function given<T extends object>(value: T) {
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** As the schemas of the model want it. */
function plainService({ check, ...same }: ReadService): object {
  return check ? { ...same, check: plainCheck(check) } : same;
}

function plainCheck({ tcp, http, ...probe }: ReadCheck): object {
  if (tcp) return { type: "tcp", ...probe };
  if (!http) return probe;
  const { status, ...same } = http;
  return { type: "http", ...probe, ...same, ...(status.length > 0 && { status }) };
}

function problemsOf(issues: readonly { path: PropertyKey[]; message: string }[]) {
  return issues.map(({ path, message }) => ({ line: 0, column: 0, path: formatPath(path), message }));
}

/** `services[0].port`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      text + (typeof key === "number" ? `[${key}]` : text === "" ? String(key) : `.${String(key)}`),
    "",
  );
}
