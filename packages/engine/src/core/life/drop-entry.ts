/**
 * The defence `dropEntry`: once a second a part of the table, from a random place on, is searched for connections that are worth little: half-open ones,
 * clients that have not proven themselves, and those that have been silent for a minute after a few packets (Linux 6.1 `ip_vs_random_dropentry`).
 */

import { IP_PROTOCOL } from "../../packet/parse.ts";
import { PROTOCOLS } from "../../protocols/transitions.ts";
import { LIFE, RECORD } from "../layout.ts";
import {
  isAlive,
  protocolOf,
  type RecordArray,
  readCounter,
  readField,
  stateOf,
  ticksSince,
} from "../record.ts";
import { type ConnectionTable, FAMILIES } from "../table/connection-table.ts";
import type { Connections } from "./connections.ts";

/** The part of the table that is searched each second. */
const PART = 32;
/** One second, and one minute, in ticks of 2^20 ns. */
const SECOND_TICKS = 954;
const IDLE_TICKS = 57_220;
/** Connections with more packets than this are left alone. */
const FEW_PACKETS = 8;

/** The search. */
export interface DropEntry {
  /** Search, if a second has passed since the last time. Returns how many connections were ended. */
  turn(now: number): number;
}

/** A search over the connections. */
export function createDropEntry(
  table: ConnectionTable,
  connections: Connections,
  random: (below: number) => number,
): DropEntry {
  let last = 0;
  /** Idle connections of each number of packets that are still to be passed over before the next one goes. */
  const passOver = new Uint8Array(FEW_PACKETS + 1);

  /** Of connections with n packets every n-th goes. */
  function isNth(packets: number): boolean {
    if (packets === 0 || packets > FEW_PACKETS) return false;
    if (passOver[packets]! > 1) {
      passOver[packets]!--;
      return false;
    }
    passOver[packets] = packets;
    return true;
  }

  function isIdle(r: RecordArray, index: number, now: number): boolean {
    if (ticksSince(now, readField(r, index, RECORD.lastSeen)) < IDLE_TICKS) return false;
    return isNth(readCounter(r, index, RECORD.inPackets));
  }

  function isExpendable(r: RecordArray, index: number, now: number): boolean {
    const life = readField(r, index, RECORD.life);
    if ((life & LIFE.remote) !== 0 || connections.controlledBy(r.family, index) > 0) return false;
    if ((life & LIFE.template) !== 0) return (life & LIFE.assured) === 0;
    const protocol = protocolOf(r, index);
    if (protocol === IP_PROTOCOL.udp) return isIdle(r, index, now);
    const { halfOpenStates, stateNames } = PROTOCOLS[protocol]!;
    if (halfOpenStates.has(stateOf(r, index))) return true;
    return stateNames[stateOf(r, index)] === "ESTABLISHED" && isIdle(r, index, now);
  }

  function search(family: 4 | 6, now: number): number {
    const r = table.records[family];
    const reach = table.reach(family);
    const from = reach > 0 ? random(reach) : 0;
    let ended = 0;
    for (let i = 0; i < Math.ceil(reach / PART); i++) {
      const index = (from + i) % reach;
      if (!isAlive(r, index) || !isExpendable(r, index, now)) continue;
      connections.close(family, index, now);
      ended++;
    }
    return ended;
  }

  return {
    turn(now) {
      if (ticksSince(now, last) < SECOND_TICKS) return 0;
      last = now;
      return FAMILIES.reduce((sum, family) => sum + search(family, now), 0);
    },
  };
}
