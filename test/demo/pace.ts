/** How long the demo watches; everything else waits for a condition. All in ms. */
export interface Pace {
  /** Opening a thousand sessions is a disturbance of its own: it is over before the baseline begins. */
  readonly warmUpMs: number;
  /** The undisturbed window, about as long as the longest step: that is how long the worst gap has to show itself. */
  readonly baselineMs: number;
  /** After each disturbance, and after each recovery. */
  readonly settleMs: number;
  /** How long the failed server is watched for new connections. */
  readonly avoidMs: number;
  readonly natsAwayMs: number;
}

export const FULL_PACE: Pace = {
  warmUpMs: 3_000,
  baselineMs: 30_000,
  settleMs: 6_000,
  avoidMs: 3_000,
  natsAwayMs: 10_000,
};
export const FAST_PACE: Pace = {
  warmUpMs: 2_000,
  baselineMs: 10_000,
  settleMs: 2_000,
  avoidMs: 1_000,
  natsAwayMs: 4_000,
};
