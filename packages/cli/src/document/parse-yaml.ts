/** Text to values, with the place of each value kept. YAML 1.2, of which JSON is a part. */
import type { Path } from "@tandem/model";
import type { YAMLError, Document as YamlDocument } from "yaml";
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { findExcess, TOO_DEEP } from "./yaml-excess.ts";

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A text as a value, with the places that it came from. */
export interface ParsedText {
  /** Undefined if the text is no YAML: then there are problems. */
  readonly value: unknown;
  readonly problems: readonly (Place & { readonly message: string })[];
  /** Place of the value at `path`, or of the nearest one around it that exists. */
  locate(path: Path): Place;
  /** Place of the last name in `path` itself, not of what it holds. */
  locateKey(path: Path): Place;
}

/** One mistake in YAML makes the parser see many: only the first few help. */
const MAX_SYNTAX_PROBLEMS = 5;
/** How often aliases may repeat what they stand for, altogether: enough for people, not for a billion laughs. */
const MAX_ALIASES = 100;
/** How many anchors and aliases there may be: each alias is looked for among all of them. */
const MAX_MARKS = 5000;

/** Read YAML or JSON. Never throws, and takes neither time nor memory without bounds. */
export function parseYaml(text: string): ParsedText {
  const excess = findExcess(text);
  const lines = new LineCounter();
  const document = parseDocument(excess ? "" : text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false, // compares each with each: repeatedKeys does it in one go
    logLevel: "error",
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const isReadable = document.errors.length === 0 && !excess;
  const faults = isReadable ? document.warnings : firstOf(document.errors);
  const problems = faults.map((e) => ({ ...placeAt(e.pos[0]), message: describeFault(e) }));
  if (excess) problems.push({ ...placeIn(text, excess.at), message: excess.message });
  const expanded = isReadable ? expand(document) : { value: undefined };
  if (expanded.fault) problems.push({ ...placeAt(expanded.fault.at), message: expanded.fault.message });
  for (const { at, name } of isReadable ? repeatedKeys(document) : [])
    problems.push({ ...placeAt(at), message: `field "${name}" stands here twice, wanted once` });
  return {
    value: expanded.value,
    problems,
    locate: (path) => placeAt(startOf(walk(document, path).node)),
    locateKey: (path) => placeAt(startOf(walk(document, path).key)),
  };
}

interface Expanded {
  readonly value: unknown;
  readonly fault?: { readonly at: number; readonly message: string };
}

/** Names that a map has had before, with their places. */
function repeatedKeys(document: YamlDocument): { readonly at: number; readonly name: string }[] {
  const repeated: { at: number; name: string }[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) repeated.push({ at: startOf(key), name });
        seen.add(name);
      }
    },
  });
  return repeated;
}

/** Put in what aliases stand for. */
function expand(document: YamlDocument): Expanded {
  let firstAlias = 0;
  let fault: Expanded["fault"];
  const anchors = new Set<string>();
  let marks = 0;
  visit(document, {
    Value(_, node) {
      if (!node.anchor) return;
      anchors.add(node.anchor);
      marks++;
    },
    Alias(_, alias) {
      firstAlias ||= startOf(alias);
      marks++;
      if (anchors.has(alias.source)) return;
      fault = {
        at: startOf(alias),
        message: `"*${alias.source}" stands for nothing, wanted "&${alias.source}" above it`,
      };
      return visit.BREAK;
    },
  });
  if (fault) return { value: undefined, fault };
  if (marks > MAX_MARKS) {
    const message = `found ${marks} anchors and aliases, wanted at most ${MAX_MARKS}`;
    return { value: undefined, fault: { at: firstAlias, message } };
  }
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch {
    const message = `aliases repeat too much, wanted at most ${MAX_ALIASES} repetitions`;
    return { value: undefined, fault: { at: firstAlias, message } };
  }
}

/** The errors that tell something: one a place, the first few; nesting that is too deep alone. */
function firstOf<E extends YAMLError>(errors: readonly E[]): readonly E[] {
  const tooDeep = errors.find((e) => e.code === "RESOURCE_EXHAUSTION");
  if (tooDeep) return [tooDeep];
  const places = new Set<number>();
  const first: E[] = [];
  for (const e of errors) {
    if (places.has(e.pos[0])) continue;
    places.add(e.pos[0]);
    first.push(e);
    if (first.length === MAX_SYNTAX_PROBLEMS) break;
  }
  return first;
}

/** Words for mistakes that people make often; the parser's own words for the others. */
const FAULTS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "a second document begins here, wanted one",
  TAG_RESOLVE_FAILED: "unknown tag, wanted a plain value",
  NON_STRING_KEY: "found a field whose name is no text",
  TAB_AS_INDENT: "found a tab, wanted spaces before a field",
  RESOURCE_EXHAUSTION: TOO_DEEP,
};

const describeFault = (error: YAMLError): string =>
  FAULTS[error.code] ?? `no valid YAML: ${error.message.slice(0, MAX_WORDS)}`;

/** Characters of the parser's own words that are repeated: it may quote all that it was given. */
const MAX_WORDS = 200;

/** The node at `path`, or the last one on the way to it, and the key that led to it. */
function walk(document: YamlDocument, path: Path): { node: Node | null; key: Node | null } {
  let node: Node | null = document.contents;
  let key = node;
  for (const step of path) {
    const inner = isAlias(node) ? (node.resolve(document) ?? null) : node;
    const next = childOf(inner, step);
    if (!next) break;
    key = next.key;
    node = next.node;
  }
  return { node, key };
}

function childOf(node: Node | null, step: string | number): { node: Node; key: Node } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(step));
    if (pair && isNode(pair.key)) return { key: pair.key, node: isNode(pair.value) ? pair.value : pair.key };
  }
  const item = isSeq(node) ? node.items[Number(step)] : undefined;
  return isNode(item) ? { key: item, node: item } : undefined;
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

/** For texts that were not read. */
function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
