/**
 * The fast path's twin: docs/packet-path.md ("The fast path, in this order") in TypeScript, over ports instead of BPF maps. The in-memory
 * data plane forwards with it, and the differential test holds it equal to `bpf/fastpath.bpf.c`. Numbers in comments are the document's points.
 */
import { METHOD_NUMBERS } from "@tandem/model";
import type { Outcome } from "../dataplane/dataplane.ts";
import {
  addressesReadable,
  createParsedPacket,
  FLOW_PORTS,
  IP_PROTOCOL,
  isIcmpError,
  parseEmbedded,
  parseIp,
  parseTransport,
  TCP_FLAG,
} from "../packet/parse.ts";
import { wordsToAddress } from "../packet/words.ts";
import { transitionAt } from "../protocols/transitions.ts";
import { decrementTtl } from "../rewrite/direct-route.ts";
import { masquerade, type NewEnd } from "../rewrite/masquerade.ts";
import { ENDPOINT_WORDS, type EndpointParts, writeEndpoint } from "./endpoint.ts";
import { ADDRESS, DIRECTION, LIFE, RECORD, SERVICE_FLAG, TCP_EVENT, TRANSITIONS } from "./layout.ts";
import {
  addressAt,
  addToCounter,
  exchangeLife,
  isAlive,
  matchesKey,
  methodOf,
  type RecordArray,
  readField,
  writeField,
} from "./record.ts";
import { REASONS, type Reason } from "./verdict.ts";

/** Results of a route lookup: `BPF_FIB_LKUP_RET_*` of Linux 6.1. */
export const ROUTE = {
  success: 0,
  blackhole: 1,
  unreachable: 2,
  prohibit: 3,
  notForwarded: 4,
  forwardingDisabled: 5,
  unsupported: 6,
  noNeighbour: 7,
  fragNeeded: 8,
} as const;
/** The reason that each result is, by number. */
export const ROUTE_REASONS: readonly Reason[] = [
  "forwarded",
  "fib_blackhole",
  "fib_unreachable",
  "fib_prohibit",
  "fib_not_forwarded",
  "fib_forwarding_disabled",
  "fib_unsupported",
  "fib_no_neighbour",
  "fib_frag_needed",
];

/** A packet as it meets the fast path. */
export interface FastpathPacket {
  /** From the IP header on; rewritten in place. */
  bytes: Uint8Array;
  lengthBytes: number;
  /** By its Ethernet type; 0 is neither. */
  family: 4 | 6 | 0;
  /** Addressed to this host at layer 2. */
  isForHost: boolean;
  /** The daemon sent it as `INJECT.flow`. */
  isInjected: boolean;
  /** GSO segment size; 0 for an ordinary packet. */
  gsoSize: number;
}

/** What the fast path asks of the world: its maps, its clock, the routes, the event ring. */
export interface FastpathWorld {
  readonly records: { readonly 4: RecordArray; readonly 6: RecordArray };
  /** `packTransitions()`. */
  readonly transitions: Uint8Array;
  /** Flow map: `index * 4 + direction`, or -1. */
  findFlow(family: 4 | 6, key: Uint32Array): number;
  /** `services`: flags of the endpoint, or -1. */
  serviceFlags(endpoint: Uint32Array): number;
  /** `real_servers`. */
  isRealServer(endpoint: Uint32Array): boolean;
  /** One of `ROUTE`, or negative, for an address of 4 or 16 bytes. `lengthBytes` 0: do not check the MTU. */
  route(address: Uint8Array, lengthBytes: number): number;
  now(): number;
  event(family: 4 | 6, index: number, change: { generation: number; before: number; after: number }): void;
}

/** What a packet was found to belong to. */
interface Hit {
  index: number;
  direction: number;
}

/** A fast path over a world. The outcome is reused: valid until the next packet. Never throws. */
export function createFastpath(world: FastpathWorld): (packet: FastpathPacket) => Readonly<Outcome> {
  const p = createParsedPacket();
  const endpoint = new Uint32Array(ENDPOINT_WORDS);
  const parts: EndpointParts = { family: 4, from: p.key, at: 0, port: 0, protocol: 0 };
  const hit: Hit = { index: 0, direction: 0 };
  const hop = new Uint32Array(4);
  const hops = { none: new Uint8Array(), 4: new Uint8Array(4), 6: new Uint8Array(16) };
  const newEnd: NewEnd = { side: "source", words: new Uint32Array(4), at: 0, port: 0 };
  const change = { generation: 0, before: 0, after: 0 };
  const outcome: Outcome = { verdict: "pass", reason: "not_ours", nextHop: hops.none };

  function is(reason: Reason): Outcome {
    outcome.reason = reason;
    outcome.verdict = REASONS[reason].verdict;
    return outcome;
  }

  /** An upcall, or for an injected packet, which has been to the core already, a drop. */
  function upcall(reason: Reason, packet: FastpathPacket): Outcome {
    is(reason);
    if (packet.isInjected) outcome.verdict = "drop";
    return outcome;
  }

  /** Point `endpoint` at one end of the packet: with its port, or with port and protocol 0 at its address alone. */
  function pointAt(end: "source" | "destination", withPort: boolean): Uint32Array {
    const ports = p.key[FLOW_PORTS[p.family]]!;
    parts.family = p.family;
    parts.at = end === "source" ? 0 : p.family === 4 ? 1 : 4;
    parts.port = withPort ? (end === "source" ? ports & 0xffff : ports >>> 16) : 0;
    parts.protocol = withPort ? p.protocol : 0;
    writeEndpoint(endpoint, parts);
    return endpoint;
  }

  const isToVip = () => world.serviceFlags(pointAt("destination", false)) >= 0;

  function findLive(): boolean {
    const found = world.findFlow(p.family, p.key);
    if (found < 0) return false;
    hit.index = found >> 2;
    hit.direction = found & 3;
    const records = world.records[p.family];
    return (
      hit.index < records.capacity &&
      isAlive(records, hit.index) &&
      (readField(records, hit.index, RECORD.life) & LIFE.template) === 0 &&
      matchesKey(records, hit.index, hit.direction, p.key)
    );
  }

  function step(packet: FastpathPacket): Outcome {
    if (!packet.isForHost) return is("other_host"); // 1
    if (packet.family === 0) return is("not_ip"); // 2
    p.family = packet.family;
    if (!parseIp(p, packet.bytes, packet.lengthBytes)) {
      return is(addressesReadable(p.family, packet.lengthBytes) && isToVip() ? "malformed" : "not_ours");
    }
    if (p.isFragment) return fragment(packet); // 3
    if (p.protocol === ICMP[p.family]) return icmp(packet); // 4
    if (p.protocol !== IP_PROTOCOL.tcp && p.protocol !== IP_PROTOCOL.udp) return is("not_ours"); // 5
    if (!parseTransport(p, packet.bytes)) return is(isToVip() ? "malformed" : "not_ours");
    return findLive() ? known(packet) : miss(packet); // 6
  }

  function fragment(packet: FastpathPacket): Outcome {
    const isOurs = isToVip() || world.isRealServer(pointAt("source", false));
    return isOurs ? upcall("fragment", packet) : is("not_ours");
  }

  function icmp(packet: FastpathPacket): Outcome {
    const isAboutFlow = isIcmpError(p, packet.bytes) && parseEmbedded(p, packet.bytes) && findLive();
    return isAboutFlow ? upcall("icmp_related", packet) : is("not_ours");
  }

  function known(packet: FastpathPacket): Outcome {
    const isSyn = (p.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
    const isFromClient = hit.direction === DIRECTION.input;
    if (p.protocol === IP_PROTOCOL.tcp && isSyn && isFromClient && !packet.isInjected)
      return is("syn_on_flow"); // 6.1
    if (p.ttl <= 1) return upcall("ttl_exceeded", packet); // 6.2
    const records = world.records[p.family];
    const hopAt = addressAt(records, isFromClient ? ADDRESS.destination : ADDRESS.client);
    for (let i = 0; i < records.addressWords; i++) hop[i] = readField(records, hit.index, hopAt + i);
    const route = ask(hop, 0, packet); // 6.3
    if (route !== ROUTE.success) return upcall(ROUTE_REASONS[route] ?? "fib_failed", packet);
    // 6.4 has no counterpart: nobody else runs between the lookup and here
    advanceLife(records); // 6.5
    count(records, packet); // 6.6
    rewrite(records, packet); // 6.7
    return is("forwarded"); // 6.8
  }

  /** Look up the route to an address in `words`. The length does not matter for a packet that will be cut to size later. */
  function ask(words: Uint32Array, at: number, packet: FastpathPacket): number {
    outcome.nextHop = hops[p.family];
    wordsToAddress(words, at, outcome.nextHop, outcome.nextHop.length / 4);
    return world.route(outcome.nextHop, packet.gsoSize > 0 ? 0 : p.totalBytes);
  }

  function advanceLife(records: RecordArray): void {
    for (;;) {
      const before = readField(records, hit.index, RECORD.life);
      const after = nextLife(before);
      if (after === before) return;
      if (!exchangeLife(records, hit.index, before, after)) continue;
      change.generation = readField(records, hit.index, RECORD.generation);
      change.before = before;
      change.after = after;
      world.event(p.family, hit.index, change);
      return;
    }
  }

  function nextLife(life: number): number {
    const isOutput = hit.direction === DIRECTION.output;
    const inputOnly = (life & LIFE.noOutput) !== 0 ? DIRECTION.inputOnly : DIRECTION.input;
    const row = p.protocol === IP_PROTOCOL.tcp ? TRANSITIONS.protocols.tcp : TRANSITIONS.protocols.udp;
    const event = p.protocol === IP_PROTOCOL.tcp ? tcpEvent(p.tcpFlags) : 0;
    const direction = isOutput ? DIRECTION.output : inputOnly;
    const state = world.transitions[transitionAt(row, direction, event, life & LIFE.stateMask)]!;
    const cleared = LIFE.stateMask | LIFE.remote | (isOutput ? LIFE.noOutput : 0);
    return ((life & ~cleared) | state) >>> 0;
  }

  function count(records: RecordArray, packet: FastpathPacket): void {
    const isInput = hit.direction === DIRECTION.input;
    const headers = p.transportAt + p.transportBytes;
    const payload = p.totalBytes - headers;
    const segments = payload > packet.gsoSize && packet.gsoSize > 0 ? Math.ceil(payload / packet.gsoSize) : 1;
    writeField(records, hit.index, RECORD.lastSeen, world.now());
    addToCounter(records, hit.index, isInput ? RECORD.inPackets : RECORD.outPackets, segments);
    const bytes = p.totalBytes + (segments - 1) * headers;
    addToCounter(records, hit.index, isInput ? RECORD.inBytes : RECORD.outBytes, bytes);
  }

  function rewrite(records: RecordArray, packet: FastpathPacket): void {
    decrementTtl(packet.bytes, p.family);
    if (methodOf(records, hit.index) !== METHOD_NUMBERS.masquerade) return;
    const isInput = hit.direction === DIRECTION.input;
    const from = addressAt(records, isInput ? ADDRESS.destination : ADDRESS.virtual);
    for (let i = 0; i < records.addressWords; i++) newEnd.words[i] = readField(records, hit.index, from + i);
    newEnd.port = isInput
      ? readField(records, hit.index, RECORD.serverPorts) & 0xffff
      : readField(records, hit.index, RECORD.clientPorts) >>> 16;
    newEnd.side = isInput ? "destination" : "source";
    masquerade(p, packet.bytes, newEnd);
  }

  function miss(packet: FastpathPacket): Outcome {
    if (packet.isInjected) return is("inject_miss");
    const flags = world.serviceFlags(pointAt("destination", true));
    if (flags >= 0) return is(missReason(flags)); // 7
    if (world.isRealServer(pointAt("source", true)) && wouldForward(packet)) return is("unmatched_reply"); // 8
    return is("not_ours"); // 9
  }

  /** Not if the destination is this host itself, which a host that forwards nothing need not be asked. */
  function wouldForward(packet: FastpathPacket): boolean {
    const route = ask(p.key, p.family === 4 ? 1 : 4, packet);
    return route !== ROUTE.notForwarded && route !== ROUTE.forwardingDisabled;
  }

  function missReason(flags: number): Reason {
    if (p.protocol !== IP_PROTOCOL.tcp) return "new_flow";
    const opening = p.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.rst);
    if (opening === TCP_FLAG.syn) return "new_flow";
    const mayJoin = (flags & SERVICE_FLAG.sloppy) !== 0 && (opening & TCP_FLAG.rst) === 0;
    return mayJoin ? "mid_stream_sloppy" : "mid_stream";
  }

  return (packet) => {
    outcome.nextHop = hops.none;
    return step(packet);
  };
}

const ICMP = { 4: IP_PROTOCOL.icmp, 6: IP_PROTOCOL.icmp6 } as const;

/** The event of one TCP segment: the first flag present, asked in the order rst, syn, fin, ack. */
export function tcpEvent(flags: number): number {
  if ((flags & TCP_FLAG.rst) !== 0) return TCP_EVENT.rst;
  if ((flags & TCP_FLAG.syn) !== 0) return TCP_EVENT.syn;
  if ((flags & TCP_FLAG.fin) !== 0) return TCP_EVENT.fin;
  return (flags & TCP_FLAG.ack) !== 0 ? TCP_EVENT.ack : TCP_EVENT.none;
}
