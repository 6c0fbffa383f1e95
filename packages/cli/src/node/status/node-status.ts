/** The answer to "are we safe?": a node's status and its alarms, made from what its parts say. Pure. */
import type { ForwarderCounts, NodeStatus, PeerStatus, SyncState } from "@tandem/engine";
import type { DestinationHealth } from "@tandem/health";
import { type Document, destinationKey, serviceKey } from "@tandem/model";
import type { ConfigStatus, ReadingFault, ReplicationStatus, PeerStatus as SyncPeer } from "@tandem/sync";
import { decodePresence } from "../cluster/presence.ts";
import { sentenceOf, type TunnelFinding } from "../document/tunnel-room.ts";
import type { Seat } from "../seat/vrrp-seat.ts";

/** What the parts of a node say at one moment. */
export interface Parts {
  readonly node: string;
  readonly version: string;
  readonly seat: Seat;
  readonly document: Document;
  /** Why the latest document does not run; empty when it does. */
  readonly documentProblem: string;
  readonly configuration: ConfigStatus;
  /** What keeps this node from forwarding, one sentence each. */
  readonly faults: readonly string[];
  /** Undefined when the forwarder does not answer. */
  readonly counts: ForwarderCounts | undefined;
  /** `off` without a cluster. */
  readonly nats: NodeStatus["nats"];
  /** What NATS refuses this node, in its words; undefined: nothing. */
  readonly natsRefusal: string | undefined;
  /** Undefined without a cluster, and before the first document runs. */
  readonly replication: ReplicationStatus | undefined;
  readonly health: readonly DestinationHealth[];
  /** Tunnels of the document with too little room here. */
  readonly tunnels: readonly TunnelFinding[];
  readonly lag: { p50: number; p99: number } | undefined;
  readonly peerLagMs: ReadonlyMap<string, number>;
  readonly maintenance: boolean;
  readonly virtualAddresses: readonly string[];
  /** What is to be done about the API's certificate; undefined: nothing. */
  readonly doorProblem: string | undefined;
}

/** Worst last. */
const SEVERITY: readonly SyncState[] = ["off", "live", "alone", "repairing", "loading", "joining"];

/** Put the parts together. Never throws. */
export function statusOf(p: Parts): NodeStatus {
  const peers = (p.replication?.peers ?? []).map((peer) => peerStatus(peer, p));
  return {
    node: p.node,
    version: p.version,
    role: p.seat.role,
    roleCause: p.seat.cause,
    roleSinceMs: p.seat.sinceMs,
    revision: p.document.revision,
    sync: p.nats === "off" ? "off" : syncState(p.replication),
    connections: p.counts?.connections ?? 0,
    capacity: p.counts?.capacity ?? 0,
    forwarding: p.faults.length === 0,
    ...(p.lag ? { lagMs: p.lag } : {}),
    peers,
    nats: p.nats,
    maintenance: p.maintenance,
    virtualAddresses: [...p.virtualAddresses],
    alarms: alarmsOf(p),
    packets: Object.fromEntries(p.counts?.packets ?? []),
  };
}

/** `live` with every peer, else the worst of them; a peer that is gone does not make a node unsynced. */
function syncState(replication: ReplicationStatus | undefined): SyncState {
  if (!replication) return "joining";
  const states = replication.peers.map((peer) => peer.state).filter((s) => s !== "alone");
  if (states.length === 0) return replication.isAlone ? "alone" : "joining";
  return states.reduce<SyncState>(
    (worst, s) => (SEVERITY.indexOf(s) > SEVERITY.indexOf(worst) ? s : worst),
    "live",
  );
}

function peerStatus(peer: SyncPeer, p: Parts): PeerStatus {
  const presence = decodePresence(peer.presence);
  const lagMs = p.peerLagMs.get(peer.node);
  const isLost = peer.state === "alone";
  return {
    node: peer.node,
    state: isLost ? "lost" : peer.state,
    role: presence.role,
    revision: peer.revision,
    connections: presence.connections,
    held: p.counts?.owned.get(peer.node) ?? 0,
    ...(lagMs === undefined ? {} : { lagMs }),
    lastSeenMsAgo: isLost ? peer.sinceMs : 0,
    ...(peer.acknowledged !== undefined && {
      unconfirmed: Math.max(0, p.replication!.sequence - peer.acknowledged),
    }),
    ...(peer.compared && { comparedMsAgo: peer.compared.msAgo }),
    differing: peer.compared?.differing ?? 0,
    maintenance: presence.maintenance,
  };
}

function alarmsOf(p: Parts): string[] {
  return [
    ...alarmsOfNode(p),
    ...(p.natsRefusal ? [`NATS refuses this node something: ${p.natsRefusal}`] : []),
    ...(p.replication ? alarmsOfCluster(p.replication, p) : []),
    ...alarmsOfServices(p),
    ...(p.doorProblem ? [p.doorProblem] : []),
    ...p.tunnels.filter(({ room }) => room === "missing").map(sentenceOf),
  ];
}

/** What brings a store back that does not hold what runs here. */
const REMEDIES: Partial<Record<ReadingFault, string>> = {
  forged:
    "; if its key is not the other directors', copy theirs to this node's `cluster.keyFile` and start the daemon anew",
  behind: "; `tandem rollback current` writes what runs here",
  conflict: "; a change on a director that runs that one settles it, or `tandem restore` of a backup here",
};

function alarmsOfNode({
  faults,
  seat,
  document,
  configuration,
  documentProblem,
  maintenance,
}: Parts): string[] {
  const { store, disk } = configuration;
  return [
    ...faults,
    ...(seat.role === "fault" ? [`VRRP is in fault: ${seat.cause}`] : []),
    ...(documentProblem ? [`The document's ${documentProblem}`] : []),
    ...(document.revision === 0
      ? ["No document runs here yet: nothing is served; give one with `tandem apply`"]
      : []),
    ...(document.revision > 0 && document.services.length === 0
      ? ["The document has no services: nothing is served"]
      : []),
    ...(store.why
      ? [
          `The configuration store is ${store.state}: ${store.why}${(store.fault && REMEDIES[store.fault]) ?? ""}`,
        ]
      : []),
    ...(disk ? [`The document's copy on disk is not good: ${disk}`] : []),
    ...(maintenance ? ["In maintenance: `tandem maintenance off` here ends it"] : []),
  ];
}

function alarmsOfCluster(
  { isConnected, hasNamesake, stranger, peers }: ReplicationStatus,
  p: Parts,
): string[] {
  const { revision } = p.document;
  const isAlone = !peers.some((peer) => peer.state === "live");
  const nobody = isAlone ? "is lost: nobody takes over if this node dies" : "is lost";
  const lost = isConnected ? nobody : "cannot be heard while NATS is away"; // it may be well: VRRP goes another way
  return [
    ...(isConnected ? [] : ["NATS cannot be reached: replication pauses"]),
    ...(hasNamesake
      ? [`Another node is called "${p.node}", too: each needs a name of its own (\`name\` in node.yaml)`]
      : []),
    ...(stranger === undefined
      ? []
      : [
          `"${stranger}" speaks with another cluster key: neither hears the other; \`cluster.keyFile\` must be the same on both`,
        ]),
    ...(peers.length > 0 ? [] : ["No peer is known: nobody takes over if this node dies"]),
    ...peers.flatMap((peer) => {
      if (peer.state === "alone") return [`Peer "${peer.node}" ${lost}`];
      if (peer.state !== "live") return [`Peer "${peer.node}" is not in sync: ${peer.state}`];
      return peer.revision < revision
        ? [`Peer "${peer.node}" runs revision ${peer.revision}, not ${revision}`]
        : [];
    }),
  ];
}

function alarmsOfServices({ document, health }: Parts): string[] {
  const byId = new Map(health.map((h) => [h.destinationId, h]));
  return document.services.flatMap((s) => {
    const down = s.destinations.filter((d) => byId.get(d.id)?.up === false);
    if (s.destinations.length > 0 && down.length === s.destinations.length) {
      return [`Service "${serviceKey(s)}" has no healthy destination`];
    }
    return down.map((d) => `Destination "${destinationKey(s, d)}" is down: ${byId.get(d.id)!.why}`);
  });
}
