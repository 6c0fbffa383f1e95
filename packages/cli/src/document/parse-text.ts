/** Texts that operators write: checked against a schema and refused whole, with every mistake at its place. */
import { type DocumentProblem, describeIssue, formatPath, LbError, type Path, wantedBy } from "@tandem/model";
import type { z } from "zod";
import { type ParsedText, parseYaml } from "./parse-yaml.ts";

/**
 * Check a text against a schema.
 *
 * @param text   YAML or JSON
 * @param source name of the file, for messages
 * @throws LbError `invalid_document` with all problems, by place
 */
export function parseText<T extends z.ZodType>(text: string, source: string, schema: T): z.output<T> {
  const parsed = parseYaml(text);
  const problems: DocumentProblem[] = parsed.problems.map((p) => ({ ...p, path: "" }));
  const result = parsed.value === undefined ? undefined : schema.safeParse(parsed.value, { error: wantedBy });
  const issues = result?.error?.issues ?? [];
  for (const issue of issues.slice(0, MAX_PROBLEMS)) problems.push(...problemsOf(schema, parsed, issue));
  if (problems.length === 0 && result?.success) return result.data;
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  throw new LbError({ code: "invalid_document", source, problems: firstOf(problems, issues.length) });
}

/** More than anybody reads at a time. */
const MAX_PROBLEMS = 100;

function firstOf(problems: readonly DocumentProblem[], issues: number): readonly DocumentProblem[] {
  const more = Math.max(problems.length, issues) - MAX_PROBLEMS;
  if (more <= 0) return problems;
  const rest = { line: 0, column: 0, path: "", message: `and at least ${more} more mistakes` };
  return [...problems.slice(0, MAX_PROBLEMS), rest];
}

/** The same problems, each at the place of its path in a text that can be read. */
export function locateProblems(text: string, problems: readonly DocumentProblem[]): DocumentProblem[] {
  const { locate } = parseYaml(text);
  return problems.map((problem) => ({ ...problem, ...locate(parsePath(problem.path)) }));
}

/** Steps of what `formatPath` writes. */
function parsePath(path: string): Path {
  const steps = path.match(/\w+|"(\\.|[^"])*"/g) ?? [];
  return steps.map((step) => (/^(\d|")/.test(step) ? JSON.parse(step) : step));
}

function problemsOf(schema: z.ZodType, parsed: ParsedText, issue: z.core.$ZodIssue): DocumentProblem[] {
  return describeIssue(schema, parsed.value, withFirstKeys(issue)).map(({ path, isAboutKey, message }) => ({
    ...(isAboutKey ? parsed.locateKey(path) : parsed.locate(path)),
    path: formatPath(path),
    message,
  }));
}

/** Of very many unknown fields the first ones: each would be looked for, and compared with all names that there are. */
const withFirstKeys = (issue: z.core.$ZodIssue): z.core.$ZodIssue =>
  issue.code === "unrecognized_keys" ? { ...issue, keys: issue.keys.slice(0, MAX_PROBLEMS + 1) } : issue;
