/**
 * The port between the forwarder and what moves packets. Two implementations: `kernel/` (BPF programs, shared maps) and
 * `memory.ts` (the core's own fast path over plain buffers); dataplane.contract.ts holds both to the same sentences.
 * One thread owns an instance; nothing here throws on the packet path.
 */
import type { Family, Prefix } from "@tandem/model";
import type { Captured, CaptureFilter } from "../core/capture/captured.ts";
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
  /** Firewall mark that the packet came with, or that a classifier rule gave it; 0 none. */
  mark: number;
  /** `fib_frag_needed`: MTU of the way out in bytes, which counts for the outermost header; 0 otherwise. */
  mtu: number;
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
 * alone (port 0, protocol 0), which stays while any destination has it. The caller does that counting. `flags` are `SERVICE_FLAG`s; of a VIP
 * only `expects` means something.
 */
export type ServiceChange =
  | { readonly kind: "set_service"; readonly at: Endpoint; readonly id: number; readonly flags: number }
  | { readonly kind: "delete_service"; readonly at: Endpoint }
  | { readonly kind: "set_vip"; readonly address: Uint8Array; readonly flags: number }
  | { readonly kind: "delete_vip"; readonly address: Uint8Array }
  | { readonly kind: "set_real_server"; readonly at: Endpoint }
  | { readonly kind: "delete_real_server"; readonly at: Endpoint }
  | { readonly kind: "set_mark"; readonly at: Marked; readonly id: number; readonly flags: number }
  | { readonly kind: "delete_mark"; readonly at: Marked }
  | { readonly kind: "set_client"; readonly at: ClientPrefix; readonly isAllowed: boolean }
  | { readonly kind: "delete_client"; readonly at: ClientPrefix }
  | { readonly kind: "set_tunnel"; readonly destination: number; readonly tunnel: Tunnel }
  | { readonly kind: "delete_tunnel"; readonly destination: number };

/** A firewall mark of one family. */
export interface Marked {
  readonly mark: number;
  readonly family: Family;
}

/** Clients of a service (its id): the first `bits` bits of an address of 4 or 16 bytes. */
export interface ClientPrefix {
  readonly service: number;
  readonly address: Uint8Array;
  readonly bits: number;
}

/** How packets to a destination are wrapped. The source address of the outer header is the data plane's to find: that of the route to `address`. */
export interface Tunnel {
  /** Where the outer header goes; 4 or 16 bytes. */
  readonly address: Uint8Array;
  /** `TUNNEL_NUMBERS`. */
  readonly type: number;
  /** `TUNNEL_FLAG`. */
  readonly flags: number;
  /** UDP port of gue; 0 for the others. */
  readonly port: number;
}

/** What the fast path does with packets that belong to no flow, whatever the service. Set as a whole. */
export interface Policy {
  /** `POLICY_FLAG`. */
  readonly flags: number;
  /** New flows per source prefix and second that go to the core; 0: no limit. */
  readonly budget: number;
  /** In this order; at most `RULE_SLOTS`. */
  readonly rules: readonly MarkRule[];
  /** `packTransitions`. */
  readonly transitions: Uint8Array;
}

/** A classifier rule; prefixes are 4 or 16 bytes with a length in bits. Both ends of port ranges count. */
export interface MarkRule {
  readonly mark: number;
  /** 0: any. */
  readonly protocol: number;
  readonly source?: Prefix;
  readonly destination?: Prefix;
  readonly sourcePorts: readonly [number, number];
  readonly destinationPorts: readonly [number, number];
  /** Name; the rule matches nothing while there is no such interface. Any if absent. */
  readonly interface?: string;
}

/** The part of an upcall that is sent. */
export type Injected = Pick<Upcall, "family" | "packet" | "packetBytes" | "gsoSize" | "gsoSegments">;

/** How an injected packet finds its way: see `INJECT`. */
export type InjectKind = "flow" | "route" | "via" | "host";

export interface DataPlane {
  /** Record words, shared with the fast path: `RECORD_WORDS[family]` per record. */
  readonly records: { readonly 4: Uint32Array; readonly 6: Uint32Array };

  /** What is kept beside records, slots of `ANNEX.bytes`, in memory that outlives the daemon as the records do. */
  readonly annexes: Uint8Array;

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

  /**
   * Queue a packet (IP header on) for sending; bytes are copied. `index` matters for "via" only. Sent by `flushPackets`, in order. A packet that the core
   * made itself is an upcall of its own making: reason and ifindex do not matter then.
   */
  inject(kind: InjectKind, packet: Injected, index: number): void;
  /** Send what is queued. Returns the number of packets that the kernel did not take. */
  flushPackets(): number;

  /** Change what the fast path knows of services. Throws `LbError` (refused) if the kernel does not take it; then some changes may be in force. */
  program(changes: readonly ServiceChange[]): void;
  /** What is now in the maps, for a diff after adoption: `set_…` only. */
  programmed(): ServiceChange[];
  /** Replace the policy. Throws `LbError` (refused) if the kernel does not take it. */
  setPolicy(policy: Policy): void;
  /** Source address for what this host itself sends there, 4 or 16 bytes; undefined without a route. For the outer header of tunnels and ICMP errors. */
  sourceFor(address: Uint8Array): Uint8Array | undefined;

  /**
   * Show packets that come in, each with what the fast path decided, but for what it hands to the core and what is injected; undefined ends it.
   * What waits to be drained is forgotten then. A data plane shows nothing until it is told to, whatever a former daemon was shown.
   */
  setCapture(filter: CaptureFilter | undefined): void;
  /** Hand at most `limit` captured packets to `handle`, in order for each CPU. Returns how many. `wait` does not end for them. */
  drainCaptured(limit: number, handle: (packet: Captured) => void): number;
  /** Packets that should have been shown but found no room, since the start. */
  lostCaptured(): number;
  /** Now, on the clock of `Captured.timeMs`. */
  timeMs(): number;
  /** Name of an interface; empty if there is none of this number. */
  linkName(ifindex: number): string;

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
