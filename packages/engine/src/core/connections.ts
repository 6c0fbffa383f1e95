/**
 * The life of connections: what birth, a change of state, silence and death mean to the destinations' counts and the timers. The table
 * below it only knows records and flows.
 */
import { DEFAULT_TIMEOUTS } from "../protocols/timeouts.ts";
import { PROTOCOLS } from "../protocols/transitions.ts";
import type { ConnectionTable, NewConnection } from "./connection-table.ts";
import { LIFE, RECORD } from "./layout.ts";
import {
  isAlive,
  protocolOf,
  type RecordArray,
  readCounter,
  readField,
  stateOf,
  ticksSince,
  writeField,
} from "./record.ts";
import type { Destination, ServiceTable } from "./service-table.ts";
import { createTimerWheel } from "./timer-wheel.ts";

/** What a connection counts as at its destination. */
const COUNTED = { no: 0, inactive: 1, active: 2 } as const;

/** Owner slot of records that a peer owned before this daemon started: which peer is known again when one of them names the record. */
export const UNKNOWN_PEER = 255;

/** A frozen record is looked at again every 10 s, and given up after a day, in ticks of 2^20 ns. */
const FROZEN_LOOK_TICKS = 9537;
const FROZEN_LIMIT_TICKS = 82_397_461;

/** Records that are reviewed between two looks at the timers: a few milliseconds. */
const REVIEW_SLICE = 16_384;

/** Told what happens to connections: the publisher, or nobody. */
export interface ConnectionObserver {
  /** The record has changed in a way that peers may want to know. */
  changed(family: 4 | 6, index: number, now: number): void;
  /** The connection is still whole, but about to end. */
  ending(family: 4 | 6, index: number, now: number): void;
  /** Ticks after which the connection wants to be looked at though its timeout is later; 0 for never. */
  lookAgainAfter(family: 4 | 6, index: number, timeout: number): number;
  /** A timer fired and the connection lives on. */
  looked(family: 4 | 6, index: number, now: number): void;
}

/** The connections of this node, alive; one thread owns them. */
export interface Connections {
  readonly table: ConnectionTable;
  /** Create, count and arm. Returns the index, or -1 if no record is free. */
  open(of: NewConnection, now: number): number;
  /** Count off and kill. Nothing happens if the connection is dead already. */
  close(family: 4 | 6, index: number, now: number): void;
  /** Look at a record that a state event, a peer or a scan points at. Idempotent: the record is the truth. */
  review(family: 4 | 6, index: number, now: number): void;
  /**
   * Let timers fire, at most `limit`: expire what has been silent for its timeout. Goes on with `reviewAll`, too.
   *
   * @returns whether there is more to do now
   */
  advance(now: number, limit: number): boolean;
  /** Have every living record reviewed by the next calls of `advance`: after events were lost. */
  reviewAll(): void;
  /** Count and arm a record that the table has adopted. */
  adopted(family: 4 | 6, index: number, now: number): void;
  /** Records of a peer (slot) expire only while its stream is live. A peer that was never named is not live. */
  setPeerLive(peer: number, isLive: boolean): void;
  setObserver(observer: ConnectionObserver): void;
}

const NOBODY: ConnectionObserver = {
  changed() {},
  ending() {},
  lookAgainAfter: () => 0,
  looked() {},
};

/** The connections over a table and the services; timers start at `now`. */
export function createConnections(table: ConnectionTable, services: ServiceTable, now: number): Connections {
  const wheels = {
    4: createTimerWheel(table.records[4].capacity, now),
    6: createTimerWheel(table.records[6].capacity, now),
  };
  const counted = {
    4: new Uint8Array(table.records[4].capacity),
    6: new Uint8Array(table.records[6].capacity),
  };
  const isLivePeer = new Uint8Array(256);
  isLivePeer[UNKNOWN_PEER] = 1; // nobody may ever name them
  let observer = NOBODY;
  /** Records of both families that `reviewAll` has behind it. */
  let reviewed = table.capacity;

  function recount(r: RecordArray, index: number, as: number): void {
    const before = counted[r.family][index]!;
    if (before === as) return;
    const destination = services.destination(readField(r, index, RECORD.destinationId));
    if (!destination) return; // counted at the first review after it is configured
    counted[r.family][index] = as;
    if (before === COUNTED.active) destination.active--;
    else if (before === COUNTED.inactive) destination.inactive--;
    if (as === COUNTED.active) destination.active++;
    else if (as === COUNTED.inactive) destination.inactive++;
    else addTotals(destination, r, index);
  }

  function arm(r: RecordArray, index: number, now: number): void {
    const timeout = DEFAULT_TIMEOUTS(protocolOf(r, index), stateOf(r, index));
    const left = Math.max(timeout - ticksSince(now, readField(r, index, RECORD.lastSeen)), 0);
    const look = observer.lookAgainAfter(r.family, index, timeout);
    wheels[r.family].arm(index, now, look > 0 ? Math.min(look, left) : left);
  }

  /** Forget an owner who has become this node: the fast path saw a packet and cleared the flag. */
  function takeOver(r: RecordArray, index: number): void {
    if ((readField(r, index, RECORD.life) & LIFE.remote) !== 0) return;
    if (readField(r, index, RECORD.owner) !== 0) writeField(r, index, RECORD.owner, 0);
  }

  function review(family: 4 | 6, index: number, now: number): void {
    const r = table.records[family];
    if (index >= r.capacity || !isAlive(r, index)) return;
    takeOver(r, index);
    recount(r, index, countAs(r, index));
    observer.changed(family, index, now);
    arm(r, index, now);
  }

  function reviewAt(position: number, now: number): void {
    const before6 = table.records[4].capacity;
    if (position < before6) review(4, position, now);
    else review(6, position - before6, now);
  }

  function adopted(family: 4 | 6, index: number, now: number): void {
    recount(table.records[family], index, countAs(table.records[family], index));
    arm(table.records[family], index, now);
  }

  function close(family: 4 | 6, index: number, now: number): void {
    const r = table.records[family];
    if (!isAlive(r, index)) return;
    const destination = services.destination(readField(r, index, RECORD.destinationId));
    observer.ending(family, index, now);
    recount(r, index, COUNTED.no);
    wheels[family].disarm(index);
    table.kill(family, index, now);
    if (destination) services.forgetIfUnused(destination);
  }

  /** A timer fired: expire the connection, or arm it anew for the time that a packet has given it. */
  function look(family: 4 | 6, index: number, now: number): void {
    const r = table.records[family];
    const silent = ticksSince(now, readField(r, index, RECORD.lastSeen));
    const isOver = silent >= DEFAULT_TIMEOUTS(protocolOf(r, index), stateOf(r, index));
    const owner = readField(r, index, RECORD.owner);
    const isRemote = (readField(r, index, RECORD.life) & LIFE.remote) !== 0;
    if (isOver && isRemote && isLivePeer[owner & 0xff] === 0 && silent < FROZEN_LIMIT_TICKS) {
      wheels[family].arm(index, now, FROZEN_LOOK_TICKS);
    } else if (isOver) close(family, index, now);
    else {
      observer.looked(family, index, now);
      arm(r, index, now);
    }
  }

  return {
    table,
    open(of, now) {
      const index = table.create(of, now);
      if (index < 0) return -1;
      adopted(of.family, index, now);
      const destination = services.destination(of.destinationId);
      if (destination && of.owner === 0) destination.totals.connections++;
      return index;
    },
    close,
    review,
    advance(now, limit) {
      const fired = wheels[4].advance(now, limit, (index) => look(4, index, now));
      const all = fired + wheels[6].advance(now, limit - fired, (index) => look(6, index, now));
      const end = Math.min(reviewed + REVIEW_SLICE, table.capacity);
      for (; reviewed < end; reviewed++) reviewAt(reviewed, now);
      return all === limit || reviewed < table.capacity;
    },
    reviewAll() {
      reviewed = 0;
    },
    adopted,
    setPeerLive(peer, isLive) {
      isLivePeer[peer & 0xff] = isLive ? 1 : 0;
    },
    setObserver(next) {
      observer = next;
    },
  };
}

function countAs(r: RecordArray, index: number): number {
  const isActive = PROTOCOLS[protocolOf(r, index)]?.activeStates.has(stateOf(r, index));
  return isActive ? COUNTED.active : COUNTED.inactive;
}

function addTotals(destination: Destination, r: RecordArray, index: number): void {
  const { totals } = destination;
  totals.inPackets += readCounter(r, index, RECORD.inPackets);
  totals.inBytes += readCounter(r, index, RECORD.inBytes);
  totals.outPackets += readCounter(r, index, RECORD.outPackets);
  totals.outBytes += readCounter(r, index, RECORD.outBytes);
}
