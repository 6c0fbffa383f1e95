/** Records that are found no more but live on, because others hang on them or their time is not up. */

import { LIFE, RECORD } from "../layout.ts";
import { type RecordArray, readField } from "../record.ts";
import type { ConnectionTable } from "../table/connection-table.ts";

/** Ports of a retired template, which no packet asks for (Linux 6.1 `ip_vs_check_template`): client 0, virtual 65535. */
export const RETIRED_PORTS = 0xffff_0000;
/** And its destination's: 65535, local 0. */
const RETIRED_SERVER_PORTS = 0xffff;

/** Whether the record has been retired. */
export const isRetired = (r: RecordArray, index: number): boolean =>
  (readField(r, index, RECORD.life) & LIFE.template) !== 0 &&
  readField(r, index, RECORD.clientPorts) === RETIRED_PORTS;

/** Retire a record. A connection becomes a template by that: no packet matches one. Whoever owned it, each node is rid of it when its own connections are gone. */
export function retireRecord(table: ConnectionTable, r: RecordArray, index: number): void {
  const ports = { clientPorts: RETIRED_PORTS, serverPorts: RETIRED_SERVER_PORTS };
  table.rename(r.family, index, { ...ports, clear: LIFE.remote, set: LIFE.template });
}
