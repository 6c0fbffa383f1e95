/**
 * Rates as the kernel computes them: every 2 s the average moves a quarter of the way to what these 2 s had. In whole numbers, scaled so that
 * small rates do not vanish (Linux 6.1 `ip_vs_est.c`).
 */

/** Seconds between two samples. */
export const SAMPLE_SECONDS = 2;

/** What has been counted so far. */
export interface Totals {
  connections: number;
  inPackets: number;
  inBytes: number;
  outPackets: number;
  outBytes: number;
}

/** The same per second. */
export interface Rates {
  connectionsPerSecond: number;
  inPacketsPerSecond: number;
  inBytesPerSecond: number;
  outPacketsPerSecond: number;
  outBytesPerSecond: number;
}

/** One service's or destination's rates. */
export interface Estimator {
  /** Take the totals of now; to be called every `SAMPLE_SECONDS`. The first sample is where counting starts. Totals that fell (counters zeroed) count as no traffic. */
  sample(totals: Readonly<Totals>): void;
  rates(): Rates;
  /** Begin anew from these totals, with rates of 0 (Linux 6.1 `ip_vs_zero_estimator`). */
  restart(totals: Readonly<Totals>): void;
}

const FIELDS = ["connections", "inPackets", "inBytes", "outPackets", "outBytes"] as const;
/** Bits after the point of an average: 10 for connections and packets, 5 for bytes. */
const SCALES = [10, 10, 5, 10, 5] as const;

/** An estimator that has seen nothing. */
export function createEstimator(): Estimator {
  const before = new Float64Array(FIELDS.length).fill(Number.NaN);
  const averages = new Float64Array(FIELDS.length);

  const read = (i: number): number =>
    Math.floor((averages[i]! + 2 ** (SCALES[i]! - 1) - 1) / 2 ** SCALES[i]!);

  return {
    sample(totals) {
      for (const [i, field] of FIELDS.entries()) {
        const since = Math.max(totals[field] - before[i]!, 0) || 0;
        before[i] = totals[field];
        const rate = since * 2 ** (SCALES[i]! - 1); // since / 2 s, scaled
        averages[i] = averages[i]! + Math.floor((rate - averages[i]!) / 4);
      }
    },
    restart(totals) {
      averages.fill(0);
      for (const [i, field] of FIELDS.entries()) before[i] = totals[field];
    },
    rates: () => ({
      connectionsPerSecond: read(0),
      inPacketsPerSecond: read(1),
      inBytesPerSecond: read(2),
      outPacketsPerSecond: read(3),
      outBytesPerSecond: read(4),
    }),
  };
}
