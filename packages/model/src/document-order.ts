/** The order in which people read. */

/** Compares what is said of two places of `value`: by what stands first there; what is said of a whole comes before what is said of its parts. Never throws. */
export function documentOrder(value: unknown) {
  return (a: Placed, b: Placed): number => compare(a.path ?? [], b.path ?? [], value);
}

interface Placed {
  readonly path?: readonly PropertyKey[] | undefined;
}

function compare(a: readonly PropertyKey[], b: readonly PropertyKey[], value: unknown): number {
  let around = value;
  for (let depth = 0; depth < a.length && depth < b.length; depth++) {
    const [x, y] = [a[depth]!, b[depth]!];
    if (x !== y) return rank(x, around) - rank(y, around);
    around = Object(around)[x];
  }
  return a.length - b.length;
}

/** Where a part stands in its whole; at its end if it is not there. */
function rank(step: PropertyKey, whole: unknown): number {
  if (typeof step === "number") return step;
  const names = Object.keys(Object(whole));
  return Object.hasOwn(Object(whole), step) ? names.indexOf(String(step)) : names.length;
}
