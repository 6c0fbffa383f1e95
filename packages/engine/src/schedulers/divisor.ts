/** The greatest common divisor of what `read` gives for each of the list, whole numbers from 0; 0 if all are 0 or there is none. */
export function greatestCommonDivisor<T>(list: readonly T[], read: (item: T) => number): number {
  let divisor = 0;
  for (const item of list) {
    let rest = read(item);
    while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
  }
  return divisor;
}
