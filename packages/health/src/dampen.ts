/** What we believe of a destination, and how many results in a row have said otherwise. */
export interface Belief {
  readonly up: boolean;
  readonly against: number;
}

/** Results in a row that change our mind. */
export interface DampenLimit {
  readonly rise: number;
  readonly fall: number;
}

/** Change our mind only after `rise` good, or `fall` bad, results in a row. */
export function dampen(belief: Belief, good: boolean, limit: DampenLimit): Belief {
  if (good === belief.up) return { up: belief.up, against: 0 };
  const against = belief.against + 1;
  const needed = good ? limit.rise : limit.fall;
  return against >= needed ? { up: good, against: 0 } : { up: belief.up, against };
}
