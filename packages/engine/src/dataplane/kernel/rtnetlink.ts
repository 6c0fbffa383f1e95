/**
 * Network interfaces as the kernel tells of them over rtnetlink (rtnetlink(7), RFC 3549): which there are, and that something about
 * them has changed. What has changed is not read: whoever is told looks at all of them.
 *
 * ```
 * message:   │ u32 length │ u16 type │ u16 flags │ u32 sequence │ u32 port │ body, rounded up to 4 bytes │
 * link body: │ u8 family │ u8 │ u16 device type │ i32 index │ u32 flags │ u32 change │ attributes │
 * attribute: │ u16 length │ u16 type │ data, rounded up to 4 bytes │
 * ```
 */
import { closeFd, ERRNO, openRouteSocket, readSocket, refusal, writeSocket } from "./syscalls.ts";

/** A network interface. */
export interface Link {
  readonly name: string;
  readonly index: number;
  /** 6 bytes; zeroes for interfaces without. */
  readonly mac: Uint8Array;
}

/** Interfaces of one network namespace, watched. */
export interface LinkWatch {
  /** Readable when something may have changed. */
  readonly fd: number;
  /** Whether something may have changed since the last call. Never throws, never waits. */
  drain(): boolean;
  close(): void;
}

const MESSAGE = { length: 0, type: 4, flags: 6, size: 16 } as const;
const LINK = { index: 4, size: 16 } as const;
const ATTRIBUTE = { length: 0, type: 2, size: 4 } as const;
const TYPE = { error: 2, done: 3, newLink: 16, getLink: 18 } as const;
const IFLA = { address: 1, name: 3 } as const;
const REQUEST_DUMP = 0x301;
/** RTMGRP_LINK and RTMGRP_TC: interfaces, and what is attached to them. */
const GROUPS = 0x1 | 0x8;
/** No message is larger: the kernel cuts dumps to 32 KiB. */
const BUFFER_BYTES = 65_536;
const MAC_BYTES = 6;

/** All interfaces of this thread's network namespace. Throws `LbError` (refused). */
export function listLinks(): Link[] {
  const fd = openRouteSocket(0);
  try {
    writeSocket(fd, dumpRequest());
    return [...dump(fd)];
  } finally {
    closeFd(fd);
  }
}

/** Watch the interfaces of this thread's network namespace. Throws `LbError` (refused). */
export function watchLinks(): LinkWatch {
  const fd = openRouteSocket(GROUPS);
  const buffer = Buffer.alloc(BUFFER_BYTES);
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

function dumpRequest(): Uint8Array {
  const request = Buffer.alloc(MESSAGE.size + LINK.size);
  request.writeUInt32LE(request.length, MESSAGE.length);
  request.writeUInt16LE(TYPE.getLink, MESSAGE.type);
  request.writeUInt16LE(REQUEST_DUMP, MESSAGE.flags);
  return request;
}

/** The kernel has every part of a dump ready when it is asked for: reading never waits. */
function* dump(fd: number): Generator<Link> {
  const buffer = Buffer.alloc(BUFFER_BYTES);
  for (;;) {
    const bytes = readSocket(fd, buffer);
    if (bytes < 0) throw refusal("list the network interfaces", -bytes);
    for (const { type, body } of messagesIn(buffer.subarray(0, bytes))) {
      if (type === TYPE.done) return;
      if (type === TYPE.error) throw refusal("list the network interfaces", -body.readInt32LE(0));
      if (type === TYPE.newLink) yield readLink(body);
    }
  }
}

function* messagesIn(buffer: Buffer): Generator<{ type: number; body: Buffer }> {
  for (let at = 0; at + MESSAGE.size <= buffer.length; ) {
    const length = buffer.readUInt32LE(at + MESSAGE.length);
    if (length < MESSAGE.size) return;
    yield {
      type: buffer.readUInt16LE(at + MESSAGE.type),
      body: buffer.subarray(at + MESSAGE.size, at + length),
    };
    at += (length + 3) & ~3;
  }
}

function readLink(body: Buffer): Link {
  const attributes = new Map<number, Buffer>();
  for (let at = LINK.size; at + ATTRIBUTE.size <= body.length; ) {
    const length = body.readUInt16LE(at + ATTRIBUTE.length);
    if (length < ATTRIBUTE.size) break;
    attributes.set(body.readUInt16LE(at + ATTRIBUTE.type), body.subarray(at + ATTRIBUTE.size, at + length));
    at += (length + 3) & ~3;
  }
  const mac = new Uint8Array(MAC_BYTES);
  mac.set(attributes.get(IFLA.address)?.subarray(0, MAC_BYTES) ?? []);
  const name = attributes.get(IFLA.name)?.toString("utf8").replace(/\0.*$/s, "") ?? "";
  return { name, index: body.readInt32LE(LINK.index), mac };
}
