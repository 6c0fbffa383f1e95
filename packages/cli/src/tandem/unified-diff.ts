/** Differences between two texts in the form that `diff -u` made known. Pure. */

/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Beyond so many changes nobody looks for the least number of them: one text goes, the other comes. */
const MAX_CHANGES = 2000;

interface Line {
  readonly mark: " " | "+" | "-";
  readonly text: string;
}

/**
 * A unified diff.
 *
 * @returns lines, each with its newline; empty if the texts are equal. Cost: lines × differences, of which the search ends at 2,000
 */
export function unifiedDiff(
  before: { readonly name: string; readonly text: string },
  after: { readonly name: string; readonly text: string },
): string {
  if (before.text === after.text) return "";
  const lines = alignLines(linesOf(before.text), linesOf(after.text));
  const hunks = hunksOf(lines).map(([from, to]) => formatHunk(lines, from, to));
  return `--- ${before.name}\n+++ ${after.name}\n${hunks.join("")}`;
}

const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

/**
 * The lines of both texts, with the least number of changes up to a limit.
 *
 * @see E. Myers, An O(ND) Difference Algorithm and Its Variations (1986), the greedy algorithm of its section 4
 */
function alignLines(before: readonly string[], after: readonly string[]): Line[] {
  const paths: Map<number, number>[] = []; // furthest line of `before` on each diagonal, by number of changes
  let furthest = new Map([[1, 0]]);
  for (let changes = 0; changes <= MAX_CHANGES; changes++) {
    paths.push(furthest);
    const next = new Map(furthest);
    for (let k = -changes; k <= changes; k += 2) {
      const isDown = k === -changes || (k !== changes && at(furthest, k - 1) < at(furthest, k + 1));
      let x = isDown ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      next.set(k, x);
      if (x >= before.length && x - k >= after.length) return walkBack(paths, before, after);
    }
    furthest = next;
  }
  const all = (mark: Line["mark"]) => (text: string) => ({ mark, text });
  return [...before.map(all("-")), ...after.map(all("+"))];
}

const at = (furthest: ReadonlyMap<number, number>, k: number): number => furthest.get(k) ?? -1;

function walkBack(
  paths: readonly Map<number, number>[],
  before: readonly string[],
  after: readonly string[],
) {
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  const keep = () => lines.push({ mark: " ", text: before[--x]! }) && y--;
  for (let changes = paths.length - 1; changes >= 0; changes--) {
    const furthest = paths[changes]!;
    const k = x - y;
    const isDown = k === -changes || (k !== changes && at(furthest, k - 1) < at(furthest, k + 1));
    const from = isDown ? k + 1 : k - 1;
    const fromX = at(furthest, from);
    while (x > fromX && y > fromX - from && x > 0 && y > 0) keep();
    if (changes === 0) break;
    lines.push(isDown ? { mark: "+", text: after[--y]! } : { mark: "-", text: before[--x]! });
  }
  return lines.reverse();
}

/** Where the changes lie with what is shown around them: first line, and the one behind the last. */
function hunksOf(lines: readonly Line[]): [from: number, to: number][] {
  const hunks: [number, number][] = [];
  for (const [i, { mark }] of lines.entries()) {
    if (mark === " ") continue;
    const [from, to] = [Math.max(0, i - CONTEXT), Math.min(lines.length, i + 1 + CONTEXT)];
    const last = hunks.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

function formatHunk(lines: readonly Line[], from: number, to: number): string {
  const shown = lines.slice(from, to);
  const count = (some: readonly Line[], other: Line["mark"]) =>
    some.filter(({ mark }) => mark !== other).length;
  const range = (other: Line["mark"]) => {
    const length = count(shown, other);
    const start = count(lines.slice(0, from), other) + (length > 0 ? 1 : 0);
    return length === 1 ? `${start}` : `${start},${length}`;
  };
  const body = shown.map(({ mark, text }) => `${mark}${text}\n`).join("");
  return `@@ -${range("+")} +${range("-")} @@\n${body}`;
}
