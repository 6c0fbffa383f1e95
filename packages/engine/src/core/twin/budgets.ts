/** How many new flows a source prefix may cost the core in one window: the map `budgets` in TypeScript. */

import { BUDGET_PREFIX } from "../layout.ts";
import { maskWords } from "../services/client-list.ts";
import { ENDPOINT_WORDS, type EndpointParts, writeEndpoint } from "../services/endpoint.ts";
import { createWordMap } from "../word-map.ts";

/** Windows are 2^30 ns long, ticks 2^20. */
const TICKS_PER_WINDOW_SHIFT = 10;
const ADDRESS_WORDS = 4;

/** Budgets of the current window. */
export interface Budgets {
  /**
   * Take one new flow from the budget of the prefix that `key` (a flow key) comes from.
   *
   * @param limit flows per window; 0 is no limit
   * @returns false if nothing is left
   */
  spend(from: { family: 4 | 6; key: Uint32Array }, limit: number, now: number): boolean;
}

/** Budgets of which nothing is spent. What former windows knew is forgotten at once, so a window's own sources bound the memory. */
export function createBudgets(): Budgets {
  const used = createWordMap<number>(ADDRESS_WORDS);
  const prefix = new Uint32Array(ENDPOINT_WORDS);
  const source = new Uint32Array(ADDRESS_WORDS);
  const parts: EndpointParts = { family: 4, from: source, at: 0, port: 0, protocol: 0 };
  const masks = { 4: maskWords(1, BUDGET_PREFIX[4]), 6: maskWords(4, BUDGET_PREFIX[6]) };
  let window = -1;

  return {
    spend({ family, key }, limit, now) {
      if (limit === 0) return true;
      if (window !== now >>> TICKS_PER_WINDOW_SHIFT) used.clear();
      window = now >>> TICKS_PER_WINDOW_SHIFT;
      const mask = masks[family];
      for (let i = 0; i < mask.length; i++) source[i] = key[i]! & mask[i]!;
      parts.family = family;
      writeEndpoint(prefix, parts);
      const before = used.get(prefix) ?? 0;
      if (before >= limit) return false;
      used.set(prefix, before + 1);
      return true;
    },
  };
}
