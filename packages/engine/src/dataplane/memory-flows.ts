/** The flow maps of the in-memory data plane: bounded, and changed by a queue as the kernel's are. */
import { FLOW_KEY } from "../core/layout.ts";
import { createWordMap } from "../core/word-map.ts";
import { wordsOf, wordsToAddress } from "../packet/words.ts";
import type { DataPlane } from "./dataplane.ts";

/** The part of the port that is about flows, and the lookup that the fast path makes. */
export interface MemoryFlows
  extends Pick<DataPlane, "insertFlow" | "deleteFlow" | "flushFlows" | "scanFlows"> {
  /** `index * 4 + direction`, or -1. */
  findFlow(family: 4 | 6, key: Uint32Array): number;
}

type FlowChange =
  | { kind: "insert"; family: 4 | 6; key: Uint32Array; index: number; direction: number }
  | { kind: "delete"; family: 4 | 6; key: Uint32Array };

/** Empty maps with room for `capacity` flows of each family. */
export function createMemoryFlows(capacity: number): MemoryFlows {
  const flows = {
    4: createWordMap<number>(FLOW_KEY[4].size / 4),
    6: createWordMap<number>(FLOW_KEY[6].size / 4),
  };
  const queue: FlowChange[] = [];

  function change(next: FlowChange, refused: (family: 4 | 6, index: number) => void): void {
    const map = flows[next.family];
    if (next.kind === "delete") map.delete(next.key);
    else if (map.size >= capacity && map.get(next.key) === undefined) refused(next.family, next.index);
    else map.set(next.key, next.index * 4 + next.direction);
  }

  return {
    findFlow: (family, key) => flows[family].get(key) ?? -1,
    insertFlow(family, key, index, direction) {
      queue.push({ kind: "insert", family, key: wordsOf(key), index, direction });
    },
    deleteFlow(family, key) {
      queue.push({ kind: "delete", family, key: wordsOf(key) });
    },
    flushFlows(refused) {
      for (const next of queue.splice(0)) change(next, refused);
    },
    scanFlows(family, visit) {
      const key = new Uint8Array(FLOW_KEY[family].size);
      for (const [words, value] of [...flows[family].entries()]) {
        wordsToAddress(words, 0, key, words.length);
        visit(key, value >> 2, value & 3);
      }
    },
  };
}
