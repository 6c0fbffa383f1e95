/**
 * The life of connections and templates: what birth, a change of state, silence and death mean to the destinations' counts, the timers and
 * whoever hangs on them. The table below it only knows records and flows.
 */

import { LIFE, RECORD } from "../layout.ts";
import { changeLife, isAlive, type RecordArray, readField, stateOf, writeField } from "../record.ts";
import type { ServiceTable } from "../services/service-table.ts";
import type { ConnectionTable, NewConnection } from "../table/connection-table.ts";
import { createAgeing, FROZEN_LOOK_TICKS } from "./ageing.ts";
import { type ConnectionObserver, NO_OBSERVER } from "./connection-observer.ts";
import { createControl } from "./control.ts";
import { createCounts } from "./counts.ts";
import { createDooms } from "./dooms.ts";
import { createEviction } from "./eviction.ts";
import { createJudge, ENDS, fateOfRecord, JUDGED } from "./gone.ts";
import { createLifetimes, DEFERRAL_TICKS } from "./lifetimes.ts";
import { createPressure } from "./pressure.ts";
import { isUnproven, proveTemplate } from "./proof.ts";
import { isRetired, retireRecord } from "./retirement.ts";

/** Records that are reviewed between two looks at the timers: a few milliseconds. */
const REVIEW_SLICE = 16_384;

/** A step of a record's state: what its life word became. */
export interface Step {
  readonly family: 4 | 6;
  readonly index: number;
  readonly generation: number;
  readonly after: number;
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
  /**
   * End aloud what an operator wants ended: the next packet of the connection tells both sides (a TCP client is asked for one); without one it ends
   * after 2 s. What no packet belongs to is closed.
   */
  doom(family: 4 | 6, index: number, now: number): void;
  /** Whether a living record is to end aloud, by its next packet. */
  isDoomed(family: 4 | 6, index: number): boolean;
  /** Look at a record that a state event, a peer or a scan points at. Idempotent: the record is the truth. */
  review(family: 4 | 6, index: number, now: number): void;
  /** The fast path tells of a step that the record has taken; it may have gone further since. Ignored where it was another connection's. */
  stepped(step: Step, now: number): void;
  /** Keep bytes, at most 255, beside a record in the place of what was kept; none: keep nothing. Returns false if there is no room. */
  keep(family: 4 | 6, of: { index: number; bytes: Uint8Array }, now: number): boolean;
  /** An announced connection has begun: from now on it is known by its client's port (`RECORD.clientPorts`), and is this node's own. */
  meet(family: 4 | 6, of: { index: number; clientPorts: number }, now: number): void;
  /** Have a record hang on another one (index + 1), in the place of what it hung on. */
  hang(family: 4 | 6, index: number, controller: number): void;
  /** A new connection uses a template, or is announced again: its time starts anew, and it is this node's own. */
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
}

/** When connections begin, and who is told of them. */
export interface ConnectionsOptions {
  /** Timers start here. */
  readonly now: number;
  /** Nobody, if left out. */
  readonly observer?: ConnectionObserver;
  /** Told of every record that is to end aloud. */
  readonly onDoom?: (family: 4 | 6, index: number) => void;
}

/** The connections over a table and the services. */
export function createConnections(
  table: ConnectionTable,
  services: ServiceTable,
  { now, observer = NO_OBSERVER, onDoom = () => {} }: ConnectionsOptions,
): Connections {
  const counts = createCounts(table, services);
  const control = createControl(table);
  const lifetimes = createLifetimes(table, services);
  const ageing = createAgeing(table, lifetimes, now);
  const judge = createJudge(services);
  const dooms = createDooms();
  const eviction = createEviction(table);
  const pressure = createPressure(table);
  let evicted = 0;
  /** Records of both families that `reviewAll` has behind it. */
  let reviewed = table.capacity;

  /** Look at the record again when its time is up, or earlier if the observer wants to. */
  function arm(r: RecordArray, index: number, now: number): void {
    const look = observer.lookAgainAfter(r.family, index, lifetimes.timeoutOf(r, index));
    const left = Math.min(ageing.ticksLeft(r, index, now), dooms.ticksLeft(r, index, now) ?? Infinity);
    ageing.arm(r, index, now, look > 0 ? Math.min(look, left) : left);
  }

  /** Forget an owner who has become this node: the fast path saw a packet and cleared the flag. */
  function takeOver(r: RecordArray, index: number): void {
    if ((readField(r, index, RECORD.life) & LIFE.remote) !== 0) return;
    if (readField(r, index, RECORD.owner) !== 0) writeField(r, index, RECORD.owner, 0);
  }

  const isDoomed = (r: RecordArray, index: number): boolean =>
    dooms.has(r, index) || fateOfRecord(services, r, index) === "reset";

  /** What is to become of the record: an operator's word goes before the policies. */
  function judgementOf(r: RecordArray, index: number, now: number): number {
    const left = dooms.ticksLeft(r, index, now);
    if (left === undefined) return judge(r, index);
    return left > 0 ? LIFE.watched : ENDS;
  }

  /** Set the `JUDGED` bits. */
  function carryOut(r: RecordArray, index: number, judgement: number): void {
    if (mark(r, index, judgement) && judgement === LIFE.watched && isDoomed(r, index))
      onDoom(r.family, index);
  }

  /** Carry out what is to become of the record. Returns whether it lives on. */
  function submit(r: RecordArray, index: number, now: number): boolean {
    const judgement = judgementOf(r, index, now);
    if (judgement === ENDS) close(r.family, index, now);
    else carryOut(r, index, judgement);
    return judgement !== ENDS || isAlive(r, index);
  }

  function review(family: 4 | 6, index: number, now: number): void {
    const r = table.records[family];
    if (index >= r.capacity || !isAlive(r, index) || !submit(r, index, now)) return;
    takeOver(r, index);
    counts.on(r, index);
    eviction.note(r, index);
    prove(r, index, now);
    observer.changed(family, index, now);
    arm(r, index, now);
  }

  /** A connection that is established and closed between two looks was established all the same. */
  function stepped({ family, index, generation, after }: Step, now: number): void {
    const r = table.records[family];
    const isTheirs = index < r.capacity && readField(r, index, RECORD.generation) === generation;
    if (isTheirs && isAlive(r, index)) prove(r, index, now, after & LIFE.stateMask);
    review(family, index, now);
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
    if (judgement === ENDS) {
      ageing.arm(r, index, now, 0); // whoever called still has to do with it
      return;
    }
    carryOut(r, index, judgement);
    arm(r, index, now);
  }

  function doom(r: RecordArray, index: number, now: number): void {
    dooms.add(r, index, now);
    mark(r, index, LIFE.watched);
    onDoom(r.family, index);
    arm(r, index, now);
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
    dooms.forget(r, index);
    eviction.forget(r, index);
    ageing.disarm(r, index);
    const controller = control.detach(r, index);
    table.kill(r.family, index, now);
    const isLast = controller >= 0 && control.count(r, controller) === 0;
    if (isLast) release(r, { controller, isEarly }, now);
    if (destination) services.forgetIfUnused(destination);
  }

  /** Nothing hangs on a record any more. */
  function release(r: RecordArray, of: { controller: number; isEarly: boolean }, now: number): void {
    const { controller, isEarly } = of;
    if (isEarly && isUnproven(r, controller)) close(r.family, controller, now);
    else if ((readField(r, controller, RECORD.life) & LIFE.template) === 0) arm(r, controller, now); // its end may have been put off
  }

  /** Have the record found no more, though it lives on. */
  function retire(r: RecordArray, index: number, now: number): void {
    if (isRetired(r, index)) return;
    observer.retiring(r.family, index, now);
    dooms.forget(r, index);
    retireRecord(table, r, index);
    counts.on(r, index);
    eviction.note(r, index);
  }

  /** Tell peers, too, of a client that has proven itself. */
  function prove(r: RecordArray, index: number, now: number, state = stateOf(r, index)): void {
    const template = proveTemplate(r, index, state);
    if (template >= 0) observer.changed(r.family, template, now);
  }

  /** A timer fired: expire the record, or arm it anew for the time that a packet has given it. */
  function look(r: RecordArray, index: number, now: number): void {
    if (!submit(r, index, now)) return;
    if (ageing.ticksLeft(r, index, now) === 0) lookAtSilent(r, index, now);
    else lookAtBusy(r, index, now);
  }

  function lookAtBusy(r: RecordArray, index: number, now: number): void {
    prove(r, index, now);
    observer.looked(r.family, index, now);
    arm(r, index, now);
  }

  function lookAtSilent(r: RecordArray, index: number, now: number): void {
    if (ageing.isFrozen(r, index, now)) ageing.arm(r, index, now, FROZEN_LOOK_TICKS);
    else if (control.count(r, index) > 0) deferEnd(r, index, now);
    else end(r, { index, isEarly: false }, now);
  }

  function deferEnd(r: RecordArray, index: number, now: number): void {
    const isOwnTemplate =
      (readField(r, index, RECORD.life) & (LIFE.template | LIFE.remote)) === LIFE.template;
    if (isOwnTemplate) {
      lifetimes.defer(r, index, now);
      observer.looked(r.family, index, now);
    }
    ageing.arm(r, index, now, DEFERRAL_TICKS);
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
    doom(family, index, now) {
      const r = table.records[family];
      if (!isAlive(r, index)) return;
      if ((readField(r, index, RECORD.life) & LIFE.template) !== 0) close(family, index, now);
      else doom(r, index, now);
    },
    isDoomed: (family, index) => isDoomed(table.records[family], index),
    review,
    stepped,
    keep(family, { index, bytes }, now) {
      const isKept = table.annexes.write(table.records[family], index, bytes);
      if (isKept) observer.annexed(family, index, now);
      return isKept;
    },
    meet(family, { index, clientPorts }, now) {
      writeField(table.records[family], index, RECORD.lastSeen, now);
      observer.renaming(family, index, now);
      table.rename(family, index, { clientPorts, clear: LIFE.noClientPort | LIFE.remote });
      review(family, index, now);
    },
    hang(family, index, controller) {
      const r = table.records[family];
      if (readField(r, index, RECORD.controller) === controller) return;
      control.detach(r, index);
      writeField(r, index, RECORD.controller, controller);
      control.attach(r, index);
    },
    renew(family, index, now) {
      const r = table.records[family];
      writeField(r, index, RECORD.lastSeen, now);
      const before = changeLife(r, index, { clear: LIFE.remote, set: 0 });
      if ((before & LIFE.remote) !== 0) review(family, index, now);
    },
    retire: (family, index, at) => retire(table.records[family], index, at),
    advance(now, limit) {
      const fired = ageing.advance(now, limit, (r, index) => look(r, index, now));
      const end = Math.min(reviewed + REVIEW_SLICE, table.capacity);
      for (; reviewed < end; reviewed++) reviewAt(reviewed, now);
      return fired === limit || reviewed < table.capacity;
    },
    reviewAll() {
      reviewed = 0;
    },
    adopted,
    ticksLeft: (family, index, now) => ageing.ticksLeft(table.records[family], index, now),
    controlledBy: (family, index) => control.count(table.records[family], index),
    setPeerLive: ageing.setPeerLive,
  };
}

/** Set what a judgement says of the `JUDGED` bits. Returns whether they were others. */
function mark(r: RecordArray, index: number, judgement: number): boolean {
  if ((readField(r, index, RECORD.life) & JUDGED) === judgement) return false;
  changeLife(r, index, { clear: JUDGED, set: judgement });
  return true;
}
