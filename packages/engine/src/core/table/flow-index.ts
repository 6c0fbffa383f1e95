/**
 * The daemon's own index of the flows: a chained hash over typed arrays, two nodes per record (input and output). Keys are not stored: the
 * record's tuple is compared.
 */
import { FLOW_KEY } from "../layout.ts";
import { copyKey, matchesKey, type RecordArray } from "../record.ts";
import { hashWords } from "../word-map.ts";

/** A node names a record and a direction: `index * 2 + direction`. */
const nodeOf = (index: number, direction: number): number => index * 2 + direction;
/** The record of a node. */
export const indexOf = (node: number): number => node >> 1;
/** The direction of a node. */
export const directionOf = (node: number): number => node & 1;

const NONE = -1;

/** Records by the flow keys of their packets. */
export interface FlowIndex {
  /** Node whose record has this tuple in its direction, or -1. */
  find(key: Uint32Array): number;
  /** Add a record's flow; its tuple must be filled and must not change before `remove`. */
  add(index: number, direction: number): void;
  remove(index: number, direction: number): void;
}

/** An empty index over `records`. `seed` should be secret: clients choose a part of the key. */
export function createFlowIndex(records: RecordArray, seed: number): FlowIndex {
  const words = FLOW_KEY[records.family].size / 4;
  const mask = bucketsFor(records.capacity * 2) - 1;
  const first = new Int32Array(mask + 1).fill(NONE);
  const next = new Int32Array(records.capacity * 2);
  const scratch = new Uint32Array(words);

  function bucketOf(index: number, direction: number): number {
    copyKey(records, index, direction, scratch);
    return hashWords(scratch, words, seed) & mask;
  }

  return {
    find(key) {
      let node = first[hashWords(key, words, seed) & mask]!;
      while (node !== NONE && !matchesKey(records, indexOf(node), directionOf(node), key)) node = next[node]!;
      return node;
    },
    add(index, direction) {
      const bucket = bucketOf(index, direction);
      const node = nodeOf(index, direction);
      next[node] = first[bucket]!;
      first[bucket] = node;
    },
    remove(index, direction) {
      const bucket = bucketOf(index, direction);
      const node = nodeOf(index, direction);
      if (first[bucket] === node) {
        first[bucket] = next[node]!;
        return;
      }
      let before = first[bucket]!;
      while (before !== NONE && next[before] !== node) before = next[before]!;
      if (before !== NONE) next[before] = next[node]!;
    },
  };
}

/** Smallest power of two that is at least `n`, at least 16. */
function bucketsFor(n: number): number {
  let buckets = 16;
  while (buckets < n) buckets *= 2;
  return buckets;
}
