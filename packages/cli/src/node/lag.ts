/** Replication lag as people are told of it: percentiles over the latest samples. Pure. */

/** Samples kept: at a thousand changes a second, the last four seconds. */
const KEPT = 4096;

/** Latest lags of one stream, or of all. */
export interface LagWindow {
  add(lagMs: number): void;
  /** Undefined before the first sample. Milliseconds. */
  percentiles(): { p50: number; p99: number } | undefined;
}

/** An empty window. */
export function createLagWindow(): LagWindow {
  const samples: number[] = [];
  let next = 0;
  return {
    add(lagMs) {
      samples[next] = lagMs;
      next = (next + 1) % KEPT;
    },
    percentiles() {
      if (samples.length === 0) return undefined;
      const sorted = samples.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
      return { p50: at(0.5), p99: at(0.99) };
    },
  };
}
