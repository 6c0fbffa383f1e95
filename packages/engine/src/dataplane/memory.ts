/**
 * The data plane without a kernel: plain buffers for shared memory, the core's own fast path for the BPF program, arrays for rings and the
 * wire. Packets come in by `receive`, what leaves is in `sent` and `host`; time is virtual.
 */

import { ADDRESS, ANNEX, RECORD_BYTES } from "../core/layout.ts";
import { addressAt, isAlive, recordArray } from "../core/record.ts";
import { compileMarkRules } from "../core/services/mark-rules.ts";
import { createBudgets } from "../core/twin/budgets.ts";
import { createFastpath } from "../core/twin/fastpath.ts";
import {
  type FastpathPacket,
  ROUTE,
  ROUTE_REASONS,
  type RouteQuestion,
} from "../core/twin/fastpath-world.ts";
import type { Reason } from "../core/verdict.ts";
import { wordsToAddress } from "../packet/words.ts";
import { packTransitions } from "../protocols/transitions.ts";
import type { DataPlane, Injected, InjectKind, Outcome, Policy, StateEvent, Upcall } from "./dataplane.ts";
import { createMemoryCapture } from "./memory-capture.ts";
import { createMemoryFlows } from "./memory-flows.ts";
import { createSegmenter } from "./memory-segments.ts";
import { createMemoryServices } from "./memory-services.ts";
import { type ArrivedPacket, offerUpcall } from "./memory-upcalls.ts";

/** Sizes and surroundings; every one has a default. */
export interface MemoryOptions {
  /** Records per family. */
  capacity?: number;
  /** Flow entries per family. */
  flowCapacity?: number;
  /** Slots for annexes, of both families; 64 if absent. */
  annexCapacity?: number;
  /** Upcalls that may wait; each class gets its share (`UPCALL_CLASSES`). */
  upcallCapacity?: number;
  eventCapacity?: number;
  /** Captured packets that may wait; 1024 if absent. */
  captureCapacity?: number;
  /** Ticks of 2^20 ns; 0 for ever if absent. */
  now?: () => number;
  /** What `DataPlane.faults` says; nothing if absent. */
  faults?: () => readonly string[];
  /** What a route lookup says of an address of 4 or 16 bytes: one of `ROUTE`; success if absent. */
  route?: (address: Uint8Array, lengthBytes: number) => number;
  /** MTU in bytes of the way to an address; 65535 if absent. What is longer finds `ROUTE.fragNeeded`. */
  mtu?: (address: Uint8Array) => number;
  /** Whether a packet has room before it for a tunnel's headers; it has if absent. */
  hasRoom?: () => boolean;
  /** `DataPlane.sourceFor`; 10.0.0.254 and fd00::fe if absent. */
  sourceFor?: (address: Uint8Array) => Uint8Array | undefined;
  /** Interfaces by name, for classifier rules; none if absent. */
  interfaces?: Readonly<Record<string, number>>;
  /** Told of each packet as it leaves, the wire's and the host's in one order. Its bytes are the listener's to keep. */
  onLeave?: (packet: Departure) => void;
}

/** A packet that left. */
export interface SentPacket {
  bytes: Uint8Array;
  /** 4 or 16 bytes. */
  nextHop: Uint8Array;
}

/** A packet for the host's own stack, and why. */
export interface HostPacket {
  bytes: Uint8Array;
  reason: Reason;
}

/** A packet that left: by the wire, or up to the host. */
export type Departure = ({ to: "wire" } & SentPacket) | ({ to: "host" } & HostPacket);

/** How a packet arrived, where that matters. */
export interface Arrival {
  isForHost?: boolean;
  gsoSize?: number;
  gsoSegments?: number;
  /** Firewall mark that it came with. */
  mark?: number;
}

/** The port, and both ends of the wire. */
export interface MemoryDataPlane extends DataPlane {
  /** What left by the wire, in order; the test empties it. */
  readonly sent: SentPacket[];
  /** What the host's own stack was left with, in order; the test empties it. */
  readonly host: HostPacket[];
  /** A packet arrives, from its IP header on; it is not changed. Returns what the fast path did: a copy. */
  receive(ifindex: number, packet: Uint8Array, arrival?: Arrival): Outcome;
  /** Upcalls and events that wait. */
  readonly waiting: { readonly upcalls: number; readonly events: number };
}

type PacketBytes = Pick<FastpathPacket, "bytes" | "lengthBytes">;

const MAX_MTU = 65_535;
const MS_PER_TICK = 2 ** 20 / 1e6;
const SOURCES = {
  4: Uint8Array.of(10, 0, 0, 254),
  6: Uint8Array.of(0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe),
} as const;

/** Create an in-memory data plane. */
export function createMemoryDataPlane(options: MemoryOptions = {}): MemoryDataPlane {
  const capacity = options.capacity ?? 1024;
  const words = {
    4: new Uint32Array((capacity * RECORD_BYTES[4]) / 4),
    6: new Uint32Array((capacity * RECORD_BYTES[6]) / 4),
  };
  const records = { 4: recordArray(4, words[4]), 6: recordArray(6, words[6]) };
  const { findFlow, ...flows } = createMemoryFlows(options.flowCapacity ?? 2 * capacity);
  const sourceFor = options.sourceFor ?? ((address) => SOURCES[address.length === 4 ? 4 : 6]);
  const services = createMemoryServices(sourceFor);
  const budgets = createBudgets();
  const cut = createSegmenter();
  const { look, show, ...capture } = createMemoryCapture({
    records,
    findFlow,
    timeMs,
    capacity: options.captureCapacity ?? 1024,
  });
  const counters = new Map<Reason, number>();
  const queue = { upcalls: [] as Upcall[], capacity: options.upcallCapacity ?? 1024 };
  const events: StateEvent[] = [];
  const packetQueue: (() => void)[] = [];
  const sent: SentPacket[] = [];
  const host: HostPacket[] = [];
  let lost = 0;
  let policy: Policy = { flags: 0, budget: 0, rules: [], transitions: packTransitions() };
  let markRules = compileMarkRules([], () => undefined);

  function route(question: RouteQuestion): number {
    const { address, lengthBytes } = question;
    const result = options.route?.(address, lengthBytes) ?? ROUTE.success;
    question.mtu = options.mtu?.(address) ?? MAX_MTU;
    return result === ROUTE.success && lengthBytes > question.mtu ? ROUTE.fragNeeded : result;
  }

  const step = createFastpath({
    ...services,
    records,
    policy: () => policy,
    findFlow,
    markOf: (packet) => markRules(packet),
    hasRoom: () => options.hasRoom?.() ?? true,
    spend: (family, key) => budgets.spend({ family, key }, policy.budget, now()),
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

  /** `now`, as milliseconds since 1970. */
  function timeMs(): number {
    return now() * MS_PER_TICK;
  }

  /** Run one packet through the fast path, count it and carry out the verdict. */
  function run(packet: ArrivedPacket): Outcome {
    const captured = look(packet);
    const done = step(packet);
    const { verdict, reason, service } = done;
    const outcome: Outcome = { verdict, reason, nextHop: done.nextHop.slice() };
    if (reason === "to_be_cut" && verdict === "forward") throughPair("flow", handed(packet), -1);
    else if (verdict === "forward") leave(packet, outcome.nextHop);
    else if (verdict === "pass" && reason !== "other_host") leaveToHost(packet, reason);
    else if (verdict === "upcall" && !offerUpcall(queue, packet, done)) {
      outcome.verdict = "drop";
      outcome.reason = "ring_full";
    }
    count(outcome.reason);
    show(captured, { ...outcome, service });
    return outcome;
  }

  function leave({ bytes, lengthBytes }: PacketBytes, nextHop: Uint8Array): void {
    const packet: SentPacket = { bytes: bytes.slice(0, lengthBytes), nextHop };
    sent.push(packet);
    options.onLeave?.({ to: "wire", ...packet });
  }

  function leaveToHost({ bytes, lengthBytes }: PacketBytes, reason: Reason): void {
    const packet: HostPacket = { bytes: bytes.slice(0, lengthBytes), reason };
    host.push(packet);
    options.onLeave?.({ to: "host", ...packet });
  }

  function count(reason: Reason): void {
    counters.set(reason, (counters.get(reason) ?? 0) + 1);
  }

  function sendAsIs({ packet: bytes, packetBytes: lengthBytes }: Injected, nextHop: Uint8Array): void {
    const asked = { address: nextHop, lengthBytes, mtu: 0 };
    const reason = ROUTE_REASONS[route(asked)] ?? "fib_failed";
    if (reason === "forwarded") leave({ bytes, lengthBytes }, nextHop);
    count(reason);
  }

  /** In at the near end of the injection veth, which cuts, and out at the far one. */
  function throughPair(kind: InjectKind, packet: Injected, index: number): void {
    cut(packet, (segment) => inject[kind](segment, index));
  }

  /** The far end, by kind. */
  const inject: Record<InjectKind, (packet: Injected, index: number) => void> = {
    flow({ packet: bytes, packetBytes: lengthBytes, family, gsoSize, gsoSegments }) {
      const as = { isForHost: true, isInjected: true, ifindex: 0, mark: 0 };
      run({ bytes, lengthBytes, family, gsoSize, gsoSegments, ...as });
    },
    route(packet) {
      sendAsIs(packet, packet.packet.slice(...(packet.family === 4 ? [16, 20] : [24, 40])));
    },
    via(packet, index) {
      const r = records[packet.family];
      if (index < 0 || index >= r.capacity || !isAlive(r, index)) {
        count("inject_miss");
        return;
      }
      const nextHop = new Uint8Array(packet.family === 4 ? 4 : 16);
      wordsToAddress(r.words, index * r.stride + addressAt(r, ADDRESS.destination), nextHop, r.addressWords);
      sendAsIs(packet, nextHop);
    },
    host({ packet: bytes, packetBytes: lengthBytes }) {
      leaveToHost({ bytes, lengthBytes }, "left_to_host");
      count("left_to_host");
    },
  };

  return {
    records: words,
    annexes: new Uint8Array(ANNEX.bytes * (options.annexCapacity ?? 64)),
    sent,
    host,
    now,
    get waiting() {
      return { upcalls: queue.upcalls.length, events: events.length };
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
        mark: arrival.mark ?? 0,
        ifindex,
      });
    },
    wait() {},
    faults: () => options.faults?.() ?? [],
    drainUpcalls: (limit, handle) => drain(queue.upcalls, limit, handle),
    drainEvents: (limit, handle) => drain(events, limit, handle),
    lostEvents: () => lost,
    ...flows,
    inject(kind, packet, index) {
      const copy = { ...packet, packet: packet.packet.slice(0, packet.packetBytes) };
      packetQueue.push(() => throughPair(kind, copy, index));
    },
    flushPackets() {
      for (const send of packetQueue.splice(0)) send();
      return 0;
    },
    program(changes) {
      for (const change of changes) services.program(change);
    },
    programmed: services.programmed,
    setPolicy(next) {
      policy = next;
      markRules = compileMarkRules(next.rules, (name) => options.interfaces?.[name]);
    },
    sourceFor,
    ...capture,
    timeMs,
    linkName: (ifindex) =>
      Object.entries(options.interfaces ?? {}).find(([, index]) => index === ifindex)?.[0] ?? "",
    counters: () => new Map(counters),
    close() {},
  };
}

/** A packet in the fast path's hands as one to be injected. */
function handed({ bytes, lengthBytes, family, gsoSize, gsoSegments }: ArrivedPacket): Injected {
  return { family: family === 4 ? 4 : 6, packet: bytes, packetBytes: lengthBytes, gsoSize, gsoSegments };
}

/** Hand the oldest `limit` of a queue to `handle`. What arrives meanwhile waits for the next time. */
function drain<T>(queue: T[], limit: number, handle: (item: T) => void): number {
  const taken = queue.splice(0, limit);
  for (const item of taken) handle(item);
  return taken.length;
}
