/** "Are we safe?", answered from a node's status. Pure. */
import type { NodeStatus } from "@tandem/engine/client";

/** Safe: one more failure hurts nobody. Degraded: it serves, and something wants looking at. Unsafe: it does not serve, or nothing would take over. */
export type Verdict = "safe" | "degraded" | "unsafe";

/** The verdict, why, and what to do next, in whole sentences without their full stop. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly why: string;
  readonly advice: readonly string[];
}

/** A state that is not well. */
interface Finding {
  readonly verdict: Exclude<Verdict, "safe">;
  is(s: NodeStatus): boolean;
  readonly why: string;
  readonly advice: string;
}

/** A fuller table evicts: connections that wait for their handshake first. */
const FULL_SHARE = 0.9;

const liveOf = (s: NodeStatus) => s.peers.filter((p) => p.state === "live");

/** Worst first: the first one that is so gives the verdict and its reason. */
const FINDINGS: readonly Finding[] = [
  {
    verdict: "unsafe",
    is: (s) => !s.forwarding,
    why: "this node cannot forward",
    advice: "`tandem doctor` says what this machine lacks",
  },
  {
    verdict: "unsafe",
    is: (s) =>
      s.alarms.some((alarm) => /^The configuration store is refused: .*cluster\.keyFile/.test(alarm)),
    why: "this node's cluster key is not the other directors', so it takes no part in the cluster",
    advice: "copy another director's `cluster.keyFile` to this node, and start its daemon anew",
  },
  {
    verdict: "unsafe",
    is: (s) => s.role === "fault",
    why: "this node is in fault, and takes no virtual address",
    advice: "look at its interfaces and at keepalived's log",
  },
  {
    verdict: "unsafe",
    is: (s) => s.revision === 0,
    why: "there is no document, so nothing is served",
    advice: "give it one: `tandem apply -f FILE`",
  },
  {
    verdict: "unsafe",
    is: (s) => s.alarms.some((alarm) => alarm.startsWith("Service ")),
    why: "clients of a service are served by nobody: all its destinations are down",
    advice: "`tandem services` says which, and why",
  },
  {
    verdict: "unsafe",
    is: (s) => s.nats === "disconnected" && liveOf(s).length === 0, // VRRP does not need NATS: a peer may well take over
    why: "NATS cannot be reached: no peer can be heard, and one that took over would lack what is new",
    advice: "look at the NATS servers first; what was missed is made up for by itself",
  },
  {
    verdict: "unsafe",
    is: (s) => liveOf(s).length === 0 && s.alarms.some((alarm) => alarm.includes("another cluster key")),
    why: "nothing would take over if this node died: another director has another cluster key",
    advice: "make `cluster.keyFile` the same on both, and start the daemon anew where it was changed",
  },
  {
    verdict: "unsafe",
    is: (s) => s.nats === "connected" && liveOf(s).length === 0,
    why: "nothing would take over if this node died",
    advice: "start a peer, or look why it does not answer: `tandem status` there",
  },
  {
    verdict: "degraded",
    is: (s) => s.alarms.some((alarm) => alarm.startsWith("The document has no services")),
    why: "the document has no services, so nothing is served",
    advice:
      "give it some: `tandem apply -f FILE`; or, if it was emptied by mistake: `tandem rollback previous`",
  },
  {
    verdict: "degraded",
    is: (s) => s.nats === "disconnected" && liveOf(s).length > 0,
    why: "NATS cannot be reached, so nothing is replicated",
    advice: "look at the NATS servers; what was missed is made up for by itself",
  },
  {
    verdict: "degraded",
    is: (s) => s.nats !== "disconnected" && s.peers.some((p) => p.state !== "live"),
    why: "not every peer is in sync",
    advice:
      "a peer that is lost: `tandem status` there, or `tandem forget` it if it is gone for good; one that joins or repairs: wait",
  },
  {
    verdict: "degraded",
    is: (s) => liveOf(s).some((p) => p.revision !== s.revision),
    why: "not every node runs the same revision",
    advice: "wait some seconds; then `tandem status` on the one that is behind says what keeps it",
  },
  {
    verdict: "degraded",
    is: (s) => liveOf(s).some((p) => p.differing > 0),
    why: "tables differed when they were last compared, and are being repaired",
    advice: "wait for the next comparison, 10 s after the last",
  },
  {
    verdict: "degraded",
    is: (s) => s.connections >= s.capacity * FULL_SHARE && s.capacity > 0,
    why: "the connection table is nearly full",
    advice: "shorten timeouts, or give the node a larger table",
  },
  {
    verdict: "degraded",
    is: (s) => s.maintenance,
    why: "this node is in maintenance",
    advice: "when it is over: `tandem maintenance off` here",
  },
  {
    verdict: "degraded",
    is: (s) => liveOf(s).length > 0 && liveOf(s).every((p) => p.maintenance),
    why: "every peer that could take over is in maintenance",
    advice: "when it is over: `tandem maintenance off` there",
  },
  {
    verdict: "degraded",
    is: (s) => s.alarms.some((alarm) => alarm.startsWith("Destination ")),
    why: "not every destination is healthy",
    advice: "`tandem services` says which, and why",
  },
  {
    verdict: "degraded",
    is: (s) => s.alarms.length > 0,
    why: "something wants looking at",
    advice: "",
  },
];

/** Judge a node by its status. */
export function judge(s: NodeStatus): Judgement {
  const found = FINDINGS.filter(({ is }) => is(s));
  const [worst] = found;
  if (!worst) return { verdict: "safe", why: whySafe(s), advice: [] };
  const advice = found.map((finding) => finding.advice).filter((text) => text !== "");
  return { verdict: worst.verdict, why: worst.why, advice };
}

function whySafe(s: NodeStatus): string {
  const active = liveOf(s).find((p) => p.role === "active");
  if (s.role === "standby" && active) return `all is well; ${active.node} serves, this node could take over`;
  const ready = liveOf(s).flatMap((p) => (p.maintenance ? [] : [p.node]));
  if (ready.length === 0) return "all is well; on its own, nothing takes over from this node";
  return `all is well; ${ready.join(", ")} could take over`;
}
