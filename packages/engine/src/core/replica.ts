/** What the peers tell: their records laid over our table. Later activity wins; what names an unknown service waits until it is known. */
import {
  type ConnectionRecord,
  createConnectionRecord,
  decodeConnection,
  encodeConnection,
  MAX_RECORD_BYTES,
  RecordFlag,
} from "@tandem/model";
import { FLOW_PORTS, FLOW_PROTOCOL, FLOW_WORDS } from "../packet/parse.ts";
import { addressToWords, swapPort } from "../packet/words.ts";
import { PROTOCOLS } from "../protocols/transitions.ts";
import { createBirth, FAMILIES } from "./connection-table.ts";
import { type Connections, UNKNOWN_PEER } from "./connections.ts";
import { type Digests, NOBODY } from "./digest.ts";
import { indexOf } from "./flow-index.ts";
import { ADDRESS_WORDS, LIFE, RECORD } from "./layout.ts";
import { changeLife, exchangeLife, type RecordArray, readField, ticksSince, writeField } from "./record.ts";
import type { Destination, Service, ServiceTable } from "./service-table.ts";

/** Records of unknown services that may wait. */
const PARKING_LIMIT = 65_536;

/** What became of a peer's record; each is counted. */
export const APPLY_OUTCOMES = [
  "inserted",
  "refreshed",
  "taken_over",
  "replaced",
  "ended",
  "ignored_older",
  "ignored_unknown",
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
  const key = new Uint32Array(FLOW_WORDS);
  /** Records that their owner has not named since its reload began. */
  const isSuspect = {
    4: new Uint8Array(table.records[4].capacity),
    6: new Uint8Array(table.records[6].capacity),
  };
  const outcomes = new Map<ApplyOutcome, number>(APPLY_OUTCOMES.map((o) => [o, 0]));
  let parked: Parked[] = [];
  const birth = createBirth();

  function applyOne(peer: number, now: number): ApplyOutcome {
    const service = services.service(record.serviceId);
    const destination = services.destination(record.destinationId);
    if (!service || !destination) return park(peer, now);
    if (!isConsistent(record, service, destination)) return "invalid";
    writeKey(key, record, service);
    const node = table.find(record.family, key);
    if (node < 0) return record.ended ? "ignored_unknown" : insert(peer, destination, now);
    const index = indexOf(node);
    return merge({ peer, index, destination, now });
  }

  function insert(peer: number, destination: Destination, now: number): ApplyOutcome {
    birth.family = record.family;
    birth.key = key;
    birth.method = destination.method;
    birth.life = lifeOf(record);
    birth.serviceId = record.serviceId;
    birth.destinationId = record.destinationId;
    birth.destination = destination.address;
    birth.destinationPort = record.destinationPortNamed ? swapPort(record.destinationPort) : destination.port;
    birth.owner = peer;
    birth.lastSeen = (now - record.ageTicks) >>> 0;
    const index = connections.open(birth, now);
    if (index < 0) return "table_full";
    hand(peer, index);
    return "inserted";
  }

  /** The peer's word against ours (or another peer's) about a connection that both know. */
  function merge(of: { peer: number; index: number; destination: Destination; now: number }): ApplyOutcome {
    const { peer, index, now } = of;
    const r = table.records[record.family];
    for (;;) {
      const life = readField(r, index, RECORD.life);
      const owner = (life & LIFE.remote) !== 0 ? readField(r, index, RECORD.owner) : 0;
      const isItsOwn = owner === peer || owner === UNKNOWN_PEER;
      const ourAge = ticksSince(now, readField(r, index, RECORD.lastSeen));
      if (!isItsOwn && record.ageTicks >= ourAge) return "ignored_older";
      if (record.ended) return end(index, now);
      if (readField(r, index, RECORD.destinationId) !== record.destinationId) return replace(of);
      if (!exchangeLife(r, index, life, (life & LIFE.template) | lifeOf(record))) continue;
      writeField(r, index, RECORD.lastSeen, (now - record.ageTicks) >>> 0);
      writeField(r, index, RECORD.owner, peer);
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

  function replace(of: { peer: number; index: number; destination: Destination; now: number }): ApplyOutcome {
    digests.move(record.family, of.index, NOBODY); // ours has not ended: the peer's has taken its place
    connections.close(record.family, of.index, of.now);
    const outcome = insert(of.peer, of.destination, of.now);
    return outcome === "inserted" ? "replaced" : outcome;
  }

  function hand(peer: number, index: number): void {
    digests.move(record.family, index, peer);
    isSuspect[record.family][index] = 0;
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
        record.ageTicks = (record.ageTicks + delayTicks) >>> 0;
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
        record.ageTicks = (record.ageTicks + ticksSince(now, p.at)) >>> 0;
        count(applyOne(p.peer, now));
      }
    },
  };
}

/** Whether the record says what the configuration allows: its own kind of service, a destination of it, a state that exists. */
function isConsistent(record: ConnectionRecord, service: Service, destination: Destination): boolean {
  return (
    record.family === service.family &&
    record.protocol === service.protocol &&
    destination.serviceId === service.id &&
    (record.flags & RecordFlag.template) === 0 &&
    record.state < PROTOCOLS[record.protocol]!.stateNames.length
  );
}

function lifeOf(record: ConnectionRecord): number {
  const noOutput = (record.flags & RecordFlag.noOutput) !== 0 ? LIFE.noOutput : 0;
  return record.state | noOutput | LIFE.remote;
}

function writeKey(key: Uint32Array, record: ConnectionRecord, service: Service): void {
  const { family } = record;
  const words = ADDRESS_WORDS[family];
  addressToWords(record.client, words, key, 0);
  if (record.virtualNamed) addressToWords(record.virtual, words, key, words);
  else for (let i = 0; i < words; i++) key[words + i] = service.address[i]!;
  const virtualPort = record.virtualNamed ? swapPort(record.virtualPort) : service.port;
  key[FLOW_PORTS[family]] = (swapPort(record.clientPort) | (virtualPort << 16)) >>> 0;
  key[FLOW_PROTOCOL[family]] = record.protocol;
}
