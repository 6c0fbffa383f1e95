/**
 * The life of connections and templates: what birth, a change of state, silence and death mean to the destinations' counts, the timers and
 * whoever hangs on them. The table below it only knows records and flows.
 */
import { IP_PROTOCOL } from "../packet/parse.ts";
import { PROTOCOLS } from "../protocols/transitions.ts";
import type { ConnectionTable, NewConnection } from "./connection-table.ts";
import { type Control, createControl } from "./control.ts";
import { createCounts } from "./counts.ts";
import { createEviction } from "./eviction.ts";
import { createJudge, ENDS, JUDGED } from "./gone.ts";
import { LIFE, RECORD } from "./layout.ts";
import { createLifetimes, DEFERRAL_TICKS } from "./lifetimes.ts";
import { createPressure } from "./pressure.ts";
import {
  changeLife,
  isAlive,
  protocolOf,
  type RecordArray,
  readCounter,
  readField,
  stateOf,
  ticksSince,
  writeField,
} from "./record.ts";
import type { ServiceTable } from "./service-table.ts";
import { createTimerWheel } from "./timer-wheel.ts";

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
  /** What is kept beside the record has changed. */
  annexed(family: 4 | 6, index: number, now: number): void;
  /** The record is still whole, but about to be found no more. */
  retiring(family: 4 | 6, index: number, now: number): void;
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
  /** Connections that had to go before their time because the table was nearly full, since the start. */
  readonly evicted: number;
  /** Create, count and arm. Returns the index, or -1 if no record is free. */
  open(of: NewConnection, now: number): number;
  /**
   * Count off and kill; a template of which nothing was ever established goes with its last connection. A record on which others hang
   * is retired instead. Nothing happens if the record is dead already.
   */
  close(family: 4 | 6, index: number, now: number): void;
  /** Look at a record that a state event, a peer or a scan points at. Idempotent: the record is the truth. */
  review(family: 4 | 6, index: number, now: number): void;
  /** Keep bytes, at most 255, beside a record in the place of what was kept; none: keep nothing. Returns false if there is no room. */
  keep(family: 4 | 6, of: { index: number; bytes: Uint8Array }, now: number): boolean;
  /** A new connection uses a template: its time starts anew, and it is this node's own. */
  renew(family: 4 | 6, index: number, now: number): void;
  /** Let a template be found no more; it ends with its time. */
  retire(family: 4 | 6, index: number, now: number): void;
  /**
   * Let timers fire, at most `limit`: expire what has been silent for its timeout. Goes on with `reviewAll`, too.
   *
   * @returns whether there is more to do now
   */
  advance(now: number, limit: number): boolean;
  /** Have every living record reviewed by the next calls of `advance`: after events were lost, or what runs has changed. */
  reviewAll(): void;
  /** Count and arm a record that the table has adopted. */
  adopted(family: 4 | 6, index: number, now: number): void;
  /** Ticks until the record ends if no packet comes, 0 if it is overdue. */
  ticksLeft(family: 4 | 6, index: number, now: number): number;
  /** Connections that hang on a record. */
  controlledBy(family: 4 | 6, index: number): number;
  /** Records of a peer (slot) expire only while its stream is live. A peer that was never named is not live. */
  setPeerLive(peer: number, isLive: boolean): void;
  setObserver(observer: ConnectionObserver): void;
  /** Have somebody told of every record whose packets the core begins to watch. */
  setWatcher(watcher: (family: 4 | 6, index: number) => void): void;
}

const NOBODY: ConnectionObserver = {
  changed() {},
  annexed() {},
  retiring() {},
  ending() {},
  lookAgainAfter: () => 0,
  looked() {},
};

/** Ports of a retired template, which no packet asks for (Linux 6.1 `ip_vs_check_template`): client 0, virtual 65535. */
export const RETIRED_PORTS = 0xffff_0000;
/** And its destination's: 65535, local 0. */
const RETIRED_SERVER_PORTS = 0xffff;

/** The connections over a table and the services; timers start at `now`. */
export function createConnections(table: ConnectionTable, services: ServiceTable, now: number): Connections {
  const wheels = {
    4: createTimerWheel(table.records[4].capacity, now),
    6: createTimerWheel(table.records[6].capacity, now),
  };
  const counts = createCounts(table, services);
  const control = createControl(table);
  const lifetimes = createLifetimes(table, services);
  const judge = createJudge(services);
  const eviction = createEviction(table);
  const pressure = createPressure(table);
  const isLivePeer = new Uint8Array(256);
  isLivePeer[UNKNOWN_PEER] = 1; // nobody may ever name them
  let observer = NOBODY;
  let watcher: (family: 4 | 6, index: number) => void = () => {};
  let evicted = 0;
  /** Records of both families that `reviewAll` has behind it. */
  let reviewed = table.capacity;

  function ticksLeft(r: RecordArray, index: number, now: number): number {
    const silent = ticksSince(now, readField(r, index, RECORD.lastSeen));
    return Math.max(lifetimes.timeoutOf(r, index) - silent, 0);
  }

  function arm(r: RecordArray, index: number, now: number): void {
    const look = observer.lookAgainAfter(r.family, index, lifetimes.timeoutOf(r, index));
    const left = ticksLeft(r, index, now);
    wheels[r.family].arm(index, now, look > 0 ? Math.min(look, left) : left);
  }

  /** Forget an owner who has become this node: the fast path saw a packet and cleared the flag. */
  function takeOver(r: RecordArray, index: number): void {
    if ((readField(r, index, RECORD.life) & LIFE.remote) !== 0) return;
    if (readField(r, index, RECORD.owner) !== 0) writeField(r, index, RECORD.owner, 0);
  }

  /** Carry out what is to become of the record. Returns whether it lives on. */
  function submit(r: RecordArray, index: number, now: number): boolean {
    const judgement = judge(r, index);
    if (judgement === ENDS) close(r.family, index, now);
    else if (mark(r, index, judgement) && judgement === LIFE.watched) watcher(r.family, index);
    return judgement !== ENDS || isAlive(r, index);
  }

  function review(family: 4 | 6, index: number, now: number): void {
    const r = table.records[family];
    if (index >= r.capacity || !isAlive(r, index) || !submit(r, index, now)) return;
    takeOver(r, index);
    counts.on(r, index);
    eviction.note(r, index);
    proveTemplate(r, index, now);
    observer.changed(family, index, now);
    arm(r, index, now);
  }

  function reviewAt(position: number, now: number): void {
    const before6 = table.records[4].capacity;
    if (position < before6) review(4, position, now);
    else review(6, position - before6, now);
  }

  function adopted(family: 4 | 6, index: number, now: number): void {
    const r = table.records[family];
    counts.on(r, index);
    eviction.note(r, index);
    control.attach(r, index);
    const judgement = judge(r, index);
    if (judgement !== ENDS) mark(r, index, judgement);
    if (judgement !== ENDS) arm(r, index, now);
    else wheels[family].arm(index, now, 0); // whoever called still has to do with it
  }

  function close(family: 4 | 6, index: number, now: number): void {
    const r = table.records[family];
    if (!isAlive(r, index)) return;
    if (control.count(r, index) > 0) retire(r, index, now);
    else end(r, { index, isEarly: true }, now);
  }

  function end(r: RecordArray, { index, isEarly }: { index: number; isEarly: boolean }, now: number): void {
    const destination = services.destination(readField(r, index, RECORD.destinationId));
    observer.ending(r.family, index, now);
    counts.off(r, index);
    eviction.forget(r, index);
    wheels[r.family].disarm(index);
    const controller = control.detach(r, index);
    table.kill(r.family, index, now);
    if (controller >= 0 && isEarly && isIdleUnproven(r, controller, control))
      close(r.family, controller, now);
    if (destination) services.forgetIfUnused(destination);
  }

  /** Have the record found no more. A connection on which others hang becomes a template by that: no packet matches one. */
  function retire(r: RecordArray, index: number, now: number): void {
    if (isRetired(r, index)) return;
    observer.retiring(r.family, index, now);
    // whoever owned it, each node is rid of it when its own connections are gone
    table.rename(r.family, index, { ports: RETIRED_PORTS, clear: LIFE.remote, set: LIFE.template });
    writeField(r, index, RECORD.serverPorts, RETIRED_SERVER_PORTS);
    counts.on(r, index);
    eviction.note(r, index);
  }

  /** Tell the template of a connection that its client is what it seems to be. */
  function proveTemplate(r: RecordArray, index: number, now: number): void {
    const controller = readField(r, index, RECORD.controller) - 1;
    if (controller < 0 || !isProven(r, index)) return;
    const life = readField(r, controller, RECORD.life);
    if ((life & (LIFE.template | LIFE.assured)) !== LIFE.template) return;
    changeLife(r, controller, { clear: 0, set: LIFE.assured });
    observer.changed(r.family, controller, now);
  }

  /** A timer fired: expire the record, or arm it anew for the time that a packet has given it. */
  function look(family: 4 | 6, index: number, now: number): void {
    const r = table.records[family];
    if (!submit(r, index, now)) return;
    if (ticksLeft(r, index, now) === 0) lookAtSilent(r, index, now);
    else lookAtBusy(r, index, now);
  }

  function lookAtBusy(r: RecordArray, index: number, now: number): void {
    proveTemplate(r, index, now);
    observer.looked(r.family, index, now);
    arm(r, index, now);
  }

  function lookAtSilent(r: RecordArray, index: number, now: number): void {
    if (isFrozen(r, index, now)) wheels[r.family].arm(index, now, FROZEN_LOOK_TICKS);
    else if (control.count(r, index) > 0) deferEnd(r, index, now);
    else end(r, { index, isEarly: false }, now);
  }

  /** It is a peer's whose stream is not live: it may have seen packets of which nobody can tell us. */
  function isFrozen(r: RecordArray, index: number, now: number): boolean {
    if ((readField(r, index, RECORD.life) & LIFE.remote) === 0) return false;
    const owner = readField(r, index, RECORD.owner);
    const silent = ticksSince(now, readField(r, index, RECORD.lastSeen));
    return isLivePeer[owner & 0xff] === 0 && silent < FROZEN_LIMIT_TICKS;
  }

  function deferEnd(r: RecordArray, index: number, now: number): void {
    const isOwnTemplate =
      (readField(r, index, RECORD.life) & (LIFE.template | LIFE.remote)) === LIFE.template;
    if (isOwnTemplate) {
      lifetimes.defer(r, index, now);
      observer.looked(r.family, index, now);
    }
    wheels[r.family].arm(index, now, DEFERRAL_TICKS);
  }

  /** While the table is nearly full each new connection costs an old one, which rests before its record is free. */
  function makeRoom(family: 4 | 6, now: number): void {
    if (!pressure.isNearlyFull(family, now)) return;
    const victim = eviction.victim(family);
    if (victim < 0) return;
    evicted++;
    close(family, victim, now);
  }

  return {
    table,
    get evicted() {
      return evicted;
    },
    open(of, now) {
      makeRoom(of.family, now);
      const index = table.create(of, now);
      if (index < 0) return -1;
      lifetimes.begin(table.records[of.family], index);
      if (of.owner === 0) observer.changed(of.family, index, now);
      adopted(of.family, index, now);
      const destination = services.destination(of.destinationId);
      const isCounted = of.owner === 0 && (of.life & LIFE.template) === 0;
      if (destination && isCounted) destination.totals.connections++;
      return index;
    },
    close,
    review,
    keep(family, { index, bytes }, now) {
      const isKept = table.annexes.write(table.records[family], index, bytes);
      if (isKept) observer.annexed(family, index, now);
      return isKept;
    },
    renew(family, index, now) {
      const r = table.records[family];
      writeField(r, index, RECORD.lastSeen, now);
      const before = changeLife(r, index, { clear: LIFE.remote, set: 0 });
      if ((before & LIFE.remote) !== 0) review(family, index, now);
    },
    retire: (family, index, at) => retire(table.records[family], index, at),
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
    ticksLeft: (family, index, now) => ticksLeft(table.records[family], index, now),
    controlledBy: (family, index) => control.count(table.records[family], index),
    setPeerLive(peer, isLive) {
      isLivePeer[peer & 0xff] = isLive ? 1 : 0;
    },
    setObserver(next) {
      observer = next;
    },
    setWatcher(next) {
      watcher = next;
    },
  };
}

/** Set what a judgement says of the `JUDGED` bits. Returns whether they were others. */
function mark(r: RecordArray, index: number, judgement: number): boolean {
  if ((readField(r, index, RECORD.life) & JUDGED) === judgement) return false;
  changeLife(r, index, { clear: JUDGED, set: judgement });
  return true;
}

const isRetired = (r: RecordArray, index: number): boolean =>
  (readField(r, index, RECORD.life) & LIFE.template) !== 0 &&
  readField(r, index, RECORD.clientPorts) === RETIRED_PORTS;

/** It is this node's own template, nothing hangs on it any more, and no connection of it was ever established. */
const isIdleUnproven = (r: RecordArray, index: number, control: Control): boolean =>
  control.count(r, index) === 0 &&
  (readField(r, index, RECORD.life) & (LIFE.template | LIFE.assured | LIFE.remote)) === LIFE.template;

/** A handshake was completed, or a datagram was answered. */
function isProven(r: RecordArray, index: number): boolean {
  const protocol = protocolOf(r, index);
  if (protocol === IP_PROTOCOL.udp) return readCounter(r, index, RECORD.outPackets) > 0;
  return PROTOCOLS[protocol]?.stateNames[stateOf(r, index)] === "ESTABLISHED";
}
