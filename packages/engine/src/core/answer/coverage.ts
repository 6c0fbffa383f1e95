/** Which parts of a fragmented packet have come, without the bytes themselves. */

/** What a fragment adds: something new, nothing, or a contradiction. */
export type Contribution = "new" | "known" | "conflict";

/** The parts of one packet's payload that are there. */
export interface Coverage {
  /**
   * Account for a fragment from byte `from` to byte `to`. What lies wholly within known parts is "known"; what overlaps them otherwise, lies behind
   * the end, or moves the end is a "conflict" (RFC 5722 §4, RFC 3128).
   */
  add(from: number, to: number, isLast: boolean): Contribution;
  /** Bytes of the whole payload; -1 until the last fragment has come. */
  readonly totalBytes: number;
  readonly isComplete: boolean;
}

/** Parts with gaps between them: fragments come in order, or nearly so. */
const MOST_PARTS = 32;

/** A packet of which nothing has come. */
export function createCoverage(): Coverage {
  /** Disjoint parts that do not touch. */
  const parts: { from: number; to: number }[] = [];
  let totalBytes = -1;

  function insert(from: number, to: number): Contribution {
    const shared = parts.reduce(
      (sum, p) => sum + Math.max(Math.min(to, p.to) - Math.max(from, p.from), 0),
      0,
    );
    if (shared > 0) return shared === to - from ? "known" : "conflict";
    const before = parts.find((p) => p.to === from);
    const after = parts.find((p) => p.from === to);
    if (before) before.to = after ? after.to : to;
    else if (after) after.from = from;
    else parts.push({ from, to });
    if (before && after) parts.splice(parts.indexOf(after), 1);
    return parts.length <= MOST_PARTS ? "new" : "conflict";
  }

  return {
    get totalBytes() {
      return totalBytes;
    },
    get isComplete() {
      return parts.length === 1 && parts[0]!.from === 0 && parts[0]!.to === totalBytes;
    },
    add(from, to, isLast) {
      const reach = parts.reduce((most, p) => Math.max(most, p.to), 0);
      if (totalBytes >= 0 ? to > totalBytes || (isLast && to < totalBytes) : isLast && reach > to)
        return "conflict";
      const contribution = insert(from, to);
      if (isLast && contribution !== "conflict") totalBytes = to;
      return contribution;
    },
  };
}
