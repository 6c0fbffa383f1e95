/** What the schema objects to, in the operator's words: what was found and what was wanted. */
import type { z } from "zod";
import type { Path } from "./document-path.ts";
import { knownFields } from "./known-fields.ts";
import { suggestName } from "./suggest-name.ts";

type Issue = z.core.$ZodIssue;

/** A mistake, and where it is. */
export interface Objection {
  readonly path: Path;
  /** The mistake is the name of the field, not its value. */
  readonly isAboutKey: boolean;
  readonly message: string;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of fields",
};

/** What is wanted where the schema does not say it itself; given to zod as its error map. */
export function wantedBy(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `wanted ${TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `wanted ${oneOf(issue.values)}`;
    case "invalid_union":
      return "options" in issue ? `wanted ${oneOf(issue.options as string[])}` : undefined;
    default:
      return undefined;
  }
}

/** Say one issue in words; an issue about several unknown fields becomes several. Never throws. */
export function describeIssue(schema: z.ZodType, value: unknown, issue: Issue): readonly Objection[] {
  const path = issue.path as Path;
  const found = valueAt(value, path);
  if (issue.code !== "unrecognized_keys") {
    const isWant = issue.message.startsWith("wanted ");
    const message = isWant ? `${describeFound(found, path)}, ${issue.message}` : issue.message;
    return [{ path, isAboutKey: false, message }];
  }
  const fields = knownFields(schema, path, found);
  return issue.keys.map((key) => ({
    path: [...path, key],
    isAboutKey: true,
    message: describeUnknown(key, fields),
  }));
}

function describeUnknown(key: string, fields: readonly string[]): string {
  const meant = suggestName(key, fields);
  return meant === undefined
    ? `unknown field, wanted one of ${fields.join(", ")}`
    : `unknown field, did you mean "${meant}"?`;
}

/** Longest piece of a value that is repeated in a message. */
const MAX_SHOWN = 60;

function describeFound(found: unknown, path: Path): string {
  if (found === undefined) return "missing";
  if (found === null) return path.length === 0 ? "the file is empty" : "found nothing";
  if (Array.isArray(found)) return "found a list";
  if (typeof found === "object") return "found a map of fields";
  const text = typeof found === "string" ? JSON.stringify(found) : String(found);
  return `found ${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      Object.hasOwn(Object(inner), step) ? (inner as Record<string, unknown>)[step] : undefined,
    value,
  );
}

function oneOf(values: readonly unknown[]): string {
  const quoted = values.map((v) => (typeof v === "string" ? `"${v}"` : String(v)));
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
