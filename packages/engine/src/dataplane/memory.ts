/**
 * The data plane without a kernel: plain buffers for shared memory, the core's own fast path for the BPF program, arrays for rings and the
 * wire. Packets come in by `receive`, what leaves is in `sent`; time is virtual.
 */
import { ENDPOINT_WORDS, writeEndpoint } from "../core/endpoint.ts";
import { createFastpath, type FastpathPacket, ROUTE, ROUTE_REASONS } from "../core/fastpath.ts";
import { ADDRESS, FLOW_KEY, RECORD_BYTES, UPCALL_CLASSES, type UpcallClass } from "../core/layout.ts";
import { addressAt, recordArray } from "../core/record.ts";
import { REASONS, type Reason } from "../core/verdict.ts";
import { createWordMap } from "../core/word-map.ts";
import { addressToWords, swapPort, wordsToAddress } from "../packet/words.ts";
import { packTransitions } from "../protocols/transitions.ts";
import type {
  DataPlane,
  Endpoint,
  InjectKind,
  Outcome,
  ServiceChange,
  StateEvent,
  Upcall,
} from "./dataplane.ts";

/** Sizes and surroundings; every one has a default. */
export interface MemoryOptions {
  /** Records per family. */
  capacity?: number;
  /** Flow entries per family. */
  flowCapacity?: number;
  /** Upcalls that may wait; each class gets its share (`UPCALL_CLASSES`). */
  upcallCapacity?: number;
  eventCapacity?: number;
  /** Ticks of 2^20 ns; 0 for ever if absent. */
  now?: () => number;
  /** What `DataPlane.faults` says; nothing if absent. */
  faults?: () => readonly string[];
  /** What a route lookup says of an address of 4 or 16 bytes: one of `ROUTE`; success if absent. */
  route?: (address: Uint8Array, lengthBytes: number) => number;
}

/** A packet that left. */
export interface SentPacket {
  bytes: Uint8Array;
  /** 4 or 16 bytes. */
  nextHop: Uint8Array;
}

/** How a packet arrived, where that matters. */
export interface Arrival {
  isForHost?: boolean;
  gsoSize?: number;
  gsoSegments?: number;
}

/** The port, and both ends of the wire. */
export interface MemoryDataPlane extends DataPlane {
  /** What left, in order; the test empties it. */
  readonly sent: SentPacket[];
  /** A packet arrives, from its IP header on; it is not changed. Returns what the fast path did: a copy. */
  receive(ifindex: number, packet: Uint8Array, arrival?: Arrival): Outcome;
  /** Upcalls and events that wait. */
  readonly waiting: { readonly upcalls: number; readonly events: number };
}

interface Arrived extends FastpathPacket {
  gsoSegments: number;
  ifindex: number;
}

const CLASS_OF: Partial<Record<Reason, UpcallClass>> = {
  new_flow: "new",
  syn_on_flow: "new",
  fragment: "fragment",
  icmp_related: "icmp",
};

type FlowChange =
  | { kind: "insert"; family: 4 | 6; key: Uint32Array; index: number; direction: number }
  | { kind: "delete"; family: 4 | 6; key: Uint32Array };

/** Create an in-memory data plane. */
export function createMemoryDataPlane(options: MemoryOptions = {}): MemoryDataPlane {
  const capacity = options.capacity ?? 1024;
  const flowCapacity = options.flowCapacity ?? 2 * capacity;
  const upcallCapacity = options.upcallCapacity ?? 1024;
  const words = {
    4: new Uint32Array((capacity * RECORD_BYTES[4]) / 4),
    6: new Uint32Array((capacity * RECORD_BYTES[6]) / 4),
  };
  const records = { 4: recordArray(4, words[4]), 6: recordArray(6, words[6]) };
  const flows = {
    4: createWordMap<number>(FLOW_KEY[4].size / 4),
    6: createWordMap<number>(FLOW_KEY[6].size / 4),
  };
  const services = createWordMap<{ id: number; flags: number; change: ServiceChange }>(ENDPOINT_WORDS);
  const realServers = createWordMap<ServiceChange>(ENDPOINT_WORDS);
  const counters = new Map<Reason, number>();
  const upcalls: Upcall[] = [];
  const events: StateEvent[] = [];
  const flowQueue: FlowChange[] = [];
  const packetQueue: (() => void)[] = [];
  const sent: SentPacket[] = [];
  let lost = 0;

  const route = (address: Uint8Array, lengthBytes: number): number =>
    options.route?.(address, lengthBytes) ?? ROUTE.success;

  const step = createFastpath({
    records,
    transitions: packTransitions(),
    findFlow: (family, key) => flows[family].get(key) ?? -1,
    serviceFlags: (endpoint) => services.get(endpoint)?.flags ?? -1,
    isRealServer: (endpoint) => realServers.get(endpoint) !== undefined,
    route,
    now,
    event(family, index, change) {
      if (events.length < (options.eventCapacity ?? 65_536)) events.push({ family, index, ...change });
      else lost++;
    },
  });

  function now(): number {
    return (options.now?.() ?? 0) >>> 0;
  }

  /** Run one packet through the fast path, count it and carry out the verdict. */
  function run(packet: Arrived): Outcome {
    const done = step(packet);
    const outcome: Outcome = { ...done, nextHop: done.nextHop.slice() };
    const { bytes } = packet;
    if (outcome.verdict === "forward") sent.push({ bytes, nextHop: outcome.nextHop });
    if (outcome.verdict === "upcall" && !offerUpcall(outcome.reason, packet)) {
      outcome.verdict = "drop";
      outcome.reason = "ring_full";
    }
    count(outcome.reason);
    return outcome;
  }

  function count(reason: Reason): void {
    counters.set(reason, (counters.get(reason) ?? 0) + 1);
  }

  function offerUpcall(reason: Reason, packet: Arrived): boolean {
    const { eighths } = UPCALL_CLASSES[CLASS_OF[reason] ?? "midStream"];
    if (upcalls.length >= (upcallCapacity * eighths) / 8) return false;
    upcalls.push({
      ifindex: packet.ifindex,
      reason: REASONS[reason].number,
      family: packet.family as 4 | 6,
      packet: packet.bytes,
      packetBytes: packet.lengthBytes,
      gsoSize: packet.gsoSize,
      gsoSegments: packet.gsoSegments,
    });
    return true;
  }

  function changeFlow(change: FlowChange, refused: (family: 4 | 6, index: number) => void): void {
    const map = flows[change.family];
    if (change.kind === "delete") map.delete(change.key);
    else if (map.size >= flowCapacity && map.get(change.key) === undefined)
      refused(change.family, change.index);
    else map.set(change.key, change.index * 4 + change.direction);
  }

  function sendAsIs(bytes: Uint8Array, nextHop: Uint8Array): void {
    const reason = ROUTE_REASONS[route(nextHop, bytes.length)] ?? "fib_failed";
    if (reason === "forwarded") sent.push({ bytes, nextHop });
    count(reason);
  }

  /** The far end of the injection veth, by kind. */
  const inject: Record<InjectKind, (upcall: Upcall, index: number) => void> = {
    flow({ packet: bytes, packetBytes: lengthBytes, family, ifindex, gsoSize, gsoSegments }) {
      const isForHost = true;
      run({ bytes, lengthBytes, family, isForHost, isInjected: true, gsoSize, gsoSegments, ifindex });
    },
    route: ({ packet, family }) => sendAsIs(packet, packet.slice(...(family === 4 ? [16, 20] : [24, 40]))),
    via({ packet, family }, index) {
      const r = records[family];
      const nextHop = new Uint8Array(family === 4 ? 4 : 16);
      const at = index * r.stride + addressAt(r, ADDRESS.destination);
      wordsToAddress(r.words, at, nextHop, r.addressWords);
      sendAsIs(packet, nextHop);
    },
  };

  return {
    records: words,
    sent,
    now,
    get waiting() {
      return { upcalls: upcalls.length, events: events.length };
    },
    receive(ifindex, packet, arrival = {}) {
      const bytes = packet.slice();
      const version = bytes.length > 0 ? bytes[0]! >>> 4 : 0;
      return run({
        bytes,
        lengthBytes: bytes.length,
        family: version === 4 || version === 6 ? version : 0,
        isForHost: arrival.isForHost ?? true,
        isInjected: false,
        gsoSize: arrival.gsoSize ?? 0,
        gsoSegments: arrival.gsoSegments ?? 1,
        ifindex,
      });
    },
    wait() {},
    faults: () => options.faults?.() ?? [],
    drainUpcalls: (limit, handle) => drain(upcalls, limit, handle),
    drainEvents: (limit, handle) => drain(events, limit, handle),
    lostEvents: () => lost,
    insertFlow(family, key, index, direction) {
      flowQueue.push({ kind: "insert", family, key: wordsOf(key), index, direction });
    },
    deleteFlow(family, key) {
      flowQueue.push({ kind: "delete", family, key: wordsOf(key) });
    },
    flushFlows(refused) {
      for (const change of flowQueue.splice(0)) changeFlow(change, refused);
    },
    scanFlows(family, visit) {
      const key = new Uint8Array(FLOW_KEY[family].size);
      for (const [words, value] of [...flows[family].entries()]) {
        wordsToAddress(words, 0, key, words.length);
        visit(key, value >> 2, value & 3);
      }
    },
    inject(kind, upcall, index) {
      const copy = { ...upcall, packet: upcall.packet.slice(0, upcall.packetBytes) };
      packetQueue.push(() => inject[kind](copy, index));
    },
    flushPackets() {
      for (const send of packetQueue.splice(0)) send();
      return 0;
    },
    program(changes) {
      for (const change of changes) programOne(change);
    },
    programmed: () => [
      ...[...services.entries()].map(([, s]) => s.change),
      ...[...realServers.entries()].map(([, change]) => change),
    ],
    counters: () => new Map(counters),
    close() {},
  };

  function programOne(change: ServiceChange): void {
    const key = endpointKey("at" in change ? change.at : { address: change.address, port: 0, protocol: 0 });
    if (change.kind === "set_service") services.set(key, { id: change.id, flags: change.flags, change });
    else if (change.kind === "set_vip") services.set(key, { id: 0, flags: 0, change });
    else if (change.kind === "set_real_server") realServers.set(key, change);
    else if (change.kind === "delete_real_server") realServers.delete(key);
    else services.delete(key);
  }
}

/** Hand the oldest `limit` of a queue to `handle`. What arrives meanwhile waits for the next time. */
function drain<T>(queue: T[], limit: number, handle: (item: T) => void): number {
  const taken = queue.splice(0, limit);
  for (const item of taken) handle(item);
  return taken.length;
}

function wordsOf(key: Uint8Array): Uint32Array {
  const words = new Uint32Array(key.length / 4);
  addressToWords(key, words.length, words);
  return words;
}

function endpointKey(at: Endpoint): Uint32Array {
  const key = new Uint32Array(ENDPOINT_WORDS);
  const family = at.address.length === 4 ? 4 : 6;
  const port = swapPort(at.port);
  writeEndpoint(key, { family, from: wordsOf(at.address), at: 0, port, protocol: at.protocol });
  return key;
}
