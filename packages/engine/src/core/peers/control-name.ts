/**
 * How peers name the control connection on which a data connection hangs, since an index means nothing to them: by its client's port, 2 bytes, network order, in the
 * place of an annex. Client, virtual address and service are the data connection's own, and the virtual port is the service's.
 */
import { type ConnectionRecord, RecordFlag } from "@tandem/model";
import { FLOW_PORTS } from "../../packet/parse.ts";
import { LIFE, RECORD } from "../layout.ts";
import { isHelped } from "../life/gone.ts";
import { isAlive, type RecordArray, readField } from "../record.ts";
import type { Service } from "../services/service.ts";
import type { NewConnection } from "../table/connection-table.ts";

/** No annex of a connection is as short; a template's, a Call-ID, may be. */
const NAME_BYTES = 2;

/** Name the control connection of a record, if it hangs on one that is found by its name. */
export function writeControlName(
  into: ConnectionRecord,
  of: { r: RecordArray; index: number; service: Service | undefined },
): void {
  const { r, index, service } = of;
  const control = readField(r, index, RECORD.controller) - 1;
  if (control < 0 || !service || !isAlive(r, control) || isTemplate(r, control)) return;
  if (!isHelped(service, r, control)) return; // then what hangs on it is a data connection
  const port = readField(r, control, RECORD.clientPorts) & 0xffff;
  into.annex[0] = port & 0xff; // as it stands in packets
  into.annex[1] = port >>> 8;
  into.annexBytes = NAME_BYTES;
}

/** Whether what comes in the place of an annex is a name. */
export const isControlName = ({ annexBytes, flags }: ConnectionRecord): boolean =>
  annexBytes === NAME_BYTES && (flags & RecordFlag.template) === 0;

/**
 * Write the flow key of the control connection that a peer's record names. A control connection comes to the service's own port and a data
 * connection never does, so nothing hangs on itself.
 *
 * @returns false if it names none
 */
export function writeControlKey(
  key: Uint32Array,
  said: { record: ConnectionRecord; birth: NewConnection; service: Service },
): boolean {
  const { record, birth, service } = said;
  const at = FLOW_PORTS[birth.family];
  if (!isControlName(record) || birth.key[at]! >>> 16 === service.port) return false;
  key.set(birth.key);
  key[at] = (record.annex[0]! | (record.annex[1]! << 8) | (service.port << 16)) >>> 0;
  return true;
}

const isTemplate = (r: RecordArray, index: number): boolean =>
  (readField(r, index, RECORD.life) & LIFE.template) !== 0;
