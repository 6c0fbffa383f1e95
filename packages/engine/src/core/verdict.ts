/**
 * The fate of a packet and the closed list of reasons for it. Every packet that a program sees is counted under exactly one
 * fast-path reason; what the core decides about an upcall is counted under one core reason.
 */

/** Verdicts by the number that the fast path has for them. */
export const VERDICT = { pass: 0, forward: 1, drop: 2, upcall: 3 } as const;
export type Verdict = keyof typeof VERDICT;

interface ReasonRow {
  readonly number: number;
  readonly verdict: Verdict;
  readonly says: string;
}

/** Numbers are indexes of the `counters` map: they are only ever added. */
export const REASONS = {
  // The fast path, in the order of docs/packet-path.md
  other_host: { number: 0, verdict: "pass", says: "not addressed to this host (layer 2)" },
  not_ip: { number: 1, verdict: "pass", says: "neither IPv4 nor IPv6" },
  not_ours: { number: 2, verdict: "pass", says: "no service, flow or destination of ours" },
  malformed: { number: 3, verdict: "drop", says: "addressed to a VIP, but its headers do not fit" },
  fragment: { number: 4, verdict: "upcall", says: "a fragment to a VIP or from a masqueraded destination" },
  icmp_related: { number: 5, verdict: "upcall", says: "an ICMP error about a known flow" },
  forwarded: { number: 6, verdict: "forward", says: "a packet of a known flow" },
  syn_on_flow: { number: 7, verdict: "upcall", says: "a SYN that meets a known flow" },
  new_flow: { number: 8, verdict: "upcall", says: "the first packet of a flow to a service" },
  mid_stream: { number: 9, verdict: "drop", says: "TCP to a service without SYN and without a flow" },
  mid_stream_sloppy: { number: 10, verdict: "upcall", says: "the same, for a service that accepts it" },
  unmatched_reply: {
    number: 11,
    verdict: "drop",
    says: "from a masqueraded destination's service port, without a flow",
  },
  ttl_exceeded: { number: 12, verdict: "upcall", says: "a packet of a known flow whose TTL ends here" },
  ring_full: { number: 13, verdict: "drop", says: "an upcall that found its share of the ring used up" },
  inject_miss: { number: 14, verdict: "drop", says: "an injected packet whose flow was gone" },
  fib_blackhole: { number: 15, verdict: "upcall", says: "route: blackhole" },
  fib_unreachable: { number: 16, verdict: "upcall", says: "route: unreachable" },
  fib_prohibit: { number: 17, verdict: "upcall", says: "route: prohibited" },
  fib_not_forwarded: { number: 18, verdict: "upcall", says: "route: the next hop is this host" },
  fib_forwarding_disabled: {
    number: 19,
    verdict: "upcall",
    says: "route: forwarding is off on the interface",
  },
  fib_unsupported: { number: 20, verdict: "upcall", says: "route: needs a lightweight tunnel" },
  fib_no_neighbour: { number: 21, verdict: "upcall", says: "route: next hop not resolved (XDP only)" },
  fib_frag_needed: { number: 22, verdict: "upcall", says: "route: larger than the MTU" },
  fib_failed: { number: 23, verdict: "upcall", says: "route: any other failure of the lookup" },
  // The core, about upcalls
  scheduled: { number: 32, verdict: "forward", says: "a new connection was made" },
  rejoined: { number: 33, verdict: "forward", says: "a packet of a connection that the core knew" },
  icmp_translated: { number: 34, verdict: "forward", says: "an ICMP error, translated" },
  no_service: { number: 35, verdict: "drop", says: "the service was gone when the core looked" },
  no_destination: { number: 36, verdict: "drop", says: "no destination to schedule to" },
  table_full: { number: 37, verdict: "drop", says: "no free connection record" },
  flow_map_full: { number: 38, verdict: "drop", says: "the flow map refused the entry" },
  core_malformed: { number: 39, verdict: "drop", says: "the core could not parse it" },
  core_fragment: { number: 40, verdict: "drop", says: "a fragment: not reassembled" },
  core_unroutable: { number: 41, verdict: "drop", says: "no route for a known flow's packet" },
  core_ttl_exceeded: { number: 42, verdict: "drop", says: "TTL ended" },
  core_icmp_unrelated: { number: 43, verdict: "drop", says: "an ICMP error about no connection of ours" },
  core_too_big: { number: 44, verdict: "drop", says: "larger than the MTU of the way out" },
  inject_refused: { number: 45, verdict: "drop", says: "the kernel did not take an injected packet" },
} as const satisfies Record<string, ReasonRow>;

export type Reason = keyof typeof REASONS;
/** Size of the `counters` map; numbers in REASONS stay below it. */
export const REASON_SLOTS = 64;
