/** A frame of `tandem top`: (state, size) → lines. Pure. */
import type { DestinationStatus, ServiceStatus } from "@tandem/engine/client";
import { fitColumns } from "../fit-columns.ts";
import { cut, formatCount, formatPlural, type Paint, type Tone } from "../format.ts";
import { judge, type Verdict } from "../verdict.ts";
import { endpoint, type Row, rowsOf, serviceName } from "./rows.ts";
import { type SortName, sumOf } from "./sorts.ts";
import { chosenAt, type TopState } from "./state.ts";

/** A terminal's size, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface TopColumn {
  readonly title: string;
  readonly width: number;
  readonly least?: number;
  readonly yields?: number;
  readonly left?: boolean;
  /** What it is sorted by. */
  readonly sort?: SortName;
  cell(row: Row): string | readonly [Tone, string];
}

/** Widths are fixed: columns that jump about cannot be read. Names take what is left. */
const COLUMNS: readonly TopColumn[] = [
  { title: "NEW/S", width: 5, yields: 2, sort: "new/s", cell: (row) => short(row.rates.connections) },
  {
    title: "PKT/S",
    width: 5,
    yields: 7,
    sort: "pkt/s",
    cell: ({ rates }) => short(rates.inPackets + rates.outPackets),
  },
  { title: "IN/S", width: 5, yields: 5, sort: "in/s", cell: (row) => short(row.rates.inBytes) },
  { title: "OUT/S", width: 5, yields: 6, sort: "out/s", cell: (row) => short(row.rates.outBytes) },
  { title: "ACTIVE", width: 6, yields: 3, sort: "active", cell: (row) => short(row.active) },
  { title: "INACTIVE", width: 8, sort: "inactive", yields: 8, cell: (row) => short(row.inactive) },
  {
    title: "WEIGHT",
    width: 7,
    yields: 4,
    cell: ({ destination }) => (destination ? weight(destination) : ""),
  },
  {
    title: "HEALTH",
    width: 7,
    yields: 1,
    left: true,
    cell: ({ service, destination }) => (destination ? health(destination) : share(service)),
  },
  {
    title: "SCHEDULER/WHY",
    width: 60,
    least: 14,
    yields: 9,
    left: true,
    cell: ({ service, destination }) => (destination ? destination.why : service.scheduler),
  },
];

const NAME_TITLE = "SERVICE/DESTINATION";
const LEAST_NAME = 24;
const MOST_NAME = 60;
/** Above and below the rows: title, totals, column titles; footer. */
const HEAD_LINES = 3;
const FRAME_LINES = HEAD_LINES + 1;

/** Rows of the list that a terminal has room for. */
export const pageOf = ({ rows }: Size): number => Math.max(1, rows - FRAME_LINES);

/** As many lines as the terminal has, none longer than it is wide. */
export function drawFrame(state: TopState, size: Size, paint: Paint): string[] {
  const rows = rowsOf(state);
  const body =
    state.mode === "help" ? HELP.map((line) => cut(line, size.columns)) : list(state, rows, size, paint);
  const page = pageOf(size);
  const filled = Array.from({ length: page }, (_, i) => body[i] ?? "");
  return [
    title(state, size, paint),
    totals(state, size),
    state.mode === "help" ? "" : columnTitles(state, size, paint),
    ...filled,
    footer(state, rows.length, size, paint),
  ].slice(0, size.rows);
}

const VERDICT_TONES: Record<Verdict, Tone> = { safe: "good", degraded: "warn", unsafe: "bad" };

function title(state: TopState, { columns }: Size, paint: Paint): string {
  const { node, others, absent, problem, isPaused } = state;
  if (problem !== "") return paint("bad", cut(problem, columns));
  if (!node) return cut("tandem top: asking the daemon", columns);
  const { verdict, why } = judge(node);
  const who = [
    `${node.node} ${node.role}`,
    ...(others.length > 0 ? [`with ${others.join(", ")}`] : []),
    ...(absent.length > 0 ? [`without ${absent.join(", ")}`] : []),
    ...(isPaused ? ["PAUSED"] : []),
  ];
  const text = cut(`${who.join(", ")}  ${verdict.toUpperCase()}: ${why}`, columns);
  return paint(isPaused ? "warn" : VERDICT_TONES[verdict], text);
}

/** As many of them as there is room for; none before the first answer: zeros would be wrong. */
function totals({ node, services }: TopState, { columns }: Size): string {
  if (!node) return "";
  const all = services.flatMap(({ destinations }) => destinations);
  const sum = (of: (s: ServiceStatus) => number) => short(services.reduce((n, s) => n + of(s), 0));
  const down = all.filter((d) => d.health === "down").length;
  const parts = [
    formatPlural(services.length, "service"),
    down > 0
      ? `${formatCount(down)} of ${formatCount(all.length)} down`
      : formatPlural(all.length, "destination"),
    `${sum((s) => s.rates.connections)} new/s`,
    `${sum((s) => s.rates.inPackets + s.rates.outPackets)} pkt/s`,
    `${sum((s) => s.rates.inBytes)} B/s in`,
    `${sum((s) => s.rates.outBytes)} B/s out`,
    `${short(sumOf(all, NONE).active)} active`,
  ];
  const fitting = (line: string, part: string) =>
    `${line}  ${part}`.length <= columns ? `${line}  ${part}` : line;
  return cut(parts.reduce(fitting), columns);
}

const NONE = { connections: 0, inPackets: 0, inBytes: 0, outPackets: 0, outBytes: 0 };

/** The name's column, as wide as the longest of all names, and those that there is room for. */
function layOut(state: TopState, { columns }: Size) {
  const longest = state.services.reduce((width, s) => Math.max(width, serviceName(s).length), 0);
  const open = state.services.filter(({ id }) => state.open.has(id));
  const longestOpen = open.reduce(
    (w, s) => s.destinations.reduce((n, d) => Math.max(n, endpoint(d).length), w),
    0,
  );
  const width = Math.min(MOST_NAME, Math.max(LEAST_NAME, longest + MARK, longestOpen + MARK + 2));
  const name: TopColumn = {
    title: NAME_TITLE,
    width,
    least: Math.min(LEAST_NAME, columns),
    left: true,
    cell: nameOf(state),
  };
  return fitColumns([name, ...COLUMNS], columns);
}

/** Characters before a name: whether its row is chosen, whether its service is open. */
const MARK = 4;

const nameOf =
  ({ open }: TopState) =>
  ({ service, destination }: Row): string => {
    if (destination) return `    ${endpoint(destination)}`;
    const mark = service.destinations.length === 0 ? " " : open.has(service.id) ? "-" : "+";
    return `${mark} ${serviceName(service)}`;
  };

/** The mark of what is sorted by stands before its title, in the gap if need be. */
function columnTitles(state: TopState, size: Size, paint: Paint): string {
  const titles = layOut(state, size).map(({ title: text, width, left, sort }) => {
    const isSorted = sort !== undefined && sort === state.sort;
    const mark = isSorted ? (state.isReversed ? "^" : "v") : "";
    return left ? `  ${text.padEnd(width)}` : `${mark}${text}`.padStart(width + 2);
  });
  return paint("faint", cut(titles.join("").slice(2).trimEnd(), size.columns));
}

function list(state: TopState, rows: readonly Row[], size: Size, paint: Paint): string[] {
  if (rows.length === 0) return [cut(emptyText(state), size.columns)];
  const columns = layOut(state, size);
  const at = chosenAt(rows, state.chosen);
  const page = pageOf(size);
  const first = Math.max(0, Math.min(at - (page >> 1), rows.length - page));
  return rows
    .slice(first, first + page)
    .map((row, i) => drawRow(row, columns, { isChosen: first + i === at, paint, width: size.columns }));
}

const emptyText = ({ filter, node }: TopState): string =>
  filter !== "" ? `No service matches "${filter}".` : node ? "No services: the document has none." : "";

interface RowLook {
  readonly isChosen: boolean;
  readonly paint: Paint;
  readonly width: number;
}

function drawRow(row: Row, columns: readonly TopColumn[], { isChosen, paint, width }: RowLook): string {
  const cells = columns.map((column, i) => {
    const cell = column.cell(row);
    const [tone, text] = typeof cell === "string" ? [undefined, cell] : cell;
    const room = column.width - (i === 0 ? 2 : 0);
    const fitted = cut(text, room);
    const space = " ".repeat(room - fitted.length);
    const painted = tone && !isChosen ? paint(tone, fitted) : fitted;
    return column.left ? painted + space : space + painted;
  });
  const line = `${isChosen ? ">" : " "} ${cells.join("  ")}`;
  return isChosen ? paint("chosen", cut(line.padEnd(width), width)) : line.trimEnd();
}

function footer(state: TopState, count: number, { columns }: Size, paint: Paint): string {
  if (state.mode === "filter") return cut(`/${state.filter}_  (Enter: keep, Esc: all)`, columns);
  if (state.gap !== "") return paint("bad", cut(state.gap, columns));
  const filtered = state.filter === "" ? "" : ` with "${state.filter}" (Esc: all)`;
  const sorted = `by ${state.sort}${state.isReversed ? ", reversed" : ""}`;
  const keys = "q quit  ? help  / filter  s sort  Enter open  p pause";
  const rows = state.node ? `${formatPlural(count, "row")}${filtered}, ${sorted}   ` : "";
  return paint("faint", cut(`${rows}${keys}`, columns));
}

const HELP = [
  "",
  "  Up Down k j       choose a row              PgUp PgDn Home End",
  "  Enter Space       show or hide the destinations of a service",
  "  Right Left        show them, hide them      a    all services",
  "  s S  > <          sort by the next, the previous column",
  "  r                 the other way round",
  "  /                 show only what has a text in its name; Esc: all",
  "  p                 pause, and go on",
  "  ?                 this help",
  "  q  Ctrl-C         quit                    Ctrl-Z to the shell, until `fg`",
  "",
  "  Rates are averages over some seconds, as in `tandem services --rates`.",
  "  k, M, G are powers of 1000. Any key goes back.",
];

const UNITS = ["", "k", "M", "G", "T", "P"] as const;

/** `999`, `12.3k`, `1.2M`: six characters at most, in powers of 1000. */
export function short(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const decimals = value < 99.95 && (unit > 0 || value < 9.95) ? 1 : 0;
  return `${Number(value.toFixed(decimals))}${UNITS[unit]}`;
}

function weight(d: DestinationStatus): string | readonly [Tone, string] {
  if (d.removed) return "";
  const { effectiveWeight: now, configuredWeight: written } = d;
  return now === written && now > 0
    ? short(now)
    : ["warn", now === written ? "0" : `${short(now)}/${short(written)}`];
}

const HEALTH: Record<DestinationStatus["health"], readonly [Tone, string]> = {
  up: ["good", "up"],
  down: ["bad", "DOWN"],
  unchecked: ["faint", "-"],
};

function health(d: DestinationStatus): readonly [Tone, string] {
  if (d.removed) return ["faint", "removed"];
  return d.overloaded ? ["warn", "full"] : HEALTH[d.health];
}

/** How many of a service's destinations can be picked. */
function share({ destinations }: ServiceStatus): readonly [Tone, string] {
  const configured = destinations.filter((d) => !d.removed);
  const usable = configured.filter((d) => d.effectiveWeight > 0 && !d.overloaded).length;
  const tone = usable === 0 ? "bad" : usable < configured.length ? "warn" : "good";
  return [tone, `${usable}/${configured.length}`];
}
