/** Replication lag as people are told of it: percentiles over what came lately. Time is an argument. */

/** What is older says nothing about now. */
const KEPT_MS = 10_000;
/** Samples kept at most, so that a busy node does not sort forever: the latest ones. */
const KEPT = 4096;

/** Latest lags of one stream, or of all. */
export interface LagWindow {
  /** Times are monotonic, in milliseconds. */
  add(lagMs: number, nowMs: number): void;
  /** Undefined when nothing came in the last 10 s. Milliseconds. */
  percentiles(nowMs: number): { p50: number; p99: number } | undefined;
}

/** An empty window. */
export function createLagWindow(): LagWindow {
  const samples: { lagMs: number; atMs: number }[] = [];
  let next = 0;
  return {
    add(lagMs, atMs) {
      samples[next] = { lagMs, atMs };
      next = (next + 1) % KEPT;
    },
    percentiles(nowMs) {
      const recent = samples.filter(({ atMs }) => nowMs - atMs <= KEPT_MS).map(({ lagMs }) => lagMs);
      if (recent.length === 0) return undefined;
      const sorted = recent.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]!; // nearest rank
      return { p50: at(0.5), p99: at(0.99) };
    },
  };
}
