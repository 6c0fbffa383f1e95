/**
 * What becomes of a connection whose destination is down or removed, or whose client is no longer served. It is judged with every review of a record,
 * so a scan of all records carries out what a document or a health check has changed, on every director alike.
 */
import { ADDRESS, LIFE, RECORD } from "../layout.ts";
import { addressAt, hasOutput, methodOf, NO_DESTINATION, type RecordArray, readField } from "../record.ts";
import type { Fate, Service } from "../services/service.ts";
import type { ServiceTable } from "../services/service-table.ts";

/** The connection is to end, without a word. */
export const ENDS = -1;
/** The `LIFE` bits that a judgement is about. */
export const JUDGED = LIFE.held | LIFE.watched;

/** Tells which of the `JUDGED` bits a living record is to have, or `ENDS`. Never throws. */
export type Judge = (r: RecordArray, index: number) => number;

/** `reset`: the next packet goes to the core, which tells both ends. */
const OF_CONNECTION: Readonly<Record<Fate, number>> = {
  keep: 0,
  drop: LIFE.held,
  expire: ENDS,
  reset: LIFE.watched,
};
/** A template that is kept while its destination is gone serves nobody, but knows it again when it returns. */
const OF_TEMPLATE: Readonly<Record<Fate, number>> = { keep: 0, drop: 0, expire: ENDS, reset: ENDS };

/**
 * What the policies say of a living record. A destination that was removed while no daemon ran is known by the record alone. Undefined: nobody knows any
 * more what the record belongs to.
 */
export function fateOfRecord(services: ServiceTable, r: RecordArray, index: number): Fate | undefined {
  const id = readField(r, index, RECORD.destinationId);
  const destination = services.destination(id);
  if (destination) return services.fateOf(destination);
  if (id === NO_DESTINATION) return "keep";
  return services.service(readField(r, index, RECORD.serviceId))?.record.whenRemoved;
}

/** A judge by what runs now. */
export function createJudge(services: ServiceTable): Judge {
  return (r, index) => {
    const life = readField(r, index, RECORD.life);
    const service = services.service(readField(r, index, RECORD.serviceId));
    const fate = fateOfRecord(services, r, index);
    if (fate === undefined) return life & JUDGED; // a former daemon knew
    if ((life & LIFE.template) !== 0) return OF_TEMPLATE[fate];
    if (service && !isServed(service, r, index)) return ENDS;
    return fate === "keep" && service && isHelped(service, r, index) ? LIFE.watched : OF_CONNECTION[fate];
  };
}

function isServed(service: Service, r: RecordArray, index: number): boolean {
  return service.clients?.(r.words, index * r.stride + addressAt(r, ADDRESS.client)) ?? true;
}

/** Whether a helper reads what the connection says, as it does of control connections: those to the service's own port, where addresses change on the way. */
export const isHelped = (service: Service, r: RecordArray, index: number): boolean =>
  service.record.helper !== undefined &&
  hasOutput(methodOf(r, index)) &&
  readField(r, index, RECORD.clientPorts) >>> 16 === service.port;
