/** Rules across fields: which fields each reads, and that it keeps silent where one of them has been refused already. */
import { familyOf } from "./address.ts";
import { addressKind } from "./address-kind.ts";
import type { Path, Refused } from "./refused.ts";

/** Tells where something is wrong, and what. */
export type Refuse = (path: Path, message: string) => void;

type Field<T> = keyof T & string;
/** Name of a field of `T`, or of one further in, such as "persistence.prefix" or "destinations.*.method". */
type FieldWithin<T> = Field<T> | `${Field<T>}.${string}`;
type Head<F> = F extends `${infer H}.${string}` ? H : F;

/** What is wrong, if anything. */
export type Problem = string | false | undefined;

/** One rule across the fields of a `T`. */
export interface Rule<T> {
  /** The field that is wrong if the rule is broken. */
  readonly at: FieldWithin<T>;
  /** What else the rule looks at. */
  readonly reads: readonly FieldWithin<T>[];
  problem(value: T): Problem;
}

/** Makes rules of a `T` that can look at nothing but what they name. */
export function rulesOf<T>() {
  return <const A extends FieldWithin<T>, const R extends FieldWithin<T> = never>(
    at: A,
    reads: readonly R[],
    problem: (value: Pick<T, Head<A | R> & keyof T>) => Problem,
  ): Rule<T> => ({ at, reads, problem });
}

/** Where the fields of a `T` stand in the document: path of the field of that name; without one, that of the `T` itself. */
export type Whereabouts = (name?: string) => Path;

/** The fields of what stands at `path`. */
export const within =
  (path: Path): Whereabouts =>
  (name) =>
    name === undefined ? path : [...path, name];

/** What is wrong with a document, as it comes to light. */
export interface Findings {
  /** Whether the schema has refused neither this field nor anything around it. */
  isSound(field: string, where: Whereabouts): boolean;
  /** Say what is wrong at a place; what is said there first is heard alone. */
  refuse: Refuse;
}

/** Findings on top of what a schema has `refused`. */
export function createFindings(refused: Refused, refuse: Refuse): Findings {
  const heard = new Set<string>();
  return {
    isSound: (field, where) => refused.isEmpty || !refused.has(pathOf(field, where)),
    refuse(path, message) {
      const place = path.join(".");
      if (heard.has(place)) return;
      heard.add(place);
      refuse(path, message);
    },
  };
}

/** Ask all rules of which no field has been refused. */
export function askRules<T>(rules: readonly Rule<T>[], value: T, { where, findings }: Asked): void {
  for (const { at, reads, problem } of rules) {
    if (![at, ...reads].every((field) => findings.isSound(field, where))) continue;
    const message = problem(value);
    if (message) findings.refuse(pathOf(at, where), message);
  }
}

/** Where rules are asked, and who is told. */
export interface Asked {
  readonly where: Whereabouts;
  readonly findings: Findings;
}

function pathOf(field: string, where: Whereabouts): Path {
  const [name, ...inner] = field.split(".");
  return [...where(name), ...inner];
}

/** What is wrong with an address that a host is to be reached by, if it is no loopback's or `ofLoopback` says what is wrong with that; undefined if nothing is. */
export function hostProblem(address: string, ofLoopback?: string): string | undefined {
  const kind = addressKind(address);
  if (kind === "ordinary") return undefined;
  if (kind === "loopback") return ofLoopback && `"${address}" is ${ofLoopback}`;
  return `"${address}" is ${kind}, wanted the address of one host${HINTS[kind] ?? ""}`;
}

const HINTS: Readonly<Record<string, string>> = {
  "IPv4-mapped": ": the IPv4 address itself",
  "link-local": " that is the same on every interface",
};

/** What is wrong with the family of `text`; undefined if it is the service's own. */
export function familyProblem(text: string, service: { address: string }, or = ""): string | undefined {
  const [found, own] = [familyOf(text), familyOf(service.address)];
  return found === own ? undefined : `"${text}" is IPv${found}, wanted IPv${own} as the service${or}`;
}
