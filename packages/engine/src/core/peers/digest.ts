/**
 * Who owns which records, and a digest per owner to compare tables by: 64 buckets, each the sum of the mixed stable words of its records (tuple,
 * destination id, the ports on the real server's side), kept up to date with each change. State and annex are left out: a lost change of theirs
 * is found by the gap in the sequence, and until the next event both sides may rightly differ in it.
 */
import { DIRECTION, FLOW_KEY, RECORD } from "../layout.ts";
import { copyKey, type RecordArray, readField } from "../record.ts";
import { hashWords } from "../word-map.ts";

/** Buckets of a digest. */
const DIGEST_BUCKETS = 64;
/** Owner of a record that peers know nothing of. Others are a peer's slot, 1 to 254, or `MINE`. */
export const NOBODY = 0;
/** This node, as the owner of what it has published. */
export const MINE = 255;

/** Owners and their digests. */
export interface Digests {
  /** Under whose name the record is replicated: `NOBODY`, a slot, or `MINE` (published by this node). */
  ownerOf(family: 4 | 6, index: number): number;
  /** Put a record, whose tuple must be filled, under another name. */
  move(family: 4 | 6, index: number, owner: number): void;
  /** Bucket of a record, 0..63. */
  bucketOf(family: 4 | 6, index: number): number;
  /** Digest of an owner's records: a copy. */
  digest(owner: number): Uint32Array;
  /** Number of an owner's records. */
  count(owner: number): number;
}

/** Digests over records that nobody owns yet. */
export function createDigests(records: { readonly 4: RecordArray; readonly 6: RecordArray }): Digests {
  const owners = {
    4: new Uint8Array(records[4].capacity),
    6: new Uint8Array(records[6].capacity),
  };
  const sums = new Map<number, Uint32Array>();
  const counts = new Uint32Array(256);
  const stable = new Uint32Array(FLOW_KEY[6].size / 4 + 2);

  function mix(family: 4 | 6, index: number): number {
    const words = FLOW_KEY[family].size / 4;
    copyKey(records[family], index, DIRECTION.input, stable);
    stable[words] = readField(records[family], index, RECORD.destinationId);
    stable[words + 1] = readField(records[family], index, RECORD.serverPorts);
    return hashWords(stable, words + 2, 0); // the same on every node: no secret seed
  }

  function add(owner: number, hash: number, times: 1 | -1): void {
    if (owner === NOBODY) return;
    let sum = sums.get(owner);
    if (!sum) sums.set(owner, (sum = new Uint32Array(DIGEST_BUCKETS)));
    const bucket = hash % DIGEST_BUCKETS;
    sum[bucket] = sum[bucket]! + times * hash;
    counts[owner] = counts[owner]! + times;
  }

  return {
    ownerOf: (family, index) => owners[family][index]!,
    move(family, index, owner) {
      const before = owners[family][index]!;
      if (before === owner) return;
      const hash = mix(family, index);
      add(before, hash, -1);
      add(owner, hash, 1);
      owners[family][index] = owner;
    },
    bucketOf: (family, index) => mix(family, index) % DIGEST_BUCKETS,
    digest: (owner) => sums.get(owner)?.slice() ?? new Uint32Array(DIGEST_BUCKETS),
    count: (owner) => counts[owner]!,
  };
}
