/** What a node measures, as a table: one row per metric. docs/metrics.md is held equal to it. */
import type { NodeStatus, PeerStatus, Traffic } from "./api/node-api.ts";
import { REASONS } from "./core/verdict.ts";
import {
  counter,
  gauge,
  type MetricRow,
  oneHot,
  perDestination,
  perPeer,
  perReplication,
  perService,
  type Sample,
} from "./metric-row.ts";

const ROLES: NodeStatus["role"][] = ["active", "standby", "fault", "standalone"];
const SYNC_STATES: NodeStatus["sync"][] = ["off", "alone", "joining", "loading", "live", "repairing"];
const PEER_STATES: PeerStatus["state"][] = [...SYNC_STATES, "lost"];

/** The node itself. */
const NODE: MetricRow[] = [
  {
    ...gauge("tandem_build", "Always 1: says which version runs on which node", "node", "version"),
    read: ({ status: s }) => [[1, s.node, s.version]],
  },
  {
    ...gauge("tandem_role", "1 for the role that the node has, 0 for the others", "role"),
    read: ({ status: s }) => oneHot(ROLES, s.role),
  },
  {
    ...gauge("tandem_role_start_time_seconds", "Since when it has that role, seconds since 1970"),
    read: ({ status: s }) => [[s.roleSinceMs / 1000]],
  },
  {
    ...gauge("tandem_forwarding", "1 if every interface has its program and the forwarder answers"),
    read: ({ status: s }) => [[Number(s.forwarding)]],
  },
  {
    ...gauge("tandem_maintenance", "1 while an operator has taken the node out of service"),
    read: ({ status: s }) => [[Number(s.maintenance)]],
  },
  {
    ...gauge("tandem_alarms", "Things that an operator should act on; `tandem status` lists them"),
    read: ({ status: s }) => [[s.alarms.length]],
  },
  {
    ...gauge("tandem_config_revision", "Revision of the document that runs here"),
    read: ({ status: s }) => [[s.revision]],
  },
  {
    ...gauge("tandem_connections", "Connections in the table, own and replicated"),
    read: ({ status: s }) => [[s.connections]],
  },
  {
    ...gauge("tandem_connections_capacity", "Connections that fit into the table"),
    read: ({ status: s }) => [[s.capacity]],
  },
  {
    ...counter(
      "tandem_connections_evicted_total",
      "Connections that ended before their time, to make room: `nearly_full` or `drop_entry`",
      "cause",
    ),
    read: ({ evicted }) => Object.entries(evicted ?? {}).map(([cause, n]) => [n, cause]),
  },
  {
    ...counter(
      "tandem_packets_total",
      "Packets by reason (docs/packet-path.md) and what was done",
      "reason",
      "verdict",
    ),
    read: ({ status: s }) => Object.entries(s.packets).map(([reason, n]) => [n, reason, verdictOf(reason)]),
  },
];

/** The cluster, as this node sees it. */
const CLUSTER: MetricRow[] = [
  {
    ...gauge(
      "tandem_sync_state",
      "1 for the worst follow state towards the peers, 0 for the others",
      "state",
    ),
    read: ({ status: s }) => oneHot(SYNC_STATES, s.sync),
  },
  {
    ...gauge("tandem_nats_connected", "1 while NATS can be reached; absent without a cluster"),
    read: ({ status: s }) => (s.nats === "off" ? [] : [[Number(s.nats === "connected")]]),
  },
  {
    ...gauge(
      "tandem_peer_state",
      "1 for the follow state towards this peer, 0 for the others",
      "peer",
      "state",
    ),
    read: perPeer((p) => oneHot(PEER_STATES, p.state)),
  },
  {
    ...gauge("tandem_peer_last_seen_seconds", "Time since the peer's last sign of life", "peer"),
    read: perPeer((p) => [[p.lastSeenMsAgo / 1000]]),
  },
  {
    ...gauge("tandem_peer_config_revision", "Revision of the document that the peer runs", "peer"),
    read: perPeer((p) => [[p.revision]]),
  },
  {
    ...gauge("tandem_peer_connections", "Connections that the peer owns", "peer"),
    read: perPeer((p) => [[p.connections]]),
  },
  {
    ...gauge("tandem_peer_connections_held", "Connections of the peer that this node holds", "peer"),
    read: perPeer((p) => [[p.held]]),
  },
];

/** Replication: what it carries, what it refuses, and what it takes to stay in sync. */
const REPLICATION: MetricRow[] = [
  {
    ...counter(
      "tandem_sync_frames_total",
      "Frames of replication, `in` from peers and `out` to them",
      "direction",
    ),
    read: perReplication(({ happened: h }) => [
      [h.framesReceived, "in"],
      [h.framesSent, "out"],
    ]),
  },
  {
    ...counter("tandem_sync_bytes_total", "Bytes of these frames", "direction"),
    read: perReplication(({ happened: h }) => [
      [h.bytesReceived, "in"],
      [h.bytesSent, "out"],
    ]),
  },
  {
    ...counter("tandem_sync_records_total", "Connection records in these frames", "direction"),
    read: perReplication(({ happened: h }) => [
      [h.recordsReceived, "in"],
      [h.recordsSent, "out"],
    ]),
  },
  {
    ...counter(
      "tandem_sync_refused_frames_total",
      "Frames of peers that changed nothing, by reason",
      "reason",
    ),
    read: perReplication(({ refused }) => Object.entries(refused).map(([reason, n]) => [n, reason])),
  },
  {
    ...counter(
      "tandem_call_refused_frames_total",
      "Frames of calls between nodes that changed nothing, by reason",
      "reason",
    ),
    read: ({ refusedCalls }) => Object.entries(refusedCalls).map(([reason, n]) => [n, reason]),
  },
  {
    ...counter("tandem_sync_repairs_total", "What it took to get and stay in sync", "kind"),
    read: perReplication(({ happened: h }) => [
      [h.gaps, "gap"],
      [h.replaysRequested, "replay_requested"],
      [h.framesReplayed, "frame_replayed"],
      [h.snapshotsRequested, "snapshot_requested"],
      [h.snapshotsServed, "snapshot_served"],
      [h.digestsCompared, "digest_compared"],
      [h.bucketsRepaired, "bucket_repaired"],
    ]),
  },
  {
    ...counter("tandem_sync_merged_records_total", "Records of peers by what became of them here", "outcome"),
    read: perReplication(({ merged }) => [...merged].map(([outcome, n]) => [n, outcome])),
  },
];

/** Services and destinations. */
const TRAFFIC: MetricRow[] = [
  ...trafficRows("tandem_service", ["service"], perService),
  ...trafficRows("tandem_destination", ["service", "destination"], perDestination),
  {
    ...gauge(
      "tandem_destination_connections",
      "Connections now, by activity",
      "service",
      "destination",
      "activity",
    ),
    read: perDestination((d) => [
      [d.activeConnections, "active"],
      [d.inactiveConnections, "inactive"],
    ]),
  },
  {
    ...gauge(
      "tandem_destination_templates",
      "Persistence templates that lead there",
      "service",
      "destination",
    ),
    read: perDestination((d) => [[d.persistentConnections]]),
  },
  {
    ...gauge(
      "tandem_destination_overloaded",
      "1 from its upper threshold on until it has drained: it gets no new connections",
      "service",
      "destination",
    ),
    read: perDestination((d) => [[Number(d.overloaded)]]),
  },
  {
    ...gauge(
      "tandem_destination_held",
      "1 while packets of its connections are dropped until it is up again",
      "service",
      "destination",
    ),
    read: perDestination((d) => [[Number(d.held)]]),
  },
  {
    ...gauge(
      "tandem_destination_weight",
      "Weight, configured and effective; absent once it is removed",
      "service",
      "destination",
      "kind",
    ),
    read: perDestination((d) =>
      d.removed
        ? []
        : [
            [d.configuredWeight, "configured"],
            [d.effectiveWeight, "effective"],
          ],
    ),
  },
  {
    ...gauge(
      "tandem_destination_up",
      "1 if health checks pass, 0 if not; absent without checks",
      "service",
      "destination",
    ),
    read: perDestination((d) => (d.health === "unchecked" ? [] : [[Number(d.health === "up")]])),
  },
  {
    ...gauge(
      "tandem_destination_check_age_seconds",
      "Time since the last finished health check",
      "service",
      "destination",
    ),
    read: perDestination((d, s) => (s.checkAges.has(d.id) ? [[s.checkAges.get(d.id)!]] : [])),
  },
];

/** Every metric that a scrape fills from a snapshot, in the order of docs/metrics.md. */
export const METRICS: readonly MetricRow[] = [...NODE, ...CLUSTER, ...REPLICATION, ...TRAFFIC];

type PerTraffic = (read: (has: { traffic: Traffic }) => Sample[]) => MetricRow["read"];

function trafficRows(prefix: string, labels: string[], per: PerTraffic): MetricRow[] {
  return [
    {
      ...counter(`${prefix}_connections_total`, "Connections made", ...labels),
      read: per(({ traffic: t }) => [[t.connections]]),
    },
    {
      ...counter(
        `${prefix}_packets_total`,
        "Packets, `in` from clients and `out` to them",
        ...labels,
        "direction",
      ),
      read: per(({ traffic: t }) => [
        [t.inPackets, "in"],
        [t.outPackets, "out"],
      ]),
    },
    {
      ...counter(
        `${prefix}_bytes_total`,
        "Bytes with IP headers, `in` and `out` likewise",
        ...labels,
        "direction",
      ),
      read: per(({ traffic: t }) => [
        [t.inBytes, "in"],
        [t.outBytes, "out"],
      ]),
    },
  ];
}

/** What is done with packets of a reason; empty for a reason of another version. */
function verdictOf(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as keyof typeof REASONS].verdict : "";
}
