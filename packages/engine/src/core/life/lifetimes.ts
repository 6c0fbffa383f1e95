/** How long records live without a packet; of templates: without a new connection. */
import { DEFAULT_TIMEOUTS } from "../../protocols/timeouts.ts";
import { LIFE, RECORD } from "../layout.ts";
import { protocolOf, type RecordArray, readField, stateOf, writeField } from "../record.ts";
import type { ServiceTable } from "../services/service-table.ts";
import type { ConnectionTable } from "../table/connection-table.ts";

/** 60 s in ticks of 2^20 ns: by so much the end of a record is put off while others hang on it (Linux 6.1 `ip_vs_conn_expire`). */
export const DEFERRAL_TICKS = 57_220;

/** Timeouts of records. */
export interface Lifetimes {
  /** Ticks of 2^20 ns that the record may be silent in its state. */
  timeoutOf(r: RecordArray, index: number): number;
  /** Start a template's time anew, at its service's timeout. */
  begin(r: RecordArray, index: number): void;
  /** Put a template's end off; from then on its timeout is 60 s. */
  defer(r: RecordArray, index: number, now: number): void;
}

/** Lifetimes by the services' timeouts. */
export function createLifetimes(table: ConnectionTable, services: ServiceTable): Lifetimes {
  const isDeferred = {
    4: new Uint8Array(table.records[4].capacity),
    6: new Uint8Array(table.records[6].capacity),
  };
  return {
    timeoutOf(r, index) {
      const service = services.service(readField(r, index, RECORD.serviceId));
      const life = readField(r, index, RECORD.life);
      if ((life & LIFE.template) === 0)
        return (service?.timeouts ?? DEFAULT_TIMEOUTS)(protocolOf(r, index), stateOf(r, index));
      if (isDeferred[r.family][index] === 1) return DEFERRAL_TICKS;
      const timeout = service?.persistence?.timeout ?? DEFERRAL_TICKS;
      // whether its owner has put its end off is not said
      return (life & LIFE.remote) === 0 ? timeout : Math.max(timeout, DEFERRAL_TICKS);
    },
    begin(r, index) {
      isDeferred[r.family][index] = 0;
    },
    defer(r, index, now) {
      isDeferred[r.family][index] = 1;
      writeField(r, index, RECORD.lastSeen, now);
    },
  };
}
