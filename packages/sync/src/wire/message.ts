/** Bodies of frames, one codec per kind (docs/wire/frame.md draws them). What a delta's records say is the model's business. */
import { type ByteReader, type ByteWriter, createByteReader, createByteWriter } from "./bytes.ts";
import { CALL_CODECS, type CallBodies } from "./call-message.ts";
import { CHALLENGE_BYTES, type Codec } from "./codec.ts";
import { EPOCH_BYTES, type FrameHeader, isNodeName, type Kind } from "./header.ts";

/** Where a node stands in the stream of one peer, said in its hello. */
export interface Acknowledgement {
  readonly node: string;
  readonly epoch: string;
  /** That peer's stream is live here: what it sent up to `applied` would survive it. */
  readonly isLive: boolean;
  /** The last number of its stream whose records the table holds. */
  readonly applied: number;
  /** `atUs` of that peer's latest hello, given back; 0 if none came yet. */
  readonly echoUs: number;
  /** How long that hello lay here before this one was sent, in microseconds. */
  readonly heldUs: number;
}

/** Life sign, head of the stream, acknowledgements, and what the node wants shown of itself. */
export interface Hello {
  /** Answer with a hello as soon as everything up to `head` is applied. */
  readonly isAckWanted: boolean;
  /** Number of the last stream frame sent; 0 before the first. */
  readonly head: number;
  readonly acknowledgements: readonly Acknowledgement[];
  /** Opaque here: role, table size, … At most `MAX_PRESENCE_BYTES`. */
  readonly presence: Uint8Array;
}

/** The body of each kind of frame. */
export interface Bodies extends CallBodies {
  /** Concatenated encoded records. */
  delta: { readonly records: Uint8Array };
  /** One checksum per bucket, over what the sender owned after the frame before this one. */
  digest: { readonly buckets: Uint32Array };
  hello: Hello;
  /** Asks `target` (an epoch of the addressee) for what it owns. No bucket named means all. */
  snapshotRequest: {
    readonly challenge: string;
    readonly target: string;
    readonly window: number;
    readonly buckets: readonly number[];
  };
  snapshotChunk: {
    readonly challenge: string;
    /** Stream number that the snapshot starts from: apply what comes after it. */
    readonly base: number;
    /** From 0. */
    readonly chunk: number;
    readonly isLast: boolean;
    /** The sender's table outlived its last restart: what it does not mention is gone. */
    readonly isTableKept: boolean;
    readonly records: Uint8Array;
  };
  /** Chunks below `next` have arrived; `window` more may be sent. */
  credit: { readonly challenge: string; readonly next: number; readonly window: number };
  /** Asks `target` to send stream frames `first`..`last` again. */
  replayRequest: { readonly target: string; readonly first: number; readonly last: number };
  /** Stream frames below `oldest` cannot be sent again. */
  replayGone: { readonly oldest: number };
}

/** Most that a node can say of itself in a hello: it goes out four times a second. */
export const MAX_PRESENCE_BYTES = 1024;
/** Most buckets of a digest: 4 KiB in one frame. */
export const MAX_BUCKETS = 1024;
const FLAG = { ackWanted: 1, live: 1, last: 1, tableKept: 2 } as const;
const ACKNOWLEDGEMENT_BYTES = 1 + 32 + EPOCH_BYTES + 1 + 8 + 8 + 4;

const CODECS: { readonly [K in Kind]: Codec<Bodies[K]> } = {
  ...CALL_CODECS,
  delta: {
    size: (b) => b.records.length,
    write: (w, b) => w.bytes(b.records),
    read: (r) => ({ records: r.rest() }),
  },
  digest: {
    size: (b) => 4 * b.buckets.length,
    write: (w, b) => {
      for (const sum of b.buckets) w.u32(sum);
    },
    read: (r, count) =>
      count <= MAX_BUCKETS ? { buckets: Uint32Array.from({ length: count }, () => r.u32()) } : undefined,
  },
  hello: { size: helloSize, write: writeHello, read: readHello },
  snapshotRequest: {
    size: (b) => CHALLENGE_BYTES + EPOCH_BYTES + 4 + 2 * b.buckets.length,
    write: (w, b) => {
      w.hex(b.challenge);
      w.hex(b.target);
      w.u16(b.window);
      w.u16(b.buckets.length);
      for (const bucket of b.buckets) w.u16(bucket);
    },
    read: (r) => {
      const fixed = { challenge: r.hex(CHALLENGE_BYTES), target: r.hex(EPOCH_BYTES), window: r.u16() };
      const buckets = r.u16();
      if (buckets > MAX_BUCKETS) return undefined;
      return { ...fixed, buckets: Array.from({ length: buckets }, () => r.u16()) };
    },
  },
  snapshotChunk: {
    size: (b) => CHALLENGE_BYTES + 13 + b.records.length,
    write: (w, b) => {
      w.hex(b.challenge);
      w.u64(b.base);
      w.u32(b.chunk);
      w.u8((b.isLast ? FLAG.last : 0) | (b.isTableKept ? FLAG.tableKept : 0));
      w.bytes(b.records);
    },
    read: (r) => {
      const fixed = { challenge: r.hex(CHALLENGE_BYTES), base: r.u64(), chunk: r.u32() };
      const flags = r.u8();
      const isLast = (flags & FLAG.last) !== 0;
      return { ...fixed, isLast, isTableKept: (flags & FLAG.tableKept) !== 0, records: r.rest() };
    },
  },
  credit: {
    size: () => CHALLENGE_BYTES + 6,
    write: (w, b) => {
      w.hex(b.challenge);
      w.u32(b.next);
      w.u16(b.window);
    },
    read: (r) => ({ challenge: r.hex(CHALLENGE_BYTES), next: r.u32(), window: r.u16() }),
  },
  replayRequest: {
    size: () => EPOCH_BYTES + 16,
    write: (w, b) => {
      w.hex(b.target);
      w.u64(b.first);
      w.u64(b.last);
    },
    read: (r) => ({ target: r.hex(EPOCH_BYTES), first: r.u64(), last: r.u64() }),
  },
  replayGone: {
    size: () => 8,
    write: (w, b) => w.u64(b.oldest),
    read: (r) => ({ oldest: r.u64() }),
  },
};

/** The body's bytes, before they are sealed. */
export function encodeBody<K extends Kind>(kind: K, body: Bodies[K]): Uint8Array {
  const codec: Codec<Bodies[K]> = CODECS[kind];
  const w = createByteWriter(codec.size(body));
  codec.write(w, body);
  return w.written();
}

/**
 * Read the body that belongs to `header` from opened bytes. Records are not looked into.
 *
 * @returns undefined if the bytes are not exactly one body of that kind. Never throws. The result refers to `bytes`.
 */
export function decodeBody<K extends Kind>(
  header: FrameHeader & { readonly kind: K },
  bytes: Uint8Array,
): Bodies[K] | undefined {
  const codec: Codec<Bodies[K]> = CODECS[header.kind];
  const r = createByteReader(bytes);
  const body = codec.read(r, header.count);
  return r.isOk() && r.left() === 0 ? body : undefined;
}

function helloSize(h: Hello): number {
  return 1 + 8 + 1 + ACKNOWLEDGEMENT_BYTES * h.acknowledgements.length + 2 + h.presence.length;
}

function writeHello(w: ByteWriter, h: Hello): void {
  w.u8(h.isAckWanted ? FLAG.ackWanted : 0);
  w.u64(h.head);
  w.u8(h.acknowledgements.length);
  for (const a of h.acknowledgements) {
    w.text(a.node);
    w.hex(a.epoch);
    w.u8(a.isLive ? FLAG.live : 0);
    w.u64(a.applied);
    w.u64(a.echoUs);
    w.u32(a.heldUs);
  }
  w.u16(h.presence.length);
  w.bytes(h.presence);
}

function readHello(r: ByteReader): Hello | undefined {
  const isAckWanted = (r.u8() & FLAG.ackWanted) !== 0;
  const head = r.u64();
  const acknowledgements = Array.from({ length: r.u8() }, () => readAcknowledgement(r));
  const presence = r.bytes(r.u16());
  const areNamesOk = acknowledgements.every((a) => isNodeName(a.node));
  return areNamesOk && presence.length <= MAX_PRESENCE_BYTES
    ? { isAckWanted, head, acknowledgements, presence }
    : undefined;
}

function readAcknowledgement(r: ByteReader): Acknowledgement {
  return {
    node: r.text(),
    epoch: r.hex(EPOCH_BYTES),
    isLive: (r.u8() & FLAG.live) !== 0,
    applied: r.u64(),
    echoUs: r.u64(),
    heldUs: r.u32(),
  };
}
