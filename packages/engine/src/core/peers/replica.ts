/** What the peers tell: their records laid over our table. Later activity wins; what names an unknown service waits until it is known. */
import {
  createConnectionRecord,
  decodeConnection,
  encodeConnection,
  MAX_RECORD_BYTES,
  METHOD_NUMBERS,
} from "@tandem/model";
import { FLOW_WORDS } from "../../packet/parse.ts";
import { ADDRESS, LIFE, RECORD } from "../layout.ts";
import type { Connections } from "../life/connections.ts";
import { isHelped } from "../life/gone.ts";
import { writeClientKey } from "../open/template-key.ts";
import {
  addressAt,
  changeLife,
  exchangeLife,
  methodOf,
  NO_DESTINATION,
  type RecordArray,
  readField,
  ticksSince,
  UNKNOWN_PEER,
  writeField,
} from "../record.ts";
import type { Service, ServiceTable } from "../services/service-table.ts";
import { createBirth, FAMILIES, type NewConnection } from "../table/connection-table.ts";
import { indexOf } from "../table/flow-index.ts";
import { type Awaiting, createAwaitedControls } from "./awaited-controls.ts";
import { isControlName, writeControlKey } from "./control-name.ts";
import { type Digests, NOBODY } from "./digest.ts";
import { isConsistent, writeBirth, writeReplyKey } from "./peer-record.ts";

/** No record is older: above every timeout, and hours away from where ticks wrap (`ticksSince`). */
const MOST_AGE_TICKS = 0x7f00_0000;
/** Records of unknown services that may wait. */
const PARKING_LIMIT = 65_536;

/** What became of a peer's record; each is counted. */
const APPLY_OUTCOMES = [
  "inserted",
  "refreshed",
  "taken_over",
  "replaced",
  /** In the place of another connection that had the same local end. */
  "displaced",
  "ended",
  "ignored_older",
  "ignored_unknown",
  /** Its local end is that of another connection, which was active later. */
  "source_taken",
  "parked",
  "parking_full",
  "table_full",
  "invalid",
] as const;
/** One of them. */
export type ApplyOutcome = (typeof APPLY_OUTCOMES)[number];

/** What a peer says. */
export interface PeerRecords {
  /** Slot of the peer, 1 to 254. */
  peer: number;
  /** Concatenated, encoded. */
  records: Uint8Array;
  /** The records were true at most so many ticks ago. */
  delayTicks: number;
}

/** The peers' records in our table. */
export interface Replica {
  /** Apply records of a peer, in order; bytes that are no record end it, as one `invalid`. Never throws. */
  apply(said: PeerRecords, now: number): void;
  /** All that the peer owns in these digest buckets (none named: in all) is suspect until a record names it. A second call starts anew. */
  beginReload(peer: number, buckets: readonly number[]): void;
  /** What is still suspect is gone, or this node's own as if its last packet came `handicapTicks` earlier. */
  endReload(of: { peer: number; unmentioned: "forget" | "adopt"; handicapTicks: number }, now: number): void;
  /** Try again what waited for its service: after a change of the configuration. */
  applyParked(now: number): void;
  readonly outcomes: ReadonlyMap<ApplyOutcome, number>;
}

interface Parked {
  peer: number;
  at: number;
  bytes: Uint8Array;
}

/** Lay peers' records over the connections. */
export function createReplica(connections: Connections, services: ServiceTable, digests: Digests): Replica {
  const { table } = connections;
  const record = createConnectionRecord();
  const birth = createBirth();
  birth.key = new Uint32Array(FLOW_WORDS);
  const scratch = new Uint32Array(FLOW_WORDS);
  /** Records that their owner has not named since its reload began. */
  const isSuspect = {
    4: new Uint8Array(table.records[4].capacity),
    6: new Uint8Array(table.records[6].capacity),
  };
  /** Flow key of the control connection that the record names, and whether that is not known yet. */
  const controlKey = new Uint32Array(FLOW_WORDS);
  let isAwaited = false;
  const awaited = createAwaitedControls();
  const outcomes = new Map<ApplyOutcome, number>(APPLY_OUTCOMES.map((o) => [o, 0]));
  let parked: Parked[] = [];

  function applyOne(peer: number, now: number): ApplyOutcome {
    const service = services.service(record.serviceId);
    const destination = services.destination(record.destinationId);
    const isKnown = destination !== undefined || record.destinationId === NO_DESTINATION;
    if (!service || !isKnown) return park(peer, now);
    const said = { record, service, destination };
    if (!isConsistent(said)) return "invalid";
    writeBirth(birth, said);
    birth.owner = peer;
    birth.lastSeen = (now - record.ageTicks) >>> 0;
    const isNamed = writeControlKey(controlKey, { record, birth, service });
    const control = isNamed ? controlFor(service) : 0;
    isAwaited = isNamed && control === 0;
    birth.controller = control || templateFor(service);
    const node = table.find(record.family, birth.key);
    if (node >= 0) return merge(peer, indexOf(node), now);
    return record.ended ? "ignored_unknown" : insert(peer, now);
  }

  /** Index + 1 of the control connection that the record names; 0 if it is not known here. */
  function controlFor(service: Service): number {
    const node = table.find(birth.family, controlKey);
    if (node < 0 || !isHelped(service, table.records[birth.family], indexOf(node))) return 0;
    return indexOf(node) + 1;
  }

  /** Index + 1 of the client's template, on which its connections hang that lead to the same destination; 0 if there is none. */
  function templateFor(service: Service): number {
    const { persistence } = service;
    const isTold = persistence !== undefined && persistence.engine === undefined; // by an address, not by what the client says
    if (!isTold || (birth.life & LIFE.template) !== 0) return 0;
    writeClientKey(scratch, { service, persistence, p: birth });
    const node = table.find(birth.family, scratch);
    if (node < 0) return 0;
    const leadsTo = readField(table.records[birth.family], indexOf(node), RECORD.destinationId);
    return leadsTo === birth.destinationId ? indexOf(node) + 1 : 0;
  }

  function insert(peer: number, now: number): ApplyOutcome {
    const rival = rivalOf(birth);
    if (rival >= 0 && !isLater(peer, rival, now)) return "source_taken";
    if (rival >= 0) connections.close(record.family, rival, now);
    const index = connections.open(birth, now);
    if (index < 0) return "table_full";
    hand(peer, index);
    for (const who of awaited.take(birth.family, birth.key)) hangOn(index, who);
    return rival >= 0 ? "displaced" : "inserted";
  }

  /** The control connection for which a record has waited is known now. */
  function hangOn(control: number, { index, generation }: Awaiting): void {
    const r = table.records[birth.family];
    if (readField(r, index, RECORD.generation) !== generation) return;
    connections.hang(birth.family, index, control + 1);
    table.annexes.write(r, index, NOTHING);
  }

  /** The connection that has the same local end in the eyes of the same real server; -1 if there is none. */
  function rivalOf(of: NewConnection): number {
    if (of.method !== METHOD_NUMBERS["full-nat"] || !record.localNamed) return -1;
    writeReplyKey(scratch, of);
    const node = table.find(of.family, scratch);
    return node < 0 ? -1 : indexOf(node);
  }

  /** Whether the peer saw a packet later than whoever owns our record did, or owns it itself. */
  function isLater(peer: number, index: number, now: number): boolean {
    const r = table.records[record.family];
    return isOf(peer, r, index) || record.ageTicks < ticksSince(now, readField(r, index, RECORD.lastSeen));
  }

  /** The peer's word against ours (or another peer's) about a connection that both know. */
  function merge(peer: number, index: number, now: number): ApplyOutcome {
    const r = table.records[record.family];
    for (;;) {
      const life = readField(r, index, RECORD.life);
      const isItsOwn = isOf(peer, r, index);
      if (!isLater(peer, index, now)) return "ignored_older";
      if (record.ended) return end(index, now);
      if (!leadsAlike(r, index, birth)) return replace(peer, index, now);
      if (!exchangeLife(r, index, life, (life & KEPT) | birth.life)) continue;
      writeField(r, index, RECORD.lastSeen, birth.lastSeen);
      writeField(r, index, RECORD.owner, peer);
      if (birth.controller > 0) connections.hang(record.family, index, birth.controller);
      hand(peer, index);
      connections.review(record.family, index, now);
      return isItsOwn ? "refreshed" : "taken_over";
    }
  }

  function end(index: number, now: number): ApplyOutcome {
    digests.move(record.family, index, NOBODY); // the peer has told everybody: nothing to publish
    connections.close(record.family, index, now);
    return "ended";
  }

  function replace(peer: number, index: number, now: number): ApplyOutcome {
    digests.move(record.family, index, NOBODY); // ours has not ended: the peer's has taken its place
    connections.close(record.family, index, now);
    const outcome = insert(peer, now);
    return outcome === "inserted" ? "replaced" : outcome;
  }

  function hand(peer: number, index: number): void {
    digests.move(record.family, index, peer);
    isSuspect[record.family][index] = 0;
    const r = table.records[record.family];
    const { annex, annexBytes } = record;
    const isDone = isControlName(record) && !isAwaited; // a name is kept until it is known what it means, and told on
    table.annexes.write(r, index, isDone ? NOTHING : annex.subarray(0, annexBytes));
    if (isAwaited)
      awaited.wait(record.family, controlKey, { index, generation: readField(r, index, RECORD.generation) });
  }

  function park(peer: number, at: number): ApplyOutcome {
    if (parked.length >= PARKING_LIMIT) return "parking_full";
    const bytes = new Uint8Array(MAX_RECORD_BYTES);
    parked.push({ peer, at, bytes: bytes.slice(0, encodeConnection(bytes, 0, record)) });
    return "parked";
  }

  function count(outcome: ApplyOutcome): void {
    outcomes.set(outcome, outcomes.get(outcome)! + 1);
  }

  /** Visit the records that a peer owns, as it or we have published them. */
  function visitOwned(peer: number, visit: (family: 4 | 6, index: number) => void): void {
    for (const family of FAMILIES)
      for (let index = 0; index < table.reach(family); index++)
        if (digests.ownerOf(family, index) === peer) visit(family, index);
  }

  /** Make a peer's record this node's own; the publisher tells the others. */
  function adopt(r: RecordArray, of: { index: number; handicapTicks: number }, now: number): void {
    const seen = readField(r, of.index, RECORD.lastSeen);
    writeField(r, of.index, RECORD.lastSeen, (seen - of.handicapTicks) >>> 0);
    changeLife(r, of.index, { clear: LIFE.remote, set: 0 });
    connections.review(r.family, of.index, now);
  }

  return {
    outcomes,
    apply({ peer, records, delayTicks }, now) {
      for (let at = 0; at < records.length; ) {
        at = decodeConnection(records, at, record);
        if (at < 0) return count("invalid");
        record.ageTicks = Math.min(record.ageTicks + delayTicks, MOST_AGE_TICKS);
        count(applyOne(peer, now));
      }
    },
    beginReload(peer, buckets) {
      if (buckets.length === 0) parked = parked.filter((p) => p.peer !== peer);
      visitOwned(peer, (family, index) => {
        const isAsked = buckets.length === 0 || buckets.includes(digests.bucketOf(family, index));
        isSuspect[family][index] = isAsked ? 1 : 0;
      });
    },
    endReload({ peer, unmentioned, handicapTicks }, now) {
      visitOwned(peer, (family, index) => {
        if (isSuspect[family][index] === 0) return;
        isSuspect[family][index] = 0;
        if (unmentioned === "forget") connections.close(family, index, now);
        else adopt(table.records[family], { index, handicapTicks }, now);
      });
    },
    applyParked(now) {
      for (const p of parked.splice(0)) {
        decodeConnection(p.bytes, 0, record);
        record.ageTicks = Math.min(record.ageTicks + ticksSince(now, p.at), MOST_AGE_TICKS);
        count(applyOne(p.peer, now));
      }
    },
  };
}

/** What a peer's word leaves as it is: each director judges for itself, and a client that has proven itself has. */
const KEPT = LIFE.template | LIFE.held | LIFE.watched | LIFE.assured;
const NOTHING = new Uint8Array();

/** Whether a peer owns a record, as far as is known. */
function isOf(peer: number, r: RecordArray, index: number): boolean {
  if ((readField(r, index, RECORD.life) & LIFE.remote) === 0) return false;
  const owner = readField(r, index, RECORD.owner);
  return owner === peer || owner === UNKNOWN_PEER;
}

/** Whether a record leads where a new one would: to the same destination, in the same way. */
function leadsAlike(r: RecordArray, index: number, of: NewConnection): boolean {
  const local = addressAt(r, ADDRESS.local);
  for (let i = 0; i < r.addressWords; i++)
    if (readField(r, index, local + i) !== (of.local[i] ?? 0)) return false;
  return (
    methodOf(r, index) === of.method &&
    readField(r, index, RECORD.destinationId) === of.destinationId &&
    readField(r, index, RECORD.serverPorts) === (of.destinationPort | (of.localPort << 16)) >>> 0
  );
}
