/** Timers of living records: when each is looked at next, how long it still has, and whose time stands still. */

import { LIFE, RECORD } from "../layout.ts";
import { type RecordArray, readField, ticksSince, UNKNOWN_PEER } from "../record.ts";
import type { ConnectionTable } from "../table/connection-table.ts";
import type { Lifetimes } from "./lifetimes.ts";
import { createTimerWheel } from "./timer-wheel.ts";

/** A frozen record is looked at again every 10 s, and given up after a day, in ticks of 2^20 ns. */
export const FROZEN_LOOK_TICKS = 9537;
const FROZEN_LIMIT_TICKS = 82_397_461;

/** Ages of records. All times are in ticks of 2^20 ns. */
export interface Ageing {
  /** Ticks until the record ends if no packet comes; 0: it is overdue. */
  ticksLeft(r: RecordArray, index: number, now: number): number;
  /** It is a peer's whose stream is not live: it may have seen packets of which nobody can tell us. */
  isFrozen(r: RecordArray, index: number, now: number): boolean;
  /** Look at the record again after so many ticks, in the place of what was armed before. */
  arm(r: RecordArray, index: number, now: number, ticks: number): void;
  disarm(r: RecordArray, index: number): void;
  /** Have at most `limit` records looked at whose time has come. Returns how many were. */
  advance(now: number, limit: number, look: (r: RecordArray, index: number) => void): number;
  /** Records of a peer (slot) expire only while its stream is live. A peer that was never named is not live. */
  setPeerLive(peer: number, isLive: boolean): void;
}

/** Nothing is armed yet; time starts at `now`. */
export function createAgeing(table: ConnectionTable, lifetimes: Lifetimes, now: number): Ageing {
  const wheels = {
    4: createTimerWheel(table.records[4].capacity, now),
    6: createTimerWheel(table.records[6].capacity, now),
  };
  const isLivePeer = new Uint8Array(256);
  isLivePeer[UNKNOWN_PEER] = 1; // nobody may ever name them

  const silence = (r: RecordArray, index: number, at: number): number =>
    ticksSince(at, readField(r, index, RECORD.lastSeen));

  return {
    ticksLeft: (r, index, at) => Math.max(lifetimes.timeoutOf(r, index) - silence(r, index, at), 0),
    isFrozen(r, index, at) {
      if ((readField(r, index, RECORD.life) & LIFE.remote) === 0) return false;
      const owner = readField(r, index, RECORD.owner) & 0xff;
      return isLivePeer[owner] === 0 && silence(r, index, at) < FROZEN_LIMIT_TICKS;
    },
    arm: (r, index, at, ticks) => wheels[r.family].arm(index, at, ticks),
    disarm: (r, index) => wheels[r.family].disarm(index),
    advance(at, limit, look) {
      const fired = wheels[4].advance(at, limit, (index) => look(table.records[4], index));
      return fired + wheels[6].advance(at, limit - fired, (index) => look(table.records[6], index));
    },
    setPeerLive(peer, isLive) {
      isLivePeer[peer & 0xff] = isLive ? 1 : 0;
    },
  };
}
