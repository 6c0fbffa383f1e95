/** What the fast path's twin meets: packets, and ports in the place of the BPF maps, the clock, the routes and the event ring. */
import type { Outcome } from "../../dataplane/dataplane.ts";
import type { TunnelEnds } from "../../rewrite/tunnel.ts";
import type { RecordArray } from "../record.ts";
import type { Classified } from "../services/mark-rules.ts";
import type { Reason } from "../verdict.ts";

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
  /** From the IP header on; rewritten in place. A packet that was wrapped is in another array afterwards, which the next packet reuses. */
  bytes: Uint8Array;
  lengthBytes: number;
  /** By its Ethernet type; 0 is neither. */
  family: 4 | 6 | 0;
  /** Interface that it came in by. */
  ifindex: number;
  /** Firewall mark that it came with; 0 none. */
  mark: number;
  /** Addressed to this host at layer 2. */
  isForHost: boolean;
  /** The daemon sent it as `INJECT.flow`. */
  isInjected: boolean;
  /** GSO segment size; 0 for an ordinary packet. */
  gsoSize: number;
}

/** A question about the way out. Reused. */
export interface RouteQuestion {
  /** 4 or 16 bytes. */
  address: Uint8Array;
  /** Of one packet as it would leave. */
  lengthBytes: number;
  /** The answer `ROUTE.fragNeeded` sets it: MTU of the way out in bytes. */
  mtu: number;
}

/** Value of `services` and `marked`. */
export interface ServiceValue {
  readonly id: number;
  /** `SERVICE_FLAG`. */
  readonly flags: number;
}

/** Value of `policy`, without what `markOf` answers. */
export interface FastpathPolicy {
  /** `POLICY_FLAG`. */
  readonly flags: number;
  /** `packTransitions`. */
  readonly transitions: Uint8Array;
}

/** What the fast path asks of the world. Keys are the flow keys of `packet/parse.ts`. */
export interface FastpathWorld {
  readonly records: { readonly 4: RecordArray; readonly 6: RecordArray };
  policy(): FastpathPolicy;
  /** Flow map: `index * 4 + direction`, or -1. */
  findFlow(family: 4 | 6, key: Uint32Array): number;
  service(endpoint: Uint32Array): ServiceValue | undefined;
  /** `marked`; nothing for mark 0. */
  marked(mark: number, family: 4 | 6): ServiceValue | undefined;
  isRealServer(endpoint: Uint32Array): boolean;
  /** `CLIENT_VALUE` of the longest prefix of the key's source that the service has; 0 if none matches. */
  client(service: number, family: 4 | 6, key: Uint32Array): number;
  /** By destination id. */
  tunnel(destination: number): TunnelEnds | undefined;
  /** Mark that the classifier rules give; 0 none. */
  markOf(packet: Classified): number;
  /** Take a new flow from its source prefix's budget; false if there is none left. */
  spend(family: 4 | 6, key: Uint32Array): boolean;
  /** Whether there is room for a tunnel's headers before the packet. */
  hasRoom(packet: FastpathPacket): boolean;
  /** One of `ROUTE`, or negative. */
  route(question: RouteQuestion): number;
  now(): number;
  event(family: 4 | 6, index: number, change: LifeChange): void;
}

/** Words of a state event. */
export interface LifeChange {
  generation: number;
  before: number;
  after: number;
}

/** What the twin did, and what an upcall of it carries. */
export interface FastpathOutcome extends Outcome {
  mark: number;
  mtu: number;
  /** Id of the service that a packet without a flow was for; 0 none. */
  service: number;
}
