/**
 * Network interfaces as the kernel tells of them over rtnetlink (rtnetlink(7), RFC 3549): which there are, and that something about
 * them has changed.
 *
 * ```
 * link body: │ u8 family │ u8 │ u16 device type │ i32 index │ u32 flags │ u32 change │ attributes │
 * ```
 */
import {
  attributesIn,
  type ChangeWatch,
  encodeRequest,
  messagesIn,
  NETLINK_BUFFER_BYTES,
  NLMSG,
  watchChanges,
} from "./netlink.ts";
import { closeFd, openRouteSocket, readSocket, refusal, writeSocket } from "./syscalls.ts";

/** A network interface. */
export interface Link {
  readonly name: string;
  readonly index: number;
  /** 6 bytes; zeroes for interfaces without. */
  readonly mac: Uint8Array;
  /** Whether it is set up, not whether there is a carrier. */
  readonly isUp: boolean;
  /** Bytes. */
  readonly mtu: number;
}

const LINK = { index: 4, flags: 8, size: 16 } as const;
/** IFF_UP of netdevice(7). */
const UP = 0x1;
const RTM = { newLink: 16, getLink: 18 } as const;
const IFLA = { address: 1, name: 3, mtu: 4 } as const;
const REQUEST_DUMP = 0x301;
/**
 * RTMGRP_LINK, RTMGRP_TC and RTMGRP_IPV4_IFADDR: interfaces, what is attached to them, and their addresses; RTNLGRP_IPV4_NETCONF and
 * RTNLGRP_IPV6_NETCONF (24 and 25): their settings below /proc/sys.
 */
const GROUPS = 0x1 | 0x8 | 0x10 | (1 << 23) | (1 << 24);
const MAC_BYTES = 6;
const DOING = "list the network interfaces";

/** Whether two sights of an interface are of one, with one address. */
export const isSameLink = (a: Link, b: Link): boolean =>
  a.index === b.index && a.mac.every((byte, i) => byte === b.mac[i]);

/** All interfaces of this thread's network namespace. Throws `LbError` (refused). */
export function listLinks(): Link[] {
  const fd = openRouteSocket(0);
  try {
    const request = { type: RTM.getLink, sequence: 0, body: Buffer.alloc(LINK.size) };
    const written = writeSocket(fd, encodeRequest(request, REQUEST_DUMP));
    if (written < 0) throw refusal(DOING, -written);
    return [...dump(fd)];
  } finally {
    closeFd(fd);
  }
}

/** Watch the interfaces of this thread's network namespace. Throws `LbError` (refused). */
export const watchLinks = (): ChangeWatch => watchChanges(GROUPS);

/** The kernel has every part of a dump ready when it is asked for: reading never waits. */
function* dump(fd: number): Generator<Link> {
  const buffer = Buffer.alloc(NETLINK_BUFFER_BYTES);
  for (;;) {
    const bytes = readSocket(fd, buffer);
    if (bytes < 0) throw refusal(DOING, -bytes);
    for (const { type, body } of messagesIn(buffer.subarray(0, bytes))) {
      if (type === NLMSG.done) return;
      if (type === NLMSG.error) throw refusal(DOING, -body.readInt32LE(0));
      if (type === RTM.newLink) yield readLink(body);
    }
  }
}

function readLink(body: Buffer): Link {
  const attributes = attributesIn(body, LINK.size);
  const mac = new Uint8Array(MAC_BYTES);
  mac.set(attributes.get(IFLA.address)?.subarray(0, MAC_BYTES) ?? []);
  const name = attributes.get(IFLA.name)?.toString("utf8").replace(/\0.*$/s, "") ?? "";
  const isUp = (body.readUInt32LE(LINK.flags) & UP) !== 0;
  const mtu = attributes.get(IFLA.mtu)?.readUInt32LE(0) ?? 0;
  return { name, index: body.readInt32LE(LINK.index), mac, isUp, mtu };
}
