/**
 * The port between the forwarder and what moves packets. Two implementations: `kernel/` (BPF programs, shared maps) and
 * `memory.ts` (the core's own fast path over plain buffers); dataplane.contract.ts holds both to the same sentences.
 * One thread owns an instance; nothing here throws on the packet path.
 */
import type { Family } from "@tandem/model";
import type { Reason, Verdict } from "../core/verdict.ts";

/** A packet that the fast path handed over. Reused: valid until the handler returns. */
export interface Upcall {
  /** Interface that it came in by. */
  ifindex: number;
  /** `REASONS` number of why it came. */
  reason: number;
  family: Family;
  /** Bytes from the IP header on; `packet` may be longer than `packetBytes`. */
  packet: Uint8Array;
  packetBytes: number;
  /** Segment size in bytes and number of segments of an offloaded packet; 0 and 1 for an ordinary one. */
  gsoSize: number;
  gsoSegments: number;
}

/** A state event of the fast path; the fields are `EVENT`'s. Reused. */
export interface StateEvent {
  family: Family;
  index: number;
  generation: number;
  before: number;
  after: number;
}

/** One endpoint of the service maps. `address` is 4 or 16 bytes. */
export interface Endpoint {
  readonly address: Uint8Array;
  readonly port: number;
  readonly protocol: number;
}

/**
 * A change of what the fast path knows of services. All changes of one `program` call are in force when it returns; setting what is
 * there and deleting what is not are no errors. A masqueraded destination is two real-server entries: its endpoint, and its address
 * alone (port 0, protocol 0), which stays while any destination has it. The caller does that counting.
 */
export type ServiceChange =
  | { readonly kind: "set_service"; readonly at: Endpoint; readonly id: number; readonly flags: number }
  | { readonly kind: "delete_service"; readonly at: Endpoint }
  | { readonly kind: "set_vip"; readonly address: Uint8Array }
  | { readonly kind: "delete_vip"; readonly address: Uint8Array }
  | { readonly kind: "set_real_server"; readonly at: Endpoint }
  | { readonly kind: "delete_real_server"; readonly at: Endpoint };

/** How an injected packet finds its way: see `INJECT`. */
export type InjectKind = "flow" | "route" | "via";

export interface DataPlane {
  /** Record words, shared with the fast path: `RECORD_WORDS[family]` per record. */
  readonly records: { readonly 4: Uint32Array; readonly 6: Uint32Array };

  /** Ticks of 2^20 ns on the clock that the fast path stamps `lastSeen` with, modulo 2^32. */
  now(): number;

  /** Sleep until an upcall or an event waits, `wake` is called, or `timeoutMs` has passed. */
  wait(timeoutMs: number): void;

  /** What keeps packets from the fast path, one sentence per interface; empty: nothing. */
  faults(): readonly string[];

  /** Hand at most `limit` waiting upcalls to `handle`, in order. Returns how many. The ring is released once, at the end. */
  drainUpcalls(limit: number, handle: (upcall: Upcall) => void): number;
  /** Hand at most `limit` waiting state events to `handle`, in order. Returns how many. */
  drainEvents(limit: number, handle: (event: StateEvent) => void): number;
  /** State events that were lost because their ring was full, since the start. More than last time: scan the records. */
  lostEvents(): number;

  /** Queue a flow entry; `key` is copied (`FLOW_KEY[family].size` bytes). In force after `flushFlows`. */
  insertFlow(family: Family, key: Uint8Array, index: number, direction: number): void;
  deleteFlow(family: Family, key: Uint8Array): void;
  /** Carry out the queue in order, in as few system calls as possible. `refused` is told of each insertion that found no room. */
  flushFlows(refused: (family: Family, index: number) => void): void;
  /** Visit every flow entry: adoption compares them with the records. `key` is reused. */
  scanFlows(family: Family, visit: (key: Uint8Array, index: number, direction: number) => void): void;

  /** Queue a packet (IP header on) for sending; bytes are copied. `index` matters for "via" only. Sent by `flushPackets`, in order. */
  inject(kind: InjectKind, upcall: Upcall, index: number): void;
  /** Send what is queued. Returns the number of packets that the kernel did not take. */
  flushPackets(): number;

  /** Change what the fast path knows of services. Throws `LbError` (unavailable) if the kernel refuses; then some changes may be in force. */
  program(changes: readonly ServiceChange[]): void;
  /** Endpoints now in the maps, for a diff after adoption. */
  programmed(): ServiceChange[];

  /** Packets by fast-path reason since the start (of the instance, not of this process). */
  counters(): Map<Reason, number>;
  close(): void;
}

/** What the fast path did with one packet: for tests that compare implementations. */
export interface Outcome {
  verdict: Verdict;
  reason: Reason;
  /** Next hop asked for, 4 or 16 bytes; empty if none was. */
  nextHop: Uint8Array;
}
