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
  fragment: {
    number: 4,
    verdict: "upcall",
    says: "a fragment to a service or from a translated destination",
  },
  icmp_related: { number: 5, verdict: "upcall", says: "an ICMP error about a known flow" },
  forwarded: { number: 6, verdict: "forward", says: "a packet of a known flow" },
  syn_on_flow: { number: 7, verdict: "upcall", says: "a SYN or INIT that meets a known flow" },
  new_flow: { number: 8, verdict: "upcall", says: "the first packet of a flow to a service" },
  mid_stream: {
    number: 9,
    verdict: "drop",
    says: "TCP or SCTP to a service that opens nothing, without a flow",
  },
  mid_stream_sloppy: { number: 10, verdict: "upcall", says: "the same, for a service that accepts it" },
  unmatched_reply: {
    number: 11,
    verdict: "drop",
    says: "from a translated destination's service port, without a flow",
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
  denied: { number: 24, verdict: "drop", says: "from a client that the service does not serve" },
  over_budget: { number: 25, verdict: "drop", says: "new flows of one source prefix beyond its budget" },
  destination_gone: {
    number: 26,
    verdict: "drop",
    says: "of a connection whose destination is gone and may return",
  },
  watched: { number: 27, verdict: "upcall", says: "a packet of a connection that the core watches" },
  expected: { number: 28, verdict: "upcall", says: "the first packet of a connection that a helper expects" },
  mid_stream_host: {
    number: 29,
    verdict: "pass",
    says: "mid-stream to a service without a flow, left to the host",
  },
  unmatched_host: {
    number: 30,
    verdict: "pass",
    says: "from a translated destination without a flow, left to the host",
  },
  unmatched_refused: { number: 31, verdict: "upcall", says: "the same, to be refused" },
  // The core, about upcalls
  scheduled: { number: 32, verdict: "forward", says: "the first packet of a new connection" },
  rejoined: { number: 33, verdict: "forward", says: "a packet of a connection that the core knew" },
  icmp_translated: { number: 34, verdict: "forward", says: "an ICMP error, translated" },
  no_service: { number: 35, verdict: "drop", says: "the service was gone when the core looked" },
  no_destination: { number: 36, verdict: "drop", says: "no destination to schedule to" },
  table_full: { number: 37, verdict: "drop", says: "no free connection record" },
  flow_map_full: { number: 38, verdict: "drop", says: "the flow map refused the entry" },
  core_malformed: { number: 39, verdict: "drop", says: "the core could not parse it" },
  core_fragment: {
    number: 40,
    verdict: "drop",
    says: "a fragment of no known flow, or one too many to hold",
  },
  core_unroutable: { number: 41, verdict: "drop", says: "no route for a known flow's packet" },
  core_ttl_exceeded: { number: 42, verdict: "drop", says: "TTL ended" },
  core_icmp_unrelated: { number: 43, verdict: "drop", says: "an ICMP error about no connection of ours" },
  core_too_big: { number: 44, verdict: "drop", says: "larger than the MTU of the way out" },
  inject_refused: { number: 45, verdict: "drop", says: "the kernel did not take an injected packet" },
  icmp_about_unknown: {
    number: 46,
    verdict: "upcall",
    says: "an ICMP error to a VIP about no flow, which may make one",
  },
  icmp_about_tunnel: {
    number: 47,
    verdict: "upcall",
    says: "an ICMP error about a packet that a tunnel wrapped",
  },
  fragment_forwarded: { number: 48, verdict: "forward", says: "a fragment of a known flow" },
  // not dropped: the core still has it
  fragment_held: { number: 49, verdict: "upcall", says: "a fragment that waits for the first of its packet" },
  one_packet: { number: 50, verdict: "forward", says: "a packet that was scheduled by itself" },
  refused: { number: 51, verdict: "drop", says: "no destination or no connection: refused by ICMP" },
  bypassed: { number: 52, verdict: "forward", says: "no destination: sent to its own address" },
  left_to_host: { number: 53, verdict: "pass", says: "the core found it to be the host's own" },
  defence_drop: { number: 54, verdict: "drop", says: "one in `dropRate` new connections, in defence" },
  reset_sent: { number: 55, verdict: "drop", says: "of a connection whose end both sides were told" },
  tunneled: { number: 56, verdict: "forward", says: "wrapped by the core on its way to a destination" },
  helper_rewritten: { number: 58, verdict: "forward", says: "read or changed by a helper" },
  delivered: { number: 59, verdict: "pass", says: "a packet of a known flow whose destination is this host" },
  no_room: {
    number: 60,
    verdict: "upcall",
    says: "for a tunnel, too long for the kernel to put headers before it",
  },
  to_be_cut: {
    number: 61,
    verdict: "forward",
    says: "an offloaded packet for a tunnel that wraps each segment by itself: cut, its segments counted apart",
  },
} as const satisfies Record<string, ReasonRow>;

export type Reason = keyof typeof REASONS;

/** What a packet can end with; the other reasons are why it went to the core, which finds one of these then. A held fragment has no end yet. */
export const FINAL_REASONS = (Object.keys(REASONS) as Reason[]).filter(
  (reason) => REASONS[reason].verdict !== "upcall" || reason === "fragment_held",
);

/** Upcalls that a packet of a flow makes even when the core has injected it: its sender is told, or it is cut. */
export const INJECTED_UPCALLS: ReadonlySet<Reason> = new Set(["ttl_exceeded", "fib_frag_needed", "no_room"]);

/** Size of the `counters` map; numbers in REASONS stay below it. */
export const REASON_SLOTS = 64;
