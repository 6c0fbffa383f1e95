/** What a metric is, what it is read from, and how rows for all of a kind are written. */
import { formatEndpoint, serviceKey } from "@tandem/model";
import type { DestinationStatus, NodeApi, NodeStatus, PeerStatus, ServiceStatus } from "./api/node-api.ts";
import type { ForwarderCounts } from "./forwarder-protocol.ts";

/** What metrics are made of. */
export interface MetricsSource extends Pick<NodeApi, "status" | "services"> {
  /** Seconds since the last finished health check, by destination id; destinations without checks are not in it. */
  checkAges(): ReadonlyMap<number, number>;
  /** `ForwarderCounts.evicted`; undefined while the forwarder does not answer. */
  evicted(): Promise<ForwarderCounts["evicted"] | undefined>;
  /** Frames of calls between nodes that changed nothing, by reason; none without a cluster. */
  refusedCalls(): Readonly<Record<string, number>>;
  /** Undefined without a cluster, and before this node takes part in it. */
  replication(): Promise<ReplicationTotals | undefined>;
}

/** What replication has counted since the daemon started. */
export interface ReplicationTotals {
  /** Frames of peers that changed nothing, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly happened: Readonly<Record<Happening, number>>;
  /** Peers' records by what became of them here. */
  readonly merged: ReadonlyMap<string, number>;
}

type Happening =
  | `${"frames" | "bytes" | "records"}${"Sent" | "Received"}`
  | "gaps"
  | "replaysRequested"
  | "framesReplayed"
  | "snapshotsRequested"
  | "snapshotsServed"
  | "digestsCompared"
  | "bucketsRepaired";

/** All that one scrape sees. */
export interface Snapshot {
  readonly status: NodeStatus;
  readonly services: readonly ServiceStatus[];
  readonly checkAges: ReadonlyMap<number, number>;
  readonly evicted: ForwarderCounts["evicted"] | undefined;
  readonly refusedCalls: Readonly<Record<string, number>>;
  readonly replication: ReplicationTotals | undefined;
}

/** A value and the values of its labels, in the row's order. */
export type Sample = readonly [value: number, ...labels: string[]];

/** One metric. */
export interface MetricRow {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly labels: readonly string[];
  readonly help: string;
  read(s: Snapshot): Sample[];
}

/** A metric that goes up and down, without its values. */
export function gauge(name: string, help: string, ...labels: string[]) {
  return { name, help, labels, type: "gauge" as const };
}

/** A metric that only grows, without its values. */
export function counter(name: string, help: string, ...labels: string[]) {
  return { name, help, labels, type: "counter" as const };
}

/** Samples of each peer, which its name labels. */
export function perPeer(read: (p: PeerStatus) => Sample[]): MetricRow["read"] {
  return (s) => s.status.peers.flatMap((p) => labelled(read(p), p.node));
}

/** Samples of replication; none without a cluster. */
export function perReplication(read: (totals: ReplicationTotals) => Sample[]): MetricRow["read"] {
  return ({ replication }) => (replication ? read(replication) : []);
}

/** Samples of each service, which its key labels. */
export function perService(read: (service: ServiceStatus) => Sample[]): MetricRow["read"] {
  return (s) => s.services.flatMap((service) => labelled(read(service), serviceKey(service)));
}

/** Samples of each destination, which its service's key and its endpoint label. */
export function perDestination(read: (d: DestinationStatus, s: Snapshot) => Sample[]): MetricRow["read"] {
  return (s) =>
    s.services.flatMap((service) =>
      service.destinations.flatMap((d) =>
        labelled(read(d, s), serviceKey(service), formatEndpoint(d.address, d.port)),
      ),
    );
}

const labelled = (samples: Sample[], ...front: string[]): Sample[] =>
  samples.map(([value, ...labels]) => [value, ...front, ...labels]);

/** 1 for what is, 0 for all else that could be. */
export const oneHot = <T extends string>(all: readonly T[], now: T): Sample[] =>
  all.map((each) => [Number(each === now), each]);
