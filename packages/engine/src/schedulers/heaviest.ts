import type { Candidate } from "./scheduler.ts";

/** The eligible destination of the highest weight, the first of the list among equals. */
export function heaviest<C extends Candidate>(
  list: readonly C[],
  isEligible: (c: C) => boolean,
): C | undefined {
  let best: C | undefined;
  for (const c of list) if (isEligible(c) && (!best || c.weight > best.weight)) best = c;
  return best;
}
