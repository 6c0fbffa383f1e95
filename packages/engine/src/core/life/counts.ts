/** What connections count as at their destinations, and the traffic that the ended ones leave behind. */
import { PROTOCOLS } from "../../protocols/transitions.ts";
import { LIFE, RECORD } from "../layout.ts";
import { NO_SERVICE } from "../open/ways.ts";
import { protocolOf, type RecordArray, readCounter, readField, stateOf } from "../record.ts";
import type { Destination } from "../services/service.ts";
import type { ServiceTable } from "../services/service-table.ts";
import { drain, fill } from "../services/thresholds.ts";
import type { ConnectionTable } from "../table/connection-table.ts";

/** What a record counts as; `no`: not yet, or no more. */
const AS = { no: 0, inactive: 1, active: 2, persistent: 3 } as const;
const FIELDS = [undefined, "inactive", "active", "persistent"] as const;

/** Counts of living records at their destinations. */
export interface Counts {
  /** Count a record as what it is now. One whose destination is not known counts from the first time that it is. */
  on(r: RecordArray, index: number): void;
  /** Count a record no more; its traffic goes to its destination's totals. */
  off(r: RecordArray, index: number): void;
}

/** Nothing is counted yet. */
export function createCounts(table: ConnectionTable, services: ServiceTable): Counts {
  const counted = {
    4: new Uint8Array(table.records[4].capacity),
    6: new Uint8Array(table.records[6].capacity),
  };

  function count(r: RecordArray, index: number, as: number): void {
    const before = counted[r.family][index]!;
    if (before === as) return;
    const destination = services.destination(readField(r, index, RECORD.destinationId));
    if (!destination) return;
    counted[r.family][index] = as;
    add(destination, before, -1);
    add(destination, as, 1);
    if (before === AS.no) fill(destination);
    if (as !== AS.no) return;
    drain(destination);
    addTotals(destination, r, index);
  }

  return {
    on: (r, index) => count(r, index, kindOf(r, index)),
    off: (r, index) => count(r, index, AS.no),
  };
}

function add(destination: Destination, as: number, amount: 1 | -1): void {
  const field = FIELDS[as];
  if (field) destination[field] += amount;
}

function kindOf(r: RecordArray, index: number): number {
  if ((readField(r, index, RECORD.life) & LIFE.template) !== 0)
    return readField(r, index, RECORD.serviceId) === NO_SERVICE ? AS.no : AS.persistent;
  const isActive = PROTOCOLS[protocolOf(r, index)]?.activeStates.has(stateOf(r, index));
  return isActive ? AS.active : AS.inactive;
}

function addTotals(destination: Destination, r: RecordArray, index: number): void {
  const { totals } = destination;
  totals.inPackets += readCounter(r, index, RECORD.inPackets);
  totals.inBytes += readCounter(r, index, RECORD.inBytes);
  totals.outPackets += readCounter(r, index, RECORD.outPackets);
  totals.outBytes += readCounter(r, index, RECORD.outBytes);
}
