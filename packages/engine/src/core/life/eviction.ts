/**
 * Who makes room when the table is nearly full: connections that are over go first, then those that never became more than half-open, the oldest of each; an
 * established one never goes. Peers' connections are theirs to end.
 */
import { PROTOCOLS } from "../../protocols/transitions.ts";
import { LIFE, RECORD } from "../layout.ts";
import { protocolOf, type RecordArray, readField, stateOf } from "../record.ts";
import type { ConnectionTable } from "../table/connection-table.ts";
import { createAgeLists } from "./age-lists.ts";

/** Lists in the order in which they are emptied. */
const LISTS = { over: 0, halfOpen: 1 } as const;

/** Victims of the table's fullness. */
export interface Eviction {
  /** The record was born, or is another than before. */
  note(r: RecordArray, index: number): void;
  /** The record is dead. */
  forget(r: RecordArray, index: number): void;
  /** Who has to go first, or -1 if nobody may go. */
  victim(family: 4 | 6): number;
}

/** Nobody is known yet. */
export function createEviction(table: ConnectionTable): Eviction {
  const lists = {
    4: createAgeLists(table.records[4].capacity, Object.keys(LISTS).length),
    6: createAgeLists(table.records[6].capacity, Object.keys(LISTS).length),
  };
  return {
    note: (r, index) => lists[r.family].move(index, listOf(r, index)),
    forget: (r, index) => lists[r.family].move(index, -1),
    victim(family) {
      const over = lists[family].oldest(LISTS.over);
      return over >= 0 ? over : lists[family].oldest(LISTS.halfOpen);
    },
  };
}

function listOf(r: RecordArray, index: number): number {
  if ((readField(r, index, RECORD.life) & (LIFE.template | LIFE.remote)) !== 0) return -1;
  const protocol = PROTOCOLS[protocolOf(r, index)];
  const state = stateOf(r, index);
  if (protocol?.halfOpenStates.has(state)) return LISTS.halfOpen;
  return protocol?.overStates.has(state) ? LISTS.over : -1;
}
