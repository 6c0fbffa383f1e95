/** What rows of `tandem top` are sorted by. Pure. */
import type { DestinationStatus, Traffic } from "@tandem/engine/client";

/** The quantities of a row. */
export interface Measured {
  readonly rates: Traffic;
  readonly active: number;
  readonly inactive: number;
}

/** By name: the quantity, greatest first; none keeps the document's order. */
export const SORTS = {
  document: undefined,
  "new/s": (row) => row.rates.connections,
  "pkt/s": (row) => row.rates.inPackets + row.rates.outPackets,
  "in/s": (row) => row.rates.inBytes,
  "out/s": (row) => row.rates.outBytes,
  active: (row) => row.active,
  inactive: (row) => row.inactive,
} as const satisfies Readonly<Record<string, ((row: Measured) => number) | undefined>>;
export type SortName = keyof typeof SORTS;

/** What several destinations have together. */
export function sumOf(destinations: readonly DestinationStatus[], rates: Traffic): Measured {
  let active = 0;
  let inactive = 0;
  for (const d of destinations) {
    active += d.activeConnections;
    inactive += d.inactiveConnections;
  }
  return { rates, active, inactive };
}

/** In the order of a sort; equal ones keep theirs. */
export function inOrder<T extends Measured>(
  rows: readonly T[],
  sort: SortName,
  isReversed: boolean,
): readonly T[] {
  const of: ((row: Measured) => number) | undefined = SORTS[sort];
  if (!of) return isReversed ? rows.toReversed() : rows;
  return rows.toSorted((a, b) => (isReversed ? of(a) - of(b) : of(b) - of(a)));
}
