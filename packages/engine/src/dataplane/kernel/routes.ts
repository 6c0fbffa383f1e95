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
  openQuestions,
  type Questions,
  watchChanges,
} from "./netlink.ts";

/** The routing of one network namespace. */
export interface Routes extends ChangeWatch {
  /** Source address of what this host sends to `address` (4 or 16 bytes); undefined without a route. Never throws. */
  askSource(address: Uint8Array): Uint8Array | undefined;
}

const ROUTE = { family: 0, destinationBits: 1, size: 12 } as const;
const RTM = { getLink: 18, getRoute: 26 } as const;
const RTA = { destination: 1, outInterface: 4, preferredSource: 7, metrics: 8 } as const;
const RTAX = { mtu: 2 } as const;
/** `struct ifinfomsg`, and one of its attributes. */
const LINK = { index: 4, size: 16 } as const;
const IFLA = { mtu: 4 } as const;
const AF = { 4: 2, 16: 10 } as Readonly<Record<number, number>>;
/** RTMGRP_LINK, and for both families RTMGRP_*_IFADDR, _ROUTE and _RULE: IPv4 routes go with their interface without a word of their own. */
const GROUPS = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | 0x4_0000;

/** The routing of this thread's network namespace. Throws `LbError` (refused). */
export function openRoutes(): Routes {
  const watch = watchChanges(GROUPS);
  const questions = openQuestions();
  return {
    fd: watch.fd,
    drain: watch.drain,
    askSource(address) {
      const source = askRoute(questions, address)?.get(RTA.preferredSource);
      return source && Uint8Array.from(source);
    },
    close() {
      watch.close();
      questions.close();
    },
  };
}

/** What this host may send in one packet. */
export interface PathMtus {
  /** MTU of the route to `address` (4 or 16 bytes): what the route or an ICMP error says, else its interface's; undefined without a route. Never throws. */
  ask(address: Uint8Array): number | undefined;
  close(): void;
}

/** MTUs of this thread's network namespace. Throws `LbError` (refused). */
export function openPathMtus(): PathMtus {
  const questions = openQuestions();
  return {
    ask(address) {
      const route = askRoute(questions, address);
      const link = route?.get(RTA.outInterface)?.readUInt32LE(0);
      const metrics = attributesIn(route?.get(RTA.metrics) ?? Buffer.alloc(0), 0);
      const told = metrics.get(RTAX.mtu)?.readUInt32LE(0);
      return told || interfaceMtu(questions, link);
    },
    close: questions.close,
  };
}

function interfaceMtu(questions: Questions, index = 0): number | undefined {
  if (index === 0) return undefined;
  const body = Buffer.alloc(LINK.size);
  body.writeUInt32LE(index, LINK.index);
  const link = questions.ask(RTM.getLink, body);
  return link && attributesIn(link, LINK.size).get(IFLA.mtu)?.readUInt32LE(0);
}

/** Attributes of the route that a packet to `address` takes; undefined without one. */
function askRoute(questions: Questions, address: Uint8Array): Map<number, Buffer> | undefined {
  const body = Buffer.alloc(ROUTE.size);
  body[ROUTE.family] = AF[address.length]!;
  body[ROUTE.destinationBits] = address.length * 8;
  const route = questions.ask(RTM.getRoute, Buffer.concat([body, encodeAttribute(RTA.destination, address)]));
  return route && attributesIn(route, ROUTE.size);
}
