/**
 * What this node tells its peers: which of its connections are worth saving, when they changed, that they ended. Records are encoded as
 * `model/connection.ts` draws them and wait in a buffer for whoever sends them.
 */
import {
  type ConnectionRecord,
  createConnectionRecord,
  encodeConnection,
  MAX_RECORD_BYTES,
  METHOD_NUMBERS,
  RecordFlag,
} from "@tandem/model";
import { swapPort, wordsToAddress } from "../../packet/words.ts";
import { PROTOCOLS } from "../../protocols/transitions.ts";
import { ADDRESS, LIFE, RECORD } from "../layout.ts";
import type { ConnectionObserver } from "../life/connection-observer.ts";
import { isHelped } from "../life/gone.ts";
import { RETIRED_PORTS } from "../life/retirement.ts";
import { NO_SERVICE } from "../open/ways.ts";
import {
  addressAt,
  isAlive,
  methodOf,
  protocolOf,
  type RecordArray,
  readField,
  stateOf,
  ticksSince,
} from "../record.ts";
import type { Service, ServiceTable } from "../services/service-table.ts";
import type { ConnectionTable } from "../table/connection-table.ts";
import { writeControlName } from "./control-name.ts";
import { type Digests, MINE, NOBODY } from "./digest.ts";

/** Encoded records, concatenated. */
export interface RecordBatch {
  records: Uint8Array;
  count: number;
}

/** The observer of connections that speaks for this node. */
export interface Publisher extends ConnectionObserver {
  /** What has changed since the last call, in order of change, at most `BATCH_BYTES`; undefined if nothing is left. */
  take(): RecordBatch | undefined;
  /**
   * A slice of all records that this node owns, for a snapshot or the repair of one bucket: templates and control connections first, so that whoever
   * hears of a connection knows what it hangs on. At most `maxBytes`, and at most
   * `SCAN_LIMIT` records are looked at.
   *
   * @returns `next`: the cursor to go on with, or null after the last
   */
  readOwned(
    of: { cursor: number; maxBytes: number; bucket?: number },
    now: number,
  ): RecordBatch & { next: number | null };
}

/** Most that `take` gives at a time: some 4,000 records. */
const BATCH_BYTES = 64 * 1024;

/** Records that one `readOwned` looks at: below a millisecond. */
export const SCAN_LIMIT = 16_384;

/** A publisher over a table; records change their owner in `digests` when they are first published. */
export function createPublisher(table: ConnectionTable, services: ServiceTable, digests: Digests): Publisher {
  const record = createConnectionRecord();
  /** What the peers know, by record: state (`sayableOf`), and the time of the last packet. */
  const states = {
    4: new Uint8Array(table.records[4].capacity),
    6: new Uint8Array(table.records[6].capacity),
  };
  const seen = {
    4: new Uint32Array(table.records[4].capacity),
    6: new Uint32Array(table.records[6].capacity),
  };
  const buffer = new Uint8Array(BATCH_BYTES);
  const full: RecordBatch[] = [];
  let used = 0;
  let count = 0;

  function append(): void {
    if (used + MAX_RECORD_BYTES > buffer.length) full.push(cut());
    used = encodeConnection(buffer, used, record);
    count++;
  }

  function cut(): RecordBatch {
    const batch = { records: buffer.slice(0, used), count };
    used = count = 0;
    return batch;
  }

  /** Describe a record as it is now, remember what the peers will know of it, and call it ours. */
  function describe(r: RecordArray, index: number, now: number): void {
    readRecord(record, { records: r, index, services, now });
    writeAnnex(record, table.annexes.read(r, index));
    if (record.annexBytes === 0)
      writeControlName(record, { r, index, service: services.service(record.serviceId) });
    states[r.family][index] = sayableOf(r, index);
    seen[r.family][index] = readField(r, index, RECORD.lastSeen);
    digests.move(r.family, index, MINE);
  }

  function isWorthSaving(r: RecordArray, index: number): boolean {
    const life = readField(r, index, RECORD.life);
    if ((life & LIFE.remote) !== 0) return false;
    if ((life & LIFE.template) !== 0) return isFindable(r, index);
    const isKnown = digests.ownerOf(r.family, index) !== NOBODY;
    return isKnown || PROTOCOLS[protocolOf(r, index)]?.savedStates.has(stateOf(r, index)) === true;
  }

  /** Others hang on what comes in the first round. Control connections come in both: what a service's helper reads may change between them. */
  function isOfRound(round: 1 | 2, r: RecordArray, index: number): boolean {
    if (round === 2 || isTemplate(r, index)) return isTemplate(r, index) === (round === 1);
    const service = services.service(readField(r, index, RECORD.serviceId));
    return service !== undefined && isHelped(service, r, index);
  }

  function endWith(family: 4 | 6, index: number, now: number): void {
    if (digests.ownerOf(family, index) === MINE) {
      describe(table.records[family], index, now);
      record.ended = true;
      append();
    }
    digests.move(family, index, NOBODY);
  }

  return {
    changed(family, index, now) {
      const r = table.records[family];
      if (!isWorthSaving(r, index)) return;
      const isKnown =
        digests.ownerOf(family, index) === MINE && states[family][index] === sayableOf(r, index);
      if (isKnown) return;
      describe(r, index, now);
      append();
    },
    annexed(family, index, now) {
      if (digests.ownerOf(family, index) !== MINE) return;
      describe(table.records[family], index, now);
      append();
    },
    renaming(family, index, now) {
      if (digests.ownerOf(family, index) === NOBODY) return;
      describe(table.records[family], index, now); // whoever announced it, it has begun here
      endWith(family, index, now);
    },
    retiring: endWith,
    ending: endWith,
    lookAgainAfter: (family, index, timeout) =>
      digests.ownerOf(family, index) === MINE ? Math.max(Math.floor(timeout / 3), 1) : 0,
    looked(family, index, now) {
      const r = table.records[family];
      if (digests.ownerOf(family, index) !== MINE) return;
      if (seen[family][index] === readField(r, index, RECORD.lastSeen)) return;
      describe(r, index, now);
      append();
    },
    take() {
      const first = full.shift();
      if (first) return first;
      return count === 0 ? undefined : cut();
    },
    readOwned({ cursor, maxBytes, bucket }, now) {
      const records = new Uint8Array(maxBytes);
      const batch = { bytes: 0, count: 0 };
      const end = Math.min(cursor + SCAN_LIMIT, 2 * table.capacity);
      let at = cursor;
      for (; at < end && batch.bytes + MAX_RECORD_BYTES <= maxBytes; at++) {
        const position = at % table.capacity;
        const family = position < table.records[4].capacity ? 4 : 6;
        const index = family === 4 ? position : position - table.records[4].capacity;
        const r = table.records[family];
        if (!isAlive(r, index) || !isOfRound(at < table.capacity ? 1 : 2, r, index)) continue;
        if (!isWorthSaving(r, index)) continue;
        if (bucket !== undefined && digests.bucketOf(family, index) !== bucket) continue;
        describe(r, index, now);
        batch.bytes = encodeConnection(records, batch.bytes, record);
        batch.count++;
      }
      const next = at < 2 * table.capacity ? at : null;
      return { records: records.subarray(0, batch.bytes), count: batch.count, next };
    },
  };
}

const isTemplate = (r: RecordArray, index: number): boolean =>
  (readField(r, index, RECORD.life) & LIFE.template) !== 0;

/** Whether new connections may find the template: it is none of ways.ts, and not retired. */
const isFindable = (r: RecordArray, index: number): boolean =>
  readField(r, index, RECORD.serviceId) !== NO_SERVICE &&
  readField(r, index, RECORD.clientPorts) !== RETIRED_PORTS;

/** State, and whether a template is assured, in a byte: peers are told when it changes. */
function sayableOf(r: RecordArray, index: number): number {
  const life = readField(r, index, RECORD.life);
  return (life & LIFE.stateMask) | ((life & LIFE.assured) !== 0 ? 0x80 : 0);
}

function writeAnnex(into: ConnectionRecord, annex: Uint8Array): void {
  into.annex.set(annex);
  into.annexBytes = annex.length;
}

/** Read a shared record into the form in which it is replicated. Never allocates. */
function readRecord(
  into: ConnectionRecord,
  of: { records: RecordArray; index: number; services: ServiceTable; now: number },
): void {
  const { records: r, index, services, now } = of;
  const life = readField(r, index, RECORD.life);
  const state = life & LIFE.stateMask;
  const protocol = protocolOf(r, index);
  into.family = r.family;
  into.ended = false;
  into.protocol = protocol;
  into.state = state;
  into.flags = flagsOf(life, protocol);
  into.serviceId = readField(r, index, RECORD.serviceId);
  into.destinationId = readField(r, index, RECORD.destinationId);
  // rounded up, so that of two nodes never both think that the other saw the later packet
  into.ageTicks = ticksSince(now, readField(r, index, RECORD.lastSeen)) + 1;
  readClientSide(into, r, index);
  into.virtualNamed = !isServices(r, index, services.service(into.serviceId));
  readServerSide(into, r, index);
  const port = services.destination(into.destinationId)?.port ?? 0;
  into.destinationPortNamed = swapPort(port) !== into.destinationPort;
}

function flagsOf(life: number, protocol: number): number {
  const state = life & LIFE.stateMask;
  const noOutput = (life & LIFE.noOutput) !== 0 ? RecordFlag.noOutput : 0;
  if ((life & LIFE.template) !== 0)
    return RecordFlag.template | ((life & LIFE.assured) !== 0 ? RecordFlag.assured : 0);
  const { activeStates, savedStates } = PROTOCOLS[protocol]!;
  const inactive = activeStates.has(state) ? 0 : RecordFlag.inactive;
  return noOutput | inactive | (savedStates.has(state) ? RecordFlag.assured : 0);
}

function readClientSide(into: ConnectionRecord, r: RecordArray, index: number): void {
  const client = index * r.stride + addressAt(r, ADDRESS.client);
  wordsToAddress(r.words, client, into.client, r.addressWords);
  wordsToAddress(r.words, client + r.addressWords, into.virtual, r.addressWords);
  const ports = readField(r, index, RECORD.clientPorts);
  into.clientPort = swapPort(ports & 0xffff);
  into.virtualPort = swapPort(ports >>> 16);
}

function readServerSide(into: ConnectionRecord, r: RecordArray, index: number): void {
  const ports = readField(r, index, RECORD.serverPorts);
  into.method = methodOf(r, index);
  into.methodNamed = into.method !== METHOD_NUMBERS.masquerade;
  into.destinationPort = swapPort(ports & 0xffff);
  // a template has no local end: each of its connections has one
  into.localNamed = into.method === METHOD_NUMBERS["full-nat"] && !isTemplate(r, index);
  wordsToAddress(r.words, index * r.stride + addressAt(r, ADDRESS.local), into.local, r.addressWords);
  into.localPort = swapPort(ports >>> 16);
}

/** Whether the record's virtual address and port are the service's own. */
function isServices(r: RecordArray, index: number, service: Service | undefined): boolean {
  if (!service || service.port !== readField(r, index, RECORD.clientPorts) >>> 16) return false;
  const at = addressAt(r, ADDRESS.virtual);
  for (let i = 0; i < r.addressWords; i++)
    if (service.address[i] !== readField(r, index, at + i)) return false;
  return true;
}
