/** Slow start: the weight of a destination that returns grows from 1 to its full size, in steps of whole seconds. Pure. */

const STEP_MS = 1000;

/** A destination on its way to its full weight. */
export interface Rise {
  /** Full weight, 0 and up. */
  readonly weight: number;
  /** Time since it may be picked again. */
  readonly elapsedMs: number;
  /** Time that the rise takes; 0: none. */
  readonly lengthMs: number;
}

/** The weight now: linear in the whole seconds that have passed, at least 1, unless the full weight is 0. */
export function risingWeight({ weight, elapsedMs, lengthMs }: Rise): number {
  if (weight === 0 || elapsedMs >= lengthMs) return weight;
  return Math.max(1, Math.floor((weight * stepsUntil(elapsedMs) * STEP_MS) / lengthMs));
}

/** Time from now until the weight is another one: at least what is left of this second. Undefined when it is full. */
export function nextRiseMs(rise: Rise): number | undefined {
  const { weight, elapsedMs, lengthMs } = rise;
  const now = risingWeight(rise);
  if (now === weight) return undefined;
  const nextAtMs = Math.ceil(((now + 1) * lengthMs) / weight / STEP_MS) * STEP_MS;
  const soonestMs = (stepsUntil(elapsedMs) + 1) * STEP_MS;
  return Math.min(lengthMs, Math.max(soonestMs, nextAtMs)) - elapsedMs;
}

const stepsUntil = (elapsedMs: number): number => Math.floor(elapsedMs / STEP_MS);
