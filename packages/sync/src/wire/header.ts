/**
 * The header of a frame: everything about it that is not secret. It is authenticated with the body (docs/wire/frame.md).
 *
 * ```
 *  0      2     3     4     5     6     8         12         20         28        44         44+n
 *  ┌──────┬─────┬─────┬─────┬─────┬─────┬─────────┬──────────┬──────────┬─────────┬──────────┬───────────────────┐
 *  │ "TD" │ ver │ key │kind │ n   │count│revision │ sequence │ time, µs │ epoch   │ node     │ sealed body + tag │
 *  └──────┴─────┴─────┴─────┴─────┴─────┴─────────┴──────────┴──────────┴─────────┴──────────┴───────────────────┘
 * ```
 */
import { createByteReader, createByteWriter } from "./bytes.ts";

/** Kinds of frames and their numbers on the wire. */
export const KIND_CODES = {
  delta: 1,
  digest: 2,
  hello: 3,
  snapshotRequest: 4,
  snapshotChunk: 5,
  credit: 6,
  replayRequest: 7,
  replayGone: 8,
  callHail: 9,
  callWelcome: 10,
  callPart: 11,
  callCredit: 12,
  callEnd: 13,
} as const;
export type Kind = keyof typeof KIND_CODES;
/** Kinds of calls between nodes (docs/wire/call.md). */
export type CallKind = Extract<Kind, `call${string}`>;
/** Kinds of replication: all others. */
export type SyncKind = Exclude<Kind, CallKind>;

/** Number spaces of one sender: the stream is gapless for all who follow it, control frames only rise, those of calls are just never the same. */
export const Channel = { stream: 0, control: 1, call: 2 } as const;
export type Channel = (typeof Channel)[keyof typeof Channel];

/** Whether a kind belongs to calls. */
export const isCallKind = (kind: Kind): kind is CallKind => kind.startsWith("call");

/** The number space that a kind takes its sequence number from. */
export function channelOf(kind: Kind): Channel {
  if (isCallKind(kind)) return Channel.call;
  return kind === "delta" || kind === "digest" ? Channel.stream : Channel.control;
}

/** What the header says. */
export interface FrameHeader {
  /** Which cluster key sealed the frame, 0..255. */
  readonly keyId: number;
  readonly kind: Kind;
  /** Connection records, or digest buckets, in the body. */
  readonly count: number;
  /** Revision of the configuration that the sender runs. */
  readonly revision: number;
  /** From 1, in the number space of `channelOf(kind)`. */
  readonly sequence: number;
  /** When the content was true, in microseconds of the sender's monotonic clock. */
  readonly atUs: number;
  /** 32 hexadecimal digits, random at each start of the sender. */
  readonly epoch: string;
  /** Name of the sender: 1..32 letters, digits, `_` or `-`. */
  readonly node: string;
}

/** Length of a header without the node's name. */
const HEADER_FIXED_BYTES = 44;
/** Length of an epoch. */
export const EPOCH_BYTES = 16;
/** Most that a header can count. */
export const MAX_COUNT = 0xffff;
const MAGIC = 0x5444; // "TD"
const VERSION = 1;
const KINDS = new Map<number, Kind>(Object.entries(KIND_CODES).map(([kind, code]) => [code, kind as Kind]));

/** Whether a name can stand in frames and in NATS subjects: 1..32 letters, digits, `_` or `-`. */
export const isNodeName = (name: string): boolean => /^[A-Za-z0-9_-]{1,32}$/.test(name);

/** The header's bytes. The caller has checked the name with `isNodeName`. */
export function encodeHeader(h: FrameHeader): Uint8Array {
  const w = createByteWriter(HEADER_FIXED_BYTES + h.node.length);
  w.u16(MAGIC);
  w.u8(VERSION);
  w.u8(h.keyId);
  w.u8(KIND_CODES[h.kind]);
  w.u8(h.node.length);
  w.u16(h.count);
  w.u32(h.revision);
  w.u64(h.sequence);
  w.u64(h.atUs);
  w.hex(h.epoch);
  w.bytes(new TextEncoder().encode(h.node));
  return w.written();
}

/** Length of an encoded header: the offset of the sealed body. */
export const headerBytes = (h: FrameHeader): number => HEADER_FIXED_BYTES + h.node.length;

/** Read the header of a frame, or say why it is none. Nothing in it is to be believed before the body is opened. Never throws. */
export function decodeHeader(frame: Uint8Array): FrameHeader | "malformed" | "version" {
  const r = createByteReader(frame);
  if (r.u16() !== MAGIC) return "malformed";
  if (r.u8() !== VERSION) return r.isOk() ? "version" : "malformed";
  const keyId = r.u8();
  const kind = KINDS.get(r.u8());
  const nodeLength = r.u8();
  const fields = { count: r.u16(), revision: r.u32(), sequence: r.u64(), atUs: r.u64() };
  const epoch = r.hex(EPOCH_BYTES);
  const node = String.fromCharCode(...r.bytes(nodeLength));
  if (!r.isOk() || kind === undefined || fields.sequence === 0 || !isNodeName(node)) return "malformed";
  return { keyId, kind, ...fields, epoch, node };
}
