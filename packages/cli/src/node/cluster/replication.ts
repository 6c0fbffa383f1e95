/** Replication as this node takes part in it: the engine's table on one side, NATS on the other. */
import type { Engine } from "@tandem/engine";
import { createReplicator, type Replicator } from "@tandem/sync";
import type { Logger } from "pino";
import type { NodeEvents } from "../events/node-events.ts";
import { type ClusterLink, createSeal } from "./cluster-link.ts";
import { createLagWindow, type LagWindow } from "./lag.ts";

/** A running replicator with what it measured. */
export interface Replication {
  readonly replicator: Replicator;
  readonly lag: LagWindow;
  /** The latest lag by peer, milliseconds. */
  readonly peerLagMs: ReadonlyMap<string, number>;
  /** For good, before the transport: that NATS goes away then is nobody's news. */
  close(): void;
}

/** Who is told. */
export interface ReplicationListener extends Pick<NodeEvents, "onFollow" | "onNats"> {
  onReadiness(isReady: boolean): void;
  onLag(peer: string, lagMs: number): void;
}

/** Start replicating the engine's connections. */
export function startReplication(
  of: { node: string; link: ClusterLink; engine: Engine; log: Logger },
  listener: ReplicationListener,
): Replication {
  const { node, link, engine, log } = of;
  const lag = createLagWindow();
  const peerLagMs = new Map<string, number>();
  const replicator = createReplicator({
    cluster: link.cluster,
    node,
    seal: createSeal(link),
    transport: link.transport,
    table: { send: (call) => engine.order({ type: "replica", call }) },
    isTableKept: engine.isTableKept,
    onReadiness: listener.onReadiness,
    onFollow(change) {
      log[change.to === "alone" ? "warn" : "info"](change, "follows a peer differently");
      listener.onFollow(change);
    },
    onLag(peer, lagMs) {
      lag.add(lagMs, performance.now());
      peerLagMs.set(peer, lagMs);
      listener.onLag(peer, lagMs);
    },
  });
  const unwatch = link.transport.watch((isConnected) => {
    if (isConnected) log.info("NATS is connected");
    else log.warn("NATS cannot be reached");
    listener.onNats(isConnected);
  });
  engine.onRecords((records, count) => replicator.offer(records, count));
  engine.onReplicaAnswer((answer) => replicator.answer(answer));
  return {
    replicator,
    lag,
    peerLagMs,
    close() {
      unwatch();
      replicator.close();
    },
  };
}
