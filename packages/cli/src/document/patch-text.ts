/** Changes in a text of YAML that leave alone what has not changed, comments above all. */
import { isDeepStrictEqual } from "node:util";
import { type DocumentSpec, formatEndpoint, serviceKey } from "@tandem/model";
import { type Document, isMap, isSeq, type Node, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { withoutDefaults } from "./without-defaults.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a part of the document was and is, as it is read, and as it is written without defaults. */
interface Change {
  readonly before: unknown;
  readonly after: unknown;
  readonly short: unknown;
}

/** Which entries of a list are the same one before and after. Other lists are replaced whole. */
const KEYS: Readonly<Record<string, (entry: never, within: Fields) => string>> = {
  services: serviceKey,
  destinations: ({ address, port }: { address: string; port?: number }, { port: servicePort }) =>
    formatEndpoint(address, port ?? (servicePort as number)),
  marks: (rule) => JSON.stringify(rule),
};

/** `{ a: 1 }` rather than `{a: 1}`. */
const PADDED = /[{[] \w/;

/**
 * Change a text that says `before` so that it says `after`. Fields that stay keep their nodes, with comments and spelling; entries of `services` and
 * `destinations` keep theirs wherever they move.
 *
 * @returns the text; where aliases say a thing for several places it may say something else: read it again. Never throws for a text that can be read.
 */
export function patchText(text: string, before: DocumentSpec, after: DocumentSpec): string {
  const yaml = parseDocument(text, { logLevel: "silent" });
  if (!isMap(yaml.contents)) return text;
  patchMap(yaml, yaml.contents, { before, after, short: withoutDefaults(after) });
  return yaml.toString({ lineWidth: 0, flowCollectionPadding: PADDED.test(text) });
}

function patchMap(yaml: Document, map: YAMLMap, { before, after, short }: Change): void {
  const [was, is, written] = [before as Fields, after as Fields, short as Fields];
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const change = { before: was[name], after: is[name], short: written[name] };
    if (isDeepStrictEqual(change.before, change.after)) continue;
    const node = map.get(name, true);
    const key = KEYS[name];
    if (change.short === undefined) map.delete(name);
    else if (isMap(node) && isFields(change.before)) patchMap(yaml, node, change);
    else if (isSeq(node) && key) patchList(yaml, node, { ...change, key: key as Key, was, is });
    else map.set(name, isFields(change.short) ? yaml.createNode(change.short) : change.short);
  }
}

type Key = (entry: unknown, within: Fields) => string;

interface ListChange extends Change {
  readonly key: Key;
  /** What the list belongs to, before and after. */
  readonly was: Fields;
  readonly is: Fields;
}

function patchList(yaml: Document, list: YAMLSeq, change: ListChange): void {
  const [before, after, short] = [change.before, change.after, change.short] as [
    unknown[],
    unknown[],
    unknown[],
  ];
  const known = new Map(before.map((entry, i) => [change.key(entry, change.was), i]));
  list.items = after.map((entry, i) => {
    const at = known.get(change.key(entry, change.is));
    const node = at === undefined ? undefined : (list.items[at] as Node);
    if (node === undefined) return yaml.createNode(short[i]);
    if (isDeepStrictEqual(before[at!], entry)) return node;
    if (!isMap(node)) return yaml.createNode(short[i]);
    patchMap(yaml, node, { before: before[at!], after: entry, short: short[i] });
    return node;
  });
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
