/**
 * The replicated connection record: what one director tells the others about a connection, and its compact bytes.
 * What a director keeps in shared memory is another layout (docs/wire/record.md).
 *
 * ```
 *  0      1      2            6        8
 *  ┌──────┬──────┬────────────┬────────┬───────────┬───────────────┬────────┬─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┬─ ─ ─ ─ ─ ─ ┐
 *  │ form │state │ client     │ client │ service   │ destination   │ age    │ virtual addr, port  │ dest. port │
 *  │      │      │ 4 or 16    │ port   │ id varint │ id varint     │ varint │ only if named       │ if named   │
 *  └──────┴──────┴────────────┴────────┴───────────┴───────────────┴────────┴─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┴─ ─ ─ ─ ─ ─ ┘
 *  form: bit 0 IPv6 · 1 ended · 2 virtual named · 3 destination port named · 4 no output · 5 template · 6 inactive · 7 assured
 *  state: bits 0-3 protocol state · 4-5 protocol (0 tcp, 1 udp, 2 sctp, 3 any: a firewall mark's template) · 6 more follows · 7 zero
 *
 *  ─ ┬──────┬─ ─ ─ ─ ┬─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┬─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┐
 *    │ more │ method │ local addr, port    │ annex: length, bytes │   more: bit 0 local (full NAT) · 1 annex · 2 method
 *    │      │if named│ if named            │ if there             │         · others zero
 *  ─ ┴──────┴─ ─ ─ ─ ┴─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┴─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┘
 * ```
 * 12 to 16 bytes for a masqueraded IPv4 connection of an ordinary service, two more for other methods.
 */
import { addressBytes, type Family } from "./address.ts";
import { PROTOCOL_NUMBERS } from "./protocol.ts";

/** Flags of a replicated record; the bits are those of the form byte. */
export const RecordFlag = { noOutput: 1 << 4, template: 1 << 5, inactive: 1 << 6, assured: 1 << 7 } as const;
const FLAG_MASK = 0xf0;

/** One connection as its owner describes it. Mutable and reused: nothing is allocated per record. */
export interface ConnectionRecord {
  family: Family;
  /** The connection is over: forget it. */
  ended: boolean;
  /** IP protocol number: 6, 17 or 132; 0 for the template of a firewall mark. */
  protocol: number;
  /** Number of the state in its protocol's table, 0..15. */
  state: number;
  /** Bits of `RecordFlag`. */
  flags: number;
  /** Network order, the first 4 or 16 bytes. */
  client: Uint8Array;
  clientPort: number;
  serviceId: number;
  destinationId: number;
  /** Time since the last packet, in ticks of 2^20 ns. */
  ageTicks: number;
  /** Set when the virtual address and port are not the service's own (port zero, firewall mark). */
  virtualNamed: boolean;
  virtual: Uint8Array;
  virtualPort: number;
  /** Set when the destination port is not the destination's own. */
  destinationPortNamed: boolean;
  destinationPort: number;
  /** Set when the forwarding method (`METHOD_NUMBERS`) is another than masquerading: that which the connection was made with. */
  methodNamed: boolean;
  method: number;
  /** Set for full NAT: where the real server sees the connection come from. */
  localNamed: boolean;
  local: Uint8Array;
  localPort: number;
  /**
   * What helpers and persistence engines keep beside the connection, in their own words; the first `annexBytes`, at most 255, count. Of 2 bytes, and
   * no template's: the client's port of the control connection on which it hangs.
   */
  annex: Uint8Array;
  annexBytes: number;
}

/** An empty record to decode into. */
export function createConnectionRecord(): ConnectionRecord {
  return {
    family: 4,
    ended: false,
    protocol: 6,
    state: 0,
    flags: 0,
    client: new Uint8Array(16),
    clientPort: 0,
    serviceId: 0,
    destinationId: 0,
    ageTicks: 0,
    virtualNamed: false,
    virtual: new Uint8Array(16),
    virtualPort: 0,
    destinationPortNamed: false,
    destinationPort: 0,
    methodNamed: false,
    method: 0,
    localNamed: false,
    local: new Uint8Array(16),
    localPort: 0,
    annex: new Uint8Array(MAX_ANNEX_BYTES),
    annexBytes: 0,
  };
}

/** Most that can be kept beside a connection. */
export const MAX_ANNEX_BYTES = 255;

/** Most bytes that one record can take: all that can be named, IPv6, three varints of 5 bytes, a full annex. */
export const MAX_RECORD_BYTES = 2 + 16 + 2 + 15 + 18 + 2 + 2 + 18 + 1 + MAX_ANNEX_BYTES;

const FORM = { ipv6: 1, ended: 2, virtualNamed: 4, destinationPortNamed: 8 } as const;
const PROTOCOLS: readonly number[] = [
  PROTOCOL_NUMBERS.tcp,
  PROTOCOL_NUMBERS.udp,
  PROTOCOL_NUMBERS.sctp,
  PROTOCOL_NUMBERS.any,
];
/** Bit of the state byte. */
const HAS_MORE = 1 << 6;
const MORE = { local: 1, annex: 2, method: 4 } as const;
const MORE_MASK = 7;

/**
 * Write one record at `at`. The caller owns `out` and has checked that `MAX_RECORD_BYTES` are left.
 *
 * @returns the offset after the record. Never throws for a valid record, never allocates.
 */
export function encodeConnection(out: Uint8Array, at: number, r: ConnectionRecord): number {
  const bytes = addressBytes(r.family);
  out[at] =
    (r.family === 6 ? FORM.ipv6 : 0) |
    (r.ended ? FORM.ended : 0) |
    (r.virtualNamed ? FORM.virtualNamed : 0) |
    (r.destinationPortNamed ? FORM.destinationPortNamed : 0) |
    (r.flags & FLAG_MASK);
  const hasMore = r.methodNamed || r.localNamed || r.annexBytes > 0;
  out[at + 1] = (r.state & 15) | (PROTOCOLS.indexOf(r.protocol) << 4) | (hasMore ? HAS_MORE : 0);
  let next = writeEndpoint(out, at + 2, r.client, bytes, r.clientPort);
  next = writeVarint(out, next, r.serviceId);
  next = writeVarint(out, next, r.destinationId);
  next = writeVarint(out, next, r.ageTicks);
  if (r.virtualNamed) next = writeEndpoint(out, next, r.virtual, bytes, r.virtualPort);
  if (r.destinationPortNamed) next = writePort(out, next, r.destinationPort);
  return hasMore ? encodeMore(out, next, r) : next;
}

function encodeMore(out: Uint8Array, at: number, r: ConnectionRecord): number {
  out[at] =
    (r.localNamed ? MORE.local : 0) | (r.annexBytes > 0 ? MORE.annex : 0) | (r.methodNamed ? MORE.method : 0);
  let next = at + 1;
  if (r.methodNamed) out[next++] = r.method;
  if (r.localNamed) next = writeEndpoint(out, next, r.local, addressBytes(r.family), r.localPort);
  if (r.annexBytes === 0) return next;
  out[next++] = r.annexBytes;
  for (let i = 0; i < r.annexBytes; i++) out[next + i] = r.annex[i]!;
  return next + r.annexBytes;
}

/**
 * Read one record at `at` into `r`.
 *
 * @returns the offset after the record, or -1 if the bytes end early or are no record; `r` is undefined then. Never throws, never allocates.
 */
export function decodeConnection(from: Uint8Array, at: number, r: ConnectionRecord): number {
  if (at + 2 > from.length) return -1;
  const form = from[at]!;
  const state = from[at + 1]!;
  if (state >>> 7 !== 0) return -1;
  r.family = (form & FORM.ipv6) !== 0 ? 6 : 4;
  r.ended = (form & FORM.ended) !== 0;
  r.virtualNamed = (form & FORM.virtualNamed) !== 0;
  r.destinationPortNamed = (form & FORM.destinationPortNamed) !== 0;
  r.flags = form & FLAG_MASK;
  r.protocol = PROTOCOLS[(state >>> 4) & 3]!;
  r.state = state & 15;
  r.methodNamed = false;
  r.localNamed = false;
  r.annexBytes = 0;
  const next = decodeRest(from, at + 2, r);
  return next >= 0 && (state & HAS_MORE) !== 0 ? decodeMore(from, next, r) : next;
}

function decodeMore(from: Uint8Array, at: number, r: ConnectionRecord): number {
  const more = from[at];
  if (more === undefined || more === 0 || (more & ~MORE_MASK) !== 0) return -1;
  let next = at + 1;
  r.methodNamed = (more & MORE.method) !== 0;
  if (r.methodNamed) {
    if (next === from.length) return -1;
    r.method = from[next++]!;
  }
  r.localNamed = (more & MORE.local) !== 0;
  if (r.localNamed) {
    const bytes = addressBytes(r.family);
    if (next + bytes + 2 > from.length) return -1;
    copyAddress(r.local, from, next, bytes);
    r.localPort = readPort(from, next + bytes);
    next += bytes + 2;
  }
  return (more & MORE.annex) !== 0 ? decodeAnnex(from, next, r) : next;
}

function decodeAnnex(from: Uint8Array, at: number, r: ConnectionRecord): number {
  const bytes = from[at] ?? 0;
  if (bytes === 0 || at + 1 + bytes > from.length) return -1;
  r.annexBytes = bytes;
  copyAddress(r.annex, from, at + 1, bytes);
  return at + 1 + bytes;
}

/** The part of a record whose length depends on its first two bytes. */
function decodeRest(from: Uint8Array, at: number, r: ConnectionRecord): number {
  const bytes = addressBytes(r.family);
  let next = at + bytes + 2;
  if (next > from.length) return -1;
  copyAddress(r.client, from, at, bytes);
  r.clientPort = readPort(from, next - 2);
  if ((next = readVarint(from, next)) < 0) return -1;
  r.serviceId = varint;
  if ((next = readVarint(from, next)) < 0) return -1;
  r.destinationId = varint;
  if ((next = readVarint(from, next)) < 0) return -1;
  r.ageTicks = varint;
  if (r.virtualNamed) {
    if (next + bytes + 2 > from.length) return -1;
    copyAddress(r.virtual, from, next, bytes);
    r.virtualPort = readPort(from, next + bytes);
    next += bytes + 2;
  }
  if (r.destinationPortNamed) {
    if (next + 2 > from.length) return -1;
    r.destinationPort = readPort(from, next);
    next += 2;
  }
  return next;
}

function writeEndpoint(out: Uint8Array, at: number, address: Uint8Array, bytes: number, port = 0): number {
  for (let i = 0; i < bytes; i++) out[at + i] = address[i]!;
  return writePort(out, at + bytes, port);
}

function writePort(out: Uint8Array, at: number, port: number): number {
  out[at] = port >>> 8;
  out[at + 1] = port & 0xff;
  return at + 2;
}

const readPort = (from: Uint8Array, at: number): number => (from[at]! << 8) | from[at + 1]!;

function copyAddress(to: Uint8Array, from: Uint8Array, at: number, bytes: number): void {
  for (let i = 0; i < bytes; i++) to[i] = from[at + i]!;
}

/** LEB128, unsigned, up to 32 bits: 1 to 5 bytes. */
function writeVarint(out: Uint8Array, at: number, value: number): number {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[at] = rest;
  return at + 1;
}

/** Value of the varint that `readVarint` read last: a second result without an allocation. */
let varint = 0;

/** Reads into `varint`; returns the offset after it, or -1 if it is cut short or above 32 bits. */
function readVarint(from: Uint8Array, at: number): number {
  varint = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = from[at++];
    if (byte === undefined || (shift === 28 && byte > 0x0f)) return -1;
    varint = (varint | ((byte & 0x7f) << shift)) >>> 0;
    if (byte < 0x80) return at;
  }
  return -1;
}
