/** Record indexes in lists by when they entered: each in one list at most, every step in constant time. */

/** Lists over the indexes below a capacity. */
export interface AgeLists {
  /** Put an index at the young end of a list, or (-1) in none. Nothing moves if it is there already. */
  move(index: number, list: number): void;
  /** The index that has been in the list longest, or -1. */
  oldest(list: number): number;
  /** Indexes in a list. */
  count(list: number): number;
}

/** `lists` empty lists. */
export function createAgeLists(capacity: number, lists: number): AgeLists {
  const next = new Int32Array(capacity).fill(-1);
  const previous = new Int32Array(capacity).fill(-1);
  const of = new Int8Array(capacity).fill(-1);
  const heads = new Int32Array(lists).fill(-1);
  const tails = new Int32Array(lists).fill(-1);
  const counts = new Uint32Array(lists);

  function unlink(index: number, list: number): void {
    const [before, after] = [previous[index]!, next[index]!];
    if (before < 0) heads[list] = after;
    else next[before] = after;
    if (after < 0) tails[list] = before;
    else previous[after] = before;
    counts[list]!--;
  }

  function append(index: number, list: number): void {
    const last = tails[list]!;
    previous[index] = last;
    next[index] = -1;
    if (last < 0) heads[list] = index;
    else next[last] = index;
    tails[list] = index;
    counts[list]!++;
  }

  return {
    move(index, list) {
      const from = of[index]!;
      if (from === list) return;
      if (from >= 0) unlink(index, from);
      if (list >= 0) append(index, list);
      of[index] = list;
    },
    oldest: (list) => heads[list]!,
    count: (list) => counts[list]!,
  };
}
