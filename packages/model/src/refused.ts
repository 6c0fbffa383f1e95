/** What a schema has refused of a value, by place. */
import { suggestName } from "./suggest-name.ts";

/** Steps from the whole to a part of it. The step "*" stands for every item of a list. */
export type Path = readonly (string | number)[];

/** Places that nobody needs to look at again. */
export interface Refused {
  readonly isEmpty: boolean;
  /** Whether the schema refused what stands at `path`, or anything around it. Never throws; O(length of the path), but for "*". */
  has(path: Path): boolean;
}

/** What is known of one place. */
interface Node {
  isRefused: boolean;
  /** Names here that the schema does not know, and all the names that stand here. */
  unknown: readonly string[];
  written: object;
  readonly inner: Map<string, Node>;
}

/** An issue of zod's, before it is put into words. */
export interface Issue {
  readonly code: string;
  readonly path?: readonly PropertyKey[] | undefined;
  readonly keys?: readonly string[];
  readonly input?: unknown;
}

/** The places of a schema's issues. An unknown name refuses nothing of what stands beside it, but the absent field that it was probably meant to be. */
export function refusedBy(issues: readonly Issue[]): Refused {
  if (issues.length === 0) return { isEmpty: true, has: () => false };
  const root = createNode();
  for (const { code, path = [], keys = [], input } of issues) {
    const node = reach(root, path as Path);
    if (code !== "unrecognized_keys") node.isRefused = true;
    else Object.assign(node, { unknown: keys, written: input });
  }
  return { isEmpty: false, has: (path) => hasRefused(root, path, 0) };
}

const createNode = (): Node => ({ isRefused: false, unknown: [], written: {}, inner: new Map() });

function reach(root: Node, path: Path): Node {
  let node = root;
  for (const step of path.map(String)) {
    if (!node.inner.has(step)) node.inner.set(step, createNode());
    node = node.inner.get(step)!;
  }
  return node;
}

function hasRefused(node: Node, path: Path, depth: number): boolean {
  if (node.isRefused) return true;
  if (depth === path.length) return false;
  const step = String(path[depth]);
  if (step === "*") return [...node.inner.values()].some((item) => hasRefused(item, path, depth + 1));
  if (isMisspelled(node, step)) return true;
  const inner = node.inner.get(step);
  return inner !== undefined && hasRefused(inner, path, depth + 1);
}

const isMisspelled = ({ unknown, written }: Node, name: string): boolean =>
  !Object.hasOwn(written, name) && unknown.some((typed) => suggestName(typed, [name]) !== undefined);
