/**
 * Messages and attributes of netlink(7), and a socket that hears of changes. What they say is the business of rtnetlink.ts and routes.ts.
 *
 * ```
 * message:   │ u32 length │ u16 type │ u16 flags │ u32 sequence │ u32 port │ body, rounded up to 4 bytes │
 * attribute: │ u16 length │ u16 type │ data, rounded up to 4 bytes │
 * ```
 */
import { closeFd, ERRNO, openRouteSocket, readSocket, writeSocket } from "./syscalls.ts";

const MESSAGE = { length: 0, type: 4, flags: 6, sequence: 8, size: 16 } as const;
const ATTRIBUTE = { length: 0, type: 2, size: 4 } as const;
/** No message is larger: the kernel cuts dumps to 32 KiB. */
export const NETLINK_BUFFER_BYTES = 65_536;

/** Message types that every netlink family has. */
export const NLMSG = { error: 2, done: 3 } as const;

/** A message to send or one that came. */
export interface NetlinkMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Buffer;
}

/** The bytes of a request; `flags` are NLM_F_*. Never throws. */
export function encodeRequest(message: NetlinkMessage, flags: number): Buffer {
  const head = Buffer.alloc(MESSAGE.size);
  head.writeUInt32LE(MESSAGE.size + message.body.length, MESSAGE.length);
  head.writeUInt16LE(message.type, MESSAGE.type);
  head.writeUInt16LE(flags, MESSAGE.flags);
  head.writeUInt32LE(message.sequence, MESSAGE.sequence);
  return Buffer.concat([head, message.body]);
}

/** The messages of one datagram; their bodies are views of it. Never throws. */
export function* messagesIn(datagram: Buffer): Generator<NetlinkMessage> {
  for (let at = 0; at + MESSAGE.size <= datagram.length; ) {
    const length = datagram.readUInt32LE(at + MESSAGE.length);
    if (length < MESSAGE.size) return;
    yield {
      type: datagram.readUInt16LE(at + MESSAGE.type),
      sequence: datagram.readUInt32LE(at + MESSAGE.sequence),
      body: datagram.subarray(at + MESSAGE.size, at + length),
    };
    at += (length + 3) & ~3;
  }
}

/** One attribute whose data is a multiple of 4 bytes long. Never throws. */
export function encodeAttribute(type: number, data: Uint8Array): Buffer {
  const attribute = Buffer.alloc(ATTRIBUTE.size + data.length);
  attribute.writeUInt16LE(attribute.length, ATTRIBUTE.length);
  attribute.writeUInt16LE(type, ATTRIBUTE.type);
  attribute.set(data, ATTRIBUTE.size);
  return attribute;
}

/** The attributes of a body behind its fixed part of `from` bytes, by type. Never throws. */
export function attributesIn(body: Buffer, from: number): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let at = from; at + ATTRIBUTE.size <= body.length; ) {
    const length = body.readUInt16LE(at + ATTRIBUTE.length);
    if (length < ATTRIBUTE.size) break;
    attributes.set(body.readUInt16LE(at + ATTRIBUTE.type), body.subarray(at + ATTRIBUTE.size, at + length));
    at += (length + 3) & ~3;
  }
  return attributes;
}

/** Asks the kernel what has one answer. */
export interface Questions {
  /** Body of the answer; undefined if it is an error. The next question overwrites it. Never throws, never waits. */
  ask(type: number, body: Buffer): Buffer | undefined;
  close(): void;
}

const REQUEST = 1;

/** Ask about this thread's network namespace. Throws `LbError` (refused). */
export function openQuestions(): Questions {
  const fd = openRouteSocket(0);
  const buffer = Buffer.alloc(NETLINK_BUFFER_BYTES);
  let sequence = 0;
  return {
    /** The answer is there when the question has been written: reading never waits. */
    ask(type, body) {
      sequence = (sequence + 1) >>> 0;
      if (writeSocket(fd, encodeRequest({ type, sequence, body }, REQUEST)) < 0) return undefined;
      for (let bytes = readSocket(fd, buffer); bytes >= 0; bytes = readSocket(fd, buffer)) {
        for (const message of messagesIn(buffer.subarray(0, bytes))) {
          if (message.sequence !== sequence) continue; // an answer that was given up
          return message.type === NLMSG.error ? undefined : message.body;
        }
      }
      return undefined;
    },
    close: () => closeFd(fd),
  };
}

/** Hears of changes. What has changed is not read: whoever is told looks anew. */
export interface ChangeWatch {
  /** Readable when something may have changed. */
  readonly fd: number;
  /** Whether something may have changed since the last call. Never throws, never waits. */
  drain(): boolean;
  close(): void;
}

/** Hear of changes of `groups` (RTMGRP_*) in this thread's network namespace. Throws `LbError` (refused). */
export function watchChanges(groups: number): ChangeWatch {
  const fd = openRouteSocket(groups);
  const buffer = Buffer.alloc(NETLINK_BUFFER_BYTES);
  return {
    fd,
    drain() {
      let isChanged = false;
      for (;;) {
        const bytes = readSocket(fd, buffer);
        if (bytes < 0 && bytes !== -ERRNO.ENOBUFS!) return isChanged; // overflowed: something was lost, so look
        isChanged = true;
      }
    },
    close: () => closeFd(fd),
  };
}
