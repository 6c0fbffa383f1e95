/**
 * Connections that hang on another record: on their client's persistence template, or on the control connection that announced them. The
 * record's controller word says on which; how many hang on each is kept here. Both are of one family.
 */

import { RECORD } from "../layout.ts";
import { isAlive, type RecordArray, readField, writeField } from "../record.ts";
import type { ConnectionTable } from "../table/connection-table.ts";

/** Who controls whom. */
export interface Control {
  /** How many connections hang on a record. */
  count(r: RecordArray, index: number): number;
  /** Count a living record at its controller, if it has one that lives. */
  attach(r: RecordArray, index: number): void;
  /** Count it no more. Returns the controller's index, or -1. */
  detach(r: RecordArray, index: number): number;
}

/** Nothing hangs on anything yet. A record must not die while something hangs on it. */
export function createControl(table: ConnectionTable): Control {
  const counts = {
    4: new Uint32Array(table.records[4].capacity),
    6: new Uint32Array(table.records[6].capacity),
  };
  return {
    count: (r, index) => counts[r.family][index]!,
    attach(r, index) {
      const controller = readField(r, index, RECORD.controller) - 1;
      if (controller < 0) return;
      if (controller < r.capacity && isAlive(r, controller)) counts[r.family][controller]!++;
      else writeField(r, index, RECORD.controller, 0);
    },
    detach(r, index) {
      const controller = readField(r, index, RECORD.controller) - 1;
      if (controller < 0) return -1;
      writeField(r, index, RECORD.controller, 0);
      counts[r.family][controller]!--;
      return controller;
    },
  };
}
