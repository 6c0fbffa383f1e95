/** Both streams' shifts of an FTP control connection as they lie in its record's annex: 24 bytes, little endian (`from`, `before`, `after` of the client's stream, then of the server's). */
import type { StreamShift } from "../../rewrite/tcp-shift.ts";

const BYTES = 24;

/** Shifts by `DIRECTION`: input, output. */
export type Shifts = readonly [StreamShift, StreamShift];

/** Read an annex; one of another length is none: nothing is shifted. */
export function readShifts(annex: Uint8Array): Shifts {
  const view = new DataView(annex.buffer, annex.byteOffset, annex.length);
  const shiftAt = (at: number): StreamShift =>
    annex.length === BYTES
      ? {
          from: view.getUint32(at, true),
          before: view.getInt32(at + 4, true),
          after: view.getInt32(at + 8, true),
        }
      : { from: 0, before: 0, after: 0 };
  return [shiftAt(0), shiftAt(12)];
}

/** Write an annex. */
export function writeShifts(shifts: Shifts): Uint8Array {
  const annex = new Uint8Array(BYTES);
  const view = new DataView(annex.buffer);
  for (const [i, { from, before, after }] of shifts.entries()) {
    view.setUint32(12 * i, from, true);
    view.setInt32(12 * i + 4, before, true);
    view.setInt32(12 * i + 8, after, true);
  }
  return annex;
}
