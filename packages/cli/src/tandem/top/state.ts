/** What `tandem top` shows and has been told. Pure: (state, key) → state. */
import type { NodeStatus, ServiceStatus } from "@tandem/engine/client";
import type { Key } from "./keys.ts";
import { type Row, rowsOf } from "./rows.ts";
import { SORTS, type SortName } from "./sorts.ts";

/** All that a frame depends on, but for the terminal's size. */
export interface TopState {
  readonly services: readonly ServiceStatus[];
  readonly node: NodeStatus | undefined;
  /** Nodes besides it whose traffic is in that of the services. */
  readonly others: readonly string[];
  /** Nodes whose traffic should be in it and is not. */
  readonly absent: readonly string[];
  /** Why something is missing in what is new; empty: nothing is. */
  readonly gap: string;
  /** Why there is nothing new; empty: there is. */
  readonly problem: string;
  readonly sort: SortName;
  readonly isReversed: boolean;
  /** Only services with this in their own names or their destinations'. */
  readonly filter: string;
  /** What keys go to. */
  readonly mode: "list" | "filter" | "help";
  /** Ids of services whose destinations are shown. */
  readonly open: ReadonlySet<number>;
  /** Key of the row that is chosen; of none, or of one that is gone: the first row is. */
  readonly chosen: string;
  readonly isPaused: boolean;
  readonly isOver: boolean;
}

/** Before the first answer. */
export const INITIAL: TopState = {
  services: [],
  node: undefined,
  others: [],
  absent: [],
  gap: "",
  problem: "",
  sort: "document",
  isReversed: false,
  filter: "",
  mode: "list",
  open: new Set(),
  chosen: "",
  isPaused: false,
  isOver: false,
};

/** The state after a key. `page` is how many rows there is room for. */
export function press(state: TopState, key: Key, page: number): TopState {
  if (key === "interrupt") return { ...state, isOver: true };
  return KEYS[state.mode](state, key, page);
}

type OnKey = (state: TopState, key: Key, page: number) => TopState;

const KEYS: Record<TopState["mode"], OnKey> = {
  list: (state, key, page) => LIST_KEYS[key]?.(state, page) ?? state,
  filter: pressInFilter,
  help: (state) => ({ ...state, mode: "list" }),
};

const LIST_KEYS: Readonly<Record<string, (state: TopState, page: number) => TopState>> = {
  up: (s) => move(s, -1),
  k: (s) => move(s, -1),
  down: (s) => move(s, 1),
  j: (s) => move(s, 1),
  pageUp: (s, page) => move(s, -page),
  pageDown: (s, page) => move(s, page),
  home: (s) => move(s, Number.NEGATIVE_INFINITY),
  end: (s) => move(s, Number.POSITIVE_INFINITY),
  enter: (s) => toggle(s),
  " ": (s) => toggle(s),
  right: (s) => toggle(s, true),
  left: (s) => toggle(s, false),
  a: (s) => ({ ...s, open: new Set(s.open.size > 0 ? [] : s.services.map(({ id }) => id)) }),
  ">": (s) => ({ ...s, sort: neighbour(s.sort, 1), chosen: "" }),
  s: (s) => ({ ...s, sort: neighbour(s.sort, 1), chosen: "" }),
  "<": (s) => ({ ...s, sort: neighbour(s.sort, -1), chosen: "" }),
  S: (s) => ({ ...s, sort: neighbour(s.sort, -1), chosen: "" }),
  r: (s) => ({ ...s, isReversed: !s.isReversed, chosen: "" }),
  p: (s) => ({ ...s, isPaused: !s.isPaused }),
  "/": (s) => ({ ...s, mode: "filter" }),
  escape: (s) => ({ ...s, filter: "" }),
  "?": (s) => ({ ...s, mode: "help" }),
  h: (s) => ({ ...s, mode: "help" }),
  q: (s) => ({ ...s, isOver: true }),
};

function pressInFilter(state: TopState, key: Key): TopState {
  if (key === "enter") return { ...state, mode: "list" };
  if (key === "escape") return { ...state, mode: "list", filter: "" };
  if (key === "backspace") return { ...state, filter: state.filter.slice(0, -1) };
  return key.length === 1 ? { ...state, filter: state.filter + key } : state;
}

/** Number of the chosen row. */
export function chosenAt(rows: readonly Row[], chosen: string): number {
  return Math.max(
    0,
    rows.findIndex(({ key }) => key === chosen),
  );
}

function move(state: TopState, by: number): TopState {
  const rows = rowsOf(state);
  const at = Math.max(0, Math.min(rows.length - 1, chosenAt(rows, state.chosen) + by));
  return { ...state, chosen: rows[at]?.key ?? "" };
}

/** Show or hide the destinations of the chosen service, or of the chosen destination's. */
function toggle(state: TopState, isOpen?: boolean): TopState {
  const rows = rowsOf(state);
  const row = rows[chosenAt(rows, state.chosen)];
  if (!row) return state;
  const { id } = row.service;
  const open = new Set(state.open);
  if (isOpen ?? !open.has(id)) open.add(id);
  else open.delete(id);
  return { ...state, open, chosen: open.has(id) ? row.key : `${id}` };
}

const NAMES = Object.keys(SORTS) as SortName[];

const neighbour = (sort: SortName, by: number): SortName =>
  NAMES[(NAMES.indexOf(sort) + by + NAMES.length) % NAMES.length]!;
