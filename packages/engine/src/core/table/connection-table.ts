/**
 * The connections of this node: who owns which record, found by flow, born and buried in the steps of docs/wire/record.md. What a
 * connection means to destinations, timers and peers is `connections.ts`.
 */
import type { DataPlane } from "../../dataplane/dataplane.ts";
import { FLOW_PORTS, FLOW_PROTOCOL, FLOW_WORDS } from "../../packet/parse.ts";
import { ADDRESS, DIRECTION, FLOW_KEY, LIFE, RECORD } from "../layout.ts";
import {
  addressAt,
  changeLife,
  clearCounters,
  copyKey,
  fillField,
  hasOutput,
  isAlive,
  kindWord,
  methodOf,
  type RecordArray,
  raiseGeneration,
  readField,
  recordArray,
} from "../record.ts";
import { type Annexes, createAnnexes } from "./annex.ts";
import { createFlowIndex, directionOf, type FlowIndex, indexOf } from "./flow-index.ts";
import { createSlotPool, type SlotPool } from "./slot-pool.ts";

/** Both address families, for loops over tables. */
export const FAMILIES = [4, 6] as const;

/** Where flows go: the data plane's flow maps. Keys are copied. */
export interface FlowMap {
  insertFlow(family: 4 | 6, key: Uint8Array, index: number, direction: number): void;
  deleteFlow(family: 4 | 6, key: Uint8Array): void;
}

/** What a new record says. Reused by whoever fills it. */
export interface NewConnection {
  family: 4 | 6;
  /** Flow key of the client's packets; of a template, the key that it is found by. */
  key: Uint32Array;
  method: number;
  /** First life word: state and `LIFE` flags. */
  life: number;
  serviceId: number;
  destinationId: number;
  /** Address words, and the port as it stands in packets. */
  destination: Uint32Array;
  destinationPort: number;
  /** Full NAT: where the connection seems to come from, as the destination above; no words otherwise. */
  local: Uint32Array;
  localPort: number;
  /** Slot of the owning peer; 0 is this node. */
  owner: number;
  /** Index + 1 of the record that this one hangs on; 0 none. */
  controller: number;
  /** Firewall mark of the service; 0 none. */
  mark: number;
  lastSeen: number;
}

const NOTHING = new Uint8Array();
/** No address: all its words are 0. */
export const NO_ADDRESS = new Uint32Array();

/** A form to fill in for `create`. */
export function createBirth(): NewConnection {
  return {
    family: 4,
    key: NO_ADDRESS,
    method: 0,
    life: 0,
    serviceId: 0,
    destinationId: 0,
    destination: NO_ADDRESS,
    destinationPort: 0,
    local: NO_ADDRESS,
    localPort: 0,
    owner: 0,
    controller: 0,
    mark: 0,
    lastSeen: 0,
  };
}

/** Records and flows of this node; one thread owns them. */
export interface ConnectionTable {
  readonly records: { readonly 4: RecordArray; readonly 6: RecordArray };
  /** What is kept beside the records; it goes with them. */
  readonly annexes: Annexes;
  /** Living connections. */
  readonly size: number;
  readonly capacity: number;
  /** One above the highest record index in use, now or before: what a scan has to look at. */
  reach(family: 4 | 6): number;
  /** Records that could be born now. */
  free(family: 4 | 6, now: number): number;
  /** Node (flow-index.ts) of the living connection that a packet with this key belongs to, or -1. */
  find(family: 4 | 6, key: Uint32Array): number;
  /** Bring a connection to life and queue its flows. Returns its index, or -1 if no record is free. The key must be unknown. */
  create(of: NewConnection, now: number): number;
  /** Give a living record other ports (`RECORD`'s words; the server's stay if absent), and clear and set these `LIFE` bits; its flows follow. */
  rename(
    family: 4 | 6,
    index: number,
    to: { clientPorts: number; serverPorts?: number; clear: number; set?: number },
  ): void;
  /** End a living connection: dead at once, flows queued for deletion, record free after the quarantine. */
  kill(family: 4 | 6, index: number, now: number): void;
  /** Take up a living record that a former daemon left: its flows are in the maps already. */
  adopt(family: 4 | 6, index: number): void;
  /** Rebuild the free lists and find the annexes: after all records were adopted or killed. */
  finishAdoption(): void;
}

/** The directions in which packets of a living record find it: none of a template's, and no reply comes to a port that is not known. */
export function directionsOf(r: RecordArray, index: number): readonly number[] {
  const life = readField(r, index, RECORD.life);
  if ((life & LIFE.template) !== 0) return NO_DIRECTION;
  const hasReplies = hasOutput(methodOf(r, index)) && (life & LIFE.noClientPort) === 0;
  return hasReplies ? BOTH_DIRECTIONS : ONE_DIRECTION;
}

const NO_DIRECTION: readonly number[] = [];
const ONE_DIRECTION: readonly number[] = [DIRECTION.input];
/** Replies first: who meets the forward flow finds the way back in place. */
const BOTH_DIRECTIONS: readonly number[] = [DIRECTION.output, DIRECTION.input];

/** The directions under which the index has a record: a template has one, too. */
const indexedBy = (r: RecordArray, index: number): readonly number[] =>
  (readField(r, index, RECORD.life) & LIFE.template) !== 0 ? ONE_DIRECTION : directionsOf(r, index);

interface FamilyTable {
  readonly records: RecordArray;
  readonly index: FlowIndex;
  pool: SlotPool;
}

/** Memory that outlives the daemon: the data plane's. */
export type TableMemory = Pick<DataPlane, "records" | "annexes">;

/** A table over the data plane's records; living ones wait for `adopt`. `seed` should be secret. */
export function createConnectionTable(memory: TableMemory, flows: FlowMap, seed: number): ConnectionTable {
  const words = memory.records;
  const tables = { 4: familyTable(4, words[4], seed), 6: familyTable(6, words[6], seed) };
  const records = { 4: tables[4].records, 6: tables[6].records };
  const annexes = createAnnexes(memory.annexes);
  const key = new Uint32Array(FLOW_WORDS);
  const keyBytes = {
    4: new Uint8Array(key.buffer, 0, FLOW_KEY[4].size),
    6: new Uint8Array(key.buffer, 0, FLOW_KEY[6].size),
  };
  let size = 0;

  function addFlows(t: FamilyTable, index: number): void {
    const { family } = t.records;
    for (const direction of indexedBy(t.records, index)) t.index.add(index, direction);
    for (const direction of directionsOf(t.records, index)) {
      copyKey(t.records, index, direction, key);
      flows.insertFlow(family, keyBytes[family], index, direction);
    }
  }

  function removeFlows(t: FamilyTable, index: number): void {
    const { family } = t.records;
    for (const direction of indexedBy(t.records, index)) t.index.remove(index, direction);
    for (const direction of directionsOf(t.records, index)) {
      copyKey(t.records, index, direction, key);
      const heir = t.index.find(key); // one client's connections to two virtual endpoints may have the same replies
      if (heir < 0) flows.deleteFlow(family, keyBytes[family]);
      else flows.insertFlow(family, keyBytes[family], indexOf(heir), directionOf(heir));
    }
  }

  return {
    records,
    annexes,
    get size() {
      return size;
    },
    capacity: records[4].capacity + records[6].capacity,
    reach: (family) => tables[family].pool.reach,
    free: (family, now) => tables[family].pool.free(now),
    find: (family, key) => tables[family].index.find(key),
    create(of, now) {
      const t = tables[of.family];
      const index = t.pool.take(now);
      if (index < 0) return -1;
      fillRecord(t.records, index, of);
      raiseGeneration(t.records, index);
      addFlows(t, index);
      size++;
      return index;
    },
    rename(family, index, to) {
      const t = tables[family];
      raiseGeneration(t.records, index);
      removeFlows(t, index);
      fillField(t.records, index, RECORD.clientPorts, to.clientPorts);
      if (to.serverPorts !== undefined) fillField(t.records, index, RECORD.serverPorts, to.serverPorts);
      changeLife(t.records, index, { clear: to.clear, set: to.set ?? 0 });
      raiseGeneration(t.records, index);
      addFlows(t, index);
    },
    kill(family, index, now) {
      const t = tables[family];
      raiseGeneration(t.records, index);
      removeFlows(t, index);
      annexes.write(t.records, index, NOTHING);
      t.pool.release(index, now);
      size--;
    },
    adopt(family, index) {
      const t = tables[family];
      for (const direction of indexedBy(t.records, index)) t.index.add(index, direction);
      size++;
    },
    finishAdoption() {
      for (const family of FAMILIES) tables[family].pool = freePool(records[family]);
      annexes.adopt(FAMILIES.map((family) => records[family]));
    },
  };
}

function familyTable(family: 4 | 6, words: Uint32Array, seed: number): FamilyTable {
  const records = recordArray(family, words);
  return { records, index: createFlowIndex(records, seed), pool: freePool(records) };
}

const freePool = (records: RecordArray): SlotPool =>
  createSlotPool(records.capacity, (index) => isAlive(records, index));

/** Every word of the record but the generation. */
function fillRecord(r: RecordArray, index: number, of: NewConnection): void {
  const words = r.addressWords;
  const ports = of.key[FLOW_PORTS[r.family]]!;
  const protocol = of.key[FLOW_PROTOCOL[r.family]]! & 0xff; // without TEMPLATE_KEY
  fillField(r, index, RECORD.life, of.life);
  fillField(r, index, RECORD.kind, kindWord({ protocol, method: of.method, family: r.family }));
  fillField(r, index, RECORD.lastSeen, of.lastSeen);
  fillField(r, index, RECORD.serviceId, of.serviceId);
  fillField(r, index, RECORD.destinationId, of.destinationId);
  fillField(r, index, RECORD.clientPorts, ports);
  fillField(r, index, RECORD.serverPorts, (of.destinationPort | (of.localPort << 16)) >>> 0);
  clearCounters(r, index);
  fillField(r, index, RECORD.owner, of.owner);
  fillField(r, index, RECORD.controller, of.controller);
  fillField(r, index, RECORD.mark, of.mark);
  fillField(r, index, RECORD.annex, 0);
  for (let i = 0; i < words; i++) {
    fillField(r, index, addressAt(r, ADDRESS.client) + i, of.key[i]!);
    fillField(r, index, addressAt(r, ADDRESS.virtual) + i, of.key[words + i]!);
    fillField(r, index, addressAt(r, ADDRESS.destination) + i, of.destination[i] ?? 0);
    fillField(r, index, addressAt(r, ADDRESS.local) + i, of.local[i] ?? 0);
  }
}
