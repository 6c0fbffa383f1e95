/** One destination as the policy sees it. */
export interface Member {
  /** What the operator wrote, 0 and up. */
  readonly weight: number;
  /** Taken out of service by the operator, whatever its weight and health. */
  readonly isDrained: boolean;
  readonly up: boolean;
}

/**
 * The weights that the scheduler is to see in the end, in the order of `members`: the configured weight when up, 0 when down or drained.
 *
 * It is asked about a whole service at once, because how far to believe in failures depends on how many are left.
 */
export function effectiveWeights(members: readonly Member[]): readonly number[] {
  return members.map((m) => (m.up && !m.isDrained ? m.weight : 0));
}
