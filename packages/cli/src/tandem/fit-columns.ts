/** Which columns of a table find room on a terminal, and how wide they are there. Pure. */

/** A column as wide as its widest text, in characters. */
interface Fitted {
  readonly width: number;
  /** It may be cut to so many; without: not at all. */
  readonly least?: number;
  /** It may be left out, highest first; without: never. */
  readonly yields?: number;
}

/** Two spaces between columns. */
const GAP = 2;

/** The columns that find room in so many characters, the last ones cut first. What may neither be cut nor left out stays, room or not. */
export function fitColumns<T extends Fitted>(columns: readonly T[], room: number): readonly T[] {
  if (totalOf(columns, leastOf) <= room) return cutColumns(columns, room);
  const leaves = Math.max(...columns.map((column) => column.yields ?? Number.NEGATIVE_INFINITY));
  if (leaves === Number.NEGATIVE_INFINITY) return cutColumns(columns, room);
  return fitColumns(
    columns.filter((column) => column.yields !== leaves),
    room,
  );
}

function cutColumns<T extends Fitted>(columns: readonly T[], room: number): readonly T[] {
  let excess = Math.max(0, totalOf(columns, ({ width }) => width) - room);
  const cut = columns.toReversed().map((column) => {
    const less = Math.min(excess, column.width - leastOf(column));
    excess -= less;
    return { ...column, width: column.width - less };
  });
  return cut.toReversed();
}

const leastOf = ({ width, least = width }: Fitted): number => Math.min(width, least);

const totalOf = <T>(columns: readonly T[], of: (column: T) => number): number =>
  columns.reduce((sum, column) => sum + of(column) + GAP, -GAP);
