/** Single fields of a document: read by their path, set to what is typed. Pure. */
import { DocumentSpec, knownFields, LbError, type Path, suggestName } from "@tandem/model";
import { parse } from "yaml";
import type { DocumentPart } from "./document-part.ts";
import { parseText } from "./parse-text.ts";
import { withoutDefaults } from "./without-defaults.ts";

/** `weight=5`, `check.interval=2`. */
export interface Assignment {
  readonly field: string;
  /** As it was typed; empty: the field is to be taken away. */
  readonly value: string;
}

/** @throws LbError invalid_argument */
export function readAssignment(word: string): Assignment {
  const [, field, value] = /^([A-Za-z][\w.]*)=(.*)$/s.exec(word) ?? [];
  if (field !== undefined) return { field, value: value! };
  const want = 'field=value, such as "weight=5" or "check.interval=2"';
  throw new LbError({ code: "invalid_argument", doing: "set", field: "the change", got: `"${word}"`, want });
}

/**
 * The document with fields of one part set.
 *
 * @throws LbError invalid_document, every mistake by its field in the part
 */
export function setFields(
  spec: DocumentSpec,
  part: DocumentPart,
  assignments: readonly Assignment[],
): DocumentSpec {
  const isProfile = part.path.join() === "settings" && assignments.some(({ field }) => field === "profile");
  const edited = structuredClone(isProfile ? withoutDefaults(spec) : spec); // another profile has other defaults
  // what ipvsadm was asked for is over when somebody asks for something else
  if (assignments.some(({ field }) => field === "method")) setAt(edited, [...part.path, "listedAs"], "");
  for (const { field, value } of assignments) setAt(edited, [...part.path, ...field.split(".")], value);
  return checked(edited, part);
}

function setAt(root: object, path: Path, text: string): void {
  let fields = root as Record<string, unknown>;
  for (const step of path.slice(0, -1)) {
    const inner = valueAt(fields, [step]);
    if (typeof inner !== "object" || inner === null) fields[step] = {};
    fields = fields[step] as Record<string, unknown>;
  }
  const name = String(path.at(-1));
  if (text === "") delete fields[name];
  else fields[name] = readValue(text, fields[name]);
}

/** As YAML has it; a list may be typed with commas alone. */
function readValue(text: string, before: unknown): unknown {
  const value = parsed(text);
  const isList = Array.isArray(before) && !Array.isArray(value);
  return isList ? text.split(",").map((item) => parsed(item.trim())) : value;
}

function parsed(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent" });
  } catch {
    return text;
  }
}

function checked(edited: object, part: DocumentPart): DocumentSpec {
  try {
    return parseText(JSON.stringify(edited), part.name, DocumentSpec);
  } catch (error) {
    if (!(error instanceof LbError) || error.failure.code !== "invalid_document") throw error;
    const prefix = pathText(part.path);
    const problems = error.failure.problems.map((problem) => {
      const isInside = problem.path.startsWith(`${prefix}.`);
      const path = isInside ? problem.path.slice(prefix.length + 1) : problem.path;
      return { ...problem, path, line: 0, column: 0 };
    });
    throw new LbError({ ...error.failure, problems }, { cause: error });
  }
}

/** `services[0].destinations[1]`. */
const pathText = (path: Path): string =>
  path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .slice(1);

/**
 * The value of a field of a part, or without a field the part itself.
 *
 * @returns undefined if it is not set and has no default
 * @throws LbError invalid_argument, with the name that may have been meant
 */
export function readField(spec: DocumentSpec, part: DocumentPart, field: string | undefined): unknown {
  const steps = field === undefined ? [] : field.split(".");
  let value = valueAt(spec, part.path);
  let path = part.path;
  for (const step of steps) {
    const known = knownFields(DocumentSpec, path, value);
    if (!known.includes(step)) throw unknownField(field!, step, known);
    value = valueAt(value, [step]);
    path = [...path, step];
  }
  return value;
}

function unknownField(field: string, step: string, known: readonly string[]): LbError {
  const meant = suggestName(step, known);
  const want = meant === undefined ? `one of ${known.join(", ")}` : `perhaps "${meant}"`;
  return new LbError({
    code: "invalid_argument",
    doing: "get this",
    field: "the field",
    got: `"${field}"`,
    want: known.length === 0 ? "one that has fields" : want,
  });
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      Object.hasOwn(Object(inner), step) ? (inner as Record<string | number, unknown>)[step] : undefined,
    value,
  );
