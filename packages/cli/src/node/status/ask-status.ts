/** Asking the parts of a node how they are. */
import type { Engine, ForwarderCounts, NodeStatus } from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import { type Document, virtualAddressesOf } from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";
import type { Membership } from "../cluster/membership.ts";
import type { DocumentRunner } from "../document/document-runner.ts";
import type { TunnelWatch } from "../document/tunnel-watch.ts";
import type { SeatHolder } from "../seat/vrrp-seat.ts";
import { statusOf } from "./node-status.ts";
import type { Pulse } from "./pulse.ts";

/** The parts. */
export interface StatusSources {
  readonly node: string;
  readonly version: string;
  readonly engine: Pick<Engine, "document">;
  readonly pulse: Pulse;
  readonly seat: SeatHolder;
  readonly keeper: Pick<ConfigKeeper, "status">;
  readonly runner: Pick<DocumentRunner, "problem">;
  readonly monitor: Pick<Monitor, "snapshot">;
  readonly tunnels: TunnelWatch;
  readonly membership: Membership;
  /** Undefined: the forwarder does not answer. */
  counts(): Promise<ForwarderCounts | undefined>;
  /** What is to be done about the API's certificate; `nowMs`: milliseconds since 1970. */
  doorProblem(nowMs: number): string | undefined;
}

/** Ask them all. Never rejects. */
export async function askStatus(of: StatusSources): Promise<NodeStatus> {
  const [{ faults }, counts, tunnels] = await Promise.all([
    of.pulse.take(),
    of.counts(),
    of.tunnels(of.engine.document, performance.now()),
  ]);
  const { seat, membership } = of;
  const { replication } = membership;
  const { document } = of.engine;
  return statusOf({
    node: of.node,
    version: of.version,
    seat: seat.seat(),
    document,
    documentProblem: of.runner.problem,
    configuration: of.keeper.status(),
    faults,
    counts,
    replication: replication?.replicator.status(),
    nats: membership.nats,
    natsRefusal: membership.natsRefusal,
    health: of.monitor.snapshot(),
    tunnels,
    doorProblem: of.doorProblem(Date.now()),
    lag: replication?.lag.percentiles(performance.now()),
    peerLagMs: replication?.peerLagMs ?? new Map(),
    maintenance: seat.isInMaintenance(),
    virtualAddresses: seat.addresses.length > 0 ? seat.addresses : servedAddresses(document),
  });
}

/** Without VRRP, the addresses are the services' own. */
function servedAddresses({ services }: Document): string[] {
  return [...virtualAddressesOf(services)];
}
