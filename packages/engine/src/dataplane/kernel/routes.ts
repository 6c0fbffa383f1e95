/**
 * What the kernel's routing says about addresses (rtnetlink(7), RTM_GETROUTE), and that it may say something else now.
 *
 * ```
 * route body: │ u8 family │ u8 destination bits │ u8 source bits │ u8 tos │ u8 table │ u8 protocol │ u8 scope │ u8 type │ u32 flags │ attributes │
 * ```
 */
import {
  attributesIn,
  type ChangeWatch,
  encodeAttribute,
  encodeRequest,
  messagesIn,
  NETLINK_BUFFER_BYTES,
  NLMSG,
  watchChanges,
} from "./netlink.ts";
import { closeFd, openRouteSocket, readSocket, writeSocket } from "./syscalls.ts";

/** The routing of one network namespace. */
export interface Routes extends ChangeWatch {
  /** Source address of what this host sends to `address` (4 or 16 bytes); undefined without a route. Never throws. */
  askSource(address: Uint8Array): Uint8Array | undefined;
}

const ROUTE = { family: 0, destinationBits: 1, size: 12 } as const;
const RTM = { newRoute: 24, getRoute: 26 } as const;
const RTA = { destination: 1, preferredSource: 7 } as const;
const REQUEST = 1;
const AF = { 4: 2, 16: 10 } as Readonly<Record<number, number>>;
/** RTMGRP_LINK, and for both families RTMGRP_*_IFADDR, _ROUTE and _RULE: IPv4 routes go with their interface without a word of their own. */
const GROUPS = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | 0x4_0000;

/** The routing of this thread's network namespace. Throws `LbError` (refused). */
export function openRoutes(): Routes {
  const watch = watchChanges(GROUPS);
  const fd = openRouteSocket(0);
  const buffer = Buffer.alloc(NETLINK_BUFFER_BYTES);
  let sequence = 0;

  /** The answer is there when the question has been written: reading never waits. */
  function askSource(address: Uint8Array): Uint8Array | undefined {
    sequence = (sequence + 1) >>> 0;
    const request = encodeRequest({ type: RTM.getRoute, sequence, body: questionAbout(address) }, REQUEST);
    if (writeSocket(fd, request) < 0) return undefined;
    for (let bytes = readSocket(fd, buffer); bytes >= 0; bytes = readSocket(fd, buffer)) {
      for (const message of messagesIn(buffer.subarray(0, bytes))) {
        if (message.sequence !== sequence) continue; // an answer that was given up
        if (message.type === RTM.newRoute) return sourceIn(message.body);
        if (message.type === NLMSG.error) return undefined;
      }
    }
    return undefined;
  }

  return {
    fd: watch.fd,
    drain: watch.drain,
    askSource,
    close() {
      watch.close();
      closeFd(fd);
    },
  };
}

function questionAbout(address: Uint8Array): Buffer {
  const body = Buffer.alloc(ROUTE.size);
  body[ROUTE.family] = AF[address.length]!;
  body[ROUTE.destinationBits] = address.length * 8;
  return Buffer.concat([body, encodeAttribute(RTA.destination, address)]);
}

function sourceIn(body: Buffer): Uint8Array | undefined {
  const source = attributesIn(body, ROUTE.size).get(RTA.preferredSource);
  return source && Uint8Array.from(source);
}
