/**
 * The shared connection record (docs/wire/record.md) over the words of one family's array. All access goes through this file: by `Atomics`
 * where the fast path may read or write at the same time, plainly where only this thread writes.
 */
import { METHOD_NUMBERS } from "@tandem/model";
import { FLOW_PORTS, FLOW_PROTOCOL } from "../packet/parse.ts";
import { ADDRESS, ADDRESS_WORDS, DIRECTION, LIFE, RECORD, RECORD_WORDS } from "./layout.ts";

/** One family's records. */
export interface RecordArray {
  readonly family: 4 | 6;
  readonly words: Uint32Array;
  /** Words per record. */
  readonly stride: number;
  /** Words per address. */
  readonly addressWords: number;
  readonly capacity: number;
}

/** View `words` as records. A tail shorter than a record is left alone. */
export function recordArray(family: 4 | 6, words: Uint32Array): RecordArray {
  const stride = RECORD_WORDS[family];
  return {
    family,
    words,
    stride,
    addressWords: ADDRESS_WORDS[family],
    capacity: Math.floor(words.length / stride),
  };
}

/** Word at offset `field` (`RECORD`, or `addressAt`) of a record. */
export const readField = (r: RecordArray, index: number, field: number): number =>
  Atomics.load(r.words, index * r.stride + field);

/** A word that only this thread writes, such as the tuple and the ids: nothing to wait for. */
const readOwn = (r: RecordArray, index: number, field: number): number => r.words[index * r.stride + field]!;

/** Store a word that the fast path may read or write at the same time. */
export function writeField(r: RecordArray, index: number, field: number, word: number): void {
  Atomics.store(r.words, index * r.stride + field, word);
}

/** Store a word before birth: `raiseGeneration` shows it to the others. */
export function fillField(r: RecordArray, index: number, field: number, word: number): void {
  r.words[index * r.stride + field] = word;
}

/** Offset of an address (`ADDRESS`) within the record. */
export const addressAt = (r: RecordArray, which: number): number => RECORD.addresses + which * r.addressWords;

/** Odd generation: the record is a connection. */
export const isAlive = (r: RecordArray, index: number): boolean =>
  (readField(r, index, RECORD.generation) & 1) === 1;

/** Make a filled record alive, or a living one dead: the one step after which the fast path thinks differently of it. */
export function raiseGeneration(r: RecordArray, index: number): void {
  Atomics.add(r.words, index * r.stride + RECORD.generation, 1);
}

/** Replace the life word if it is still `before`. */
export const exchangeLife = (r: RecordArray, index: number, before: number, after: number): boolean =>
  Atomics.compareExchange(r.words, index * r.stride + RECORD.life, before, after) === before;

/** Clear and set bits of the life word, whatever the fast path does meanwhile. Returns the word before. */
export function changeLife(r: RecordArray, index: number, change: { clear: number; set: number }): number {
  for (;;) {
    const before = readField(r, index, RECORD.life);
    if (exchangeLife(r, index, before, ((before & ~change.clear) | change.set) >>> 0)) return before;
  }
}

/** Add to a 64-bit counter (`RECORD.inPackets` and the like). Two words, not one step: for the in-memory fast path, which is alone. */
export function addToCounter(r: RecordArray, index: number, field: number, amount: number): void {
  const at = index * r.stride + field;
  const sum = Atomics.add(r.words, at, amount) + amount;
  if (sum > 0xffff_ffff) Atomics.add(r.words, at + 1, 1);
}

/** A 64-bit counter as a number, exact up to 2^53. Reads again if the upper half moved meanwhile. */
export function readCounter(r: RecordArray, index: number, field: number): number {
  for (;;) {
    const high = readField(r, index, field + 1);
    const low = readField(r, index, field);
    if (readField(r, index, field + 1) === high) return high * 2 ** 32 + low;
  }
}

/** Zero the four counters, before birth. */
export function clearCounters(r: RecordArray, index: number): void {
  for (let field = RECORD.inPackets; field < RECORD.outBytes + 2; field++) fillField(r, index, field, 0);
}

/** The word `RECORD.kind`. */
export const kindWord = (of: { protocol: number; method: number; family: number }): number =>
  of.protocol | (of.method << 8) | (of.family << 16);

/** IP protocol of a record. */
export const protocolOf = (r: RecordArray, index: number): number => readOwn(r, index, RECORD.kind) & 0xff;
/** Forwarding method of a record: `METHOD_NUMBERS`. */
export const methodOf = (r: RecordArray, index: number): number =>
  (readOwn(r, index, RECORD.kind) >>> 8) & 0xff;
/** State number of a record. */
export const stateOf = (r: RecordArray, index: number): number =>
  readField(r, index, RECORD.life) & LIFE.stateMask;

/**
 * Set in the protocol word of a template's key, so that no packet's tuple is ever its own: templates and connections share one index, and a client
 * may well send from port 0.
 */
export const TEMPLATE_KEY = 0x100;

/** The protocol word of the record's keys. */
function protocolWord(r: RecordArray, index: number): number {
  const isTemplate = (readField(r, index, RECORD.life) & LIFE.template) !== 0;
  return protocolOf(r, index) | (isTemplate ? TEMPLATE_KEY : 0);
}

/** Whether a real server's replies to the record's packets come back to this director. */
export const hasOutput = (method: number): boolean =>
  method === METHOD_NUMBERS.masquerade || method === METHOD_NUMBERS["full-nat"];

/** The word of two ports with which packets of a direction come: source, destination. */
function portsOf(r: RecordArray, index: number, direction: number): number {
  const client = readOwn(r, index, RECORD.clientPorts);
  if (direction !== DIRECTION.output) return client;
  const server = readOwn(r, index, RECORD.serverPorts);
  if (methodOf(r, index) === METHOD_NUMBERS["full-nat"]) return server;
  return ((server & 0xffff) | (client << 16)) >>> 0;
}

const sourceOf = (direction: number): number =>
  direction === DIRECTION.output ? ADDRESS.destination : ADDRESS.client;

function targetOf(r: RecordArray, index: number, direction: number): number {
  if (direction !== DIRECTION.output) return ADDRESS.virtual;
  return methodOf(r, index) === METHOD_NUMBERS["full-nat"] ? ADDRESS.local : ADDRESS.client;
}

/** Whether a packet with flow key `key` belongs to the record in this direction: the record's own tuple decides, not who pointed at it. */
export function matchesKey(r: RecordArray, index: number, direction: number, key: Uint32Array): boolean {
  const source = addressAt(r, sourceOf(direction));
  const target = addressAt(r, targetOf(r, index, direction));
  for (let i = 0; i < r.addressWords; i++) {
    if (readOwn(r, index, source + i) !== key[i]) return false;
    if (readOwn(r, index, target + i) !== key[r.addressWords + i]) return false;
  }
  return (
    portsOf(r, index, direction) === key[FLOW_PORTS[r.family]] &&
    protocolWord(r, index) === key[FLOW_PROTOCOL[r.family]]
  );
}

/** Write the flow key of the record's packets in this direction; of a template, the key that it is found by. */
export function copyKey(r: RecordArray, index: number, direction: number, key: Uint32Array): void {
  const source = addressAt(r, sourceOf(direction));
  const target = addressAt(r, targetOf(r, index, direction));
  for (let i = 0; i < r.addressWords; i++) {
    key[i] = readOwn(r, index, source + i);
    key[r.addressWords + i] = readOwn(r, index, target + i);
  }
  key[FLOW_PORTS[r.family]] = portsOf(r, index, direction);
  key[FLOW_PROTOCOL[r.family]] = protocolWord(r, index);
}

/** Ticks from `since` to `now`, both modulo 2^32; a `since` in the future (another CPU's clock was read later) is 0. */
export const ticksSince = (now: number, since: number): number => Math.max((now - since) | 0, 0);

/** Owner slot of records that a peer owned before this daemon started: which peer is known again when one of them names the record. */
export const UNKNOWN_PEER = 255;

/** Id of no destination: that of a connection which goes past all of them, to where its client wanted it. Ids start at 1. */
export const NO_DESTINATION = 0;
