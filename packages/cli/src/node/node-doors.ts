/** The doors of a node: its API on a socket, over TLS and through NATS, ipvsadm's socket, and HTTP for metrics and probes. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createMetrics,
  type MetricsSource,
  type NodeApi,
  type NodeStatus,
  type Probe,
  peerNode,
  startApiServer,
  startHttp,
} from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import type { BuiltNode } from "./built-node.ts";
import { type OpenPeerCalls, openPeerCalls } from "./cluster/peer-calls.ts";
import { createApiDoor } from "./doors/api-door.ts";
import { openIpvsadmSocket } from "./doors/ipvsadm-socket.ts";
import { createSystemHostNames } from "./machine/host-names.ts";
import { createNodeService } from "./node-service.ts";
import { createSwitchover } from "./seat/switchover.ts";
import { readServices } from "./services/running-services.ts";
import { askStatus } from "./status/ask-status.ts";

/** Doors that are open. */
export interface NodeDoors extends AsyncDisposable {
  status(): Promise<NodeStatus>;
  /** As `Metrics.observeLag`. */
  observeLag(peer: string, lagMs: number): void;
}

/** Open them. Rejects with `LbError`. */
export async function openDoors(built: BuiltNode): Promise<NodeDoors> {
  await using parts = new AsyncDisposableStack();
  const { config, core, document, onBug } = built;
  const { audit } = document;
  const tlsDoor = createApiDoor(config, built.log);
  const status = () =>
    askStatus({ ...built, ...core, ...document, node: config.name, doorProblem: tlsDoor.problem });
  const api = answersOf(built, status, (peer) =>
    peerNode(peers, peer, { role: "operate", from: `node ${config.name}` }),
  );
  const { link, membership } = built;
  const peers = openPeerCalls({ node: config.name, link, api, audit, peers: membership.known, onBug });
  parts.defer(() => peers.close());
  const ready = () => readinessOf(built);
  const socketPath = join(config.runtimeDir, "api.sock");
  const server = await startApiServer({
    ...{ socketPath, api, peers, audit, onBug },
    health: ready,
    tls: tlsDoor.tls,
  });
  parts.defer(() => server.stop());
  const ipvsadmPath = join(config.runtimeDir, "ipvsadm.sock");
  const ipvsadm = await openIpvsadmSocket({ socketPath: ipvsadmPath, api, audit, onBug });
  parts.defer(() => ipvsadm.stop());
  const metrics = createMetrics(measuresOf(built, api, peers));
  const health = () => livenessOf(built);
  const http = await startHttp({ ...config.metrics.listen, metrics, health, ready, onBug });
  parts.defer(() => http.stop());
  const opened = parts.move();
  return { status, observeLag: metrics.observeLag, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The API, answered; `peerAt`: a peer, asked by this node itself. */
function answersOf(
  { config, core, seat, document, membership }: BuiltNode,
  status: () => Promise<NodeStatus>,
  peerAt: (peer: string) => NodeApi,
): NodeApi {
  const switchover = createSwitchover({
    status,
    enterMaintenance: seat.enterMaintenance,
    leaveMaintenance: seat.leaveMaintenance,
    flush: membership.flush,
    role: () => seat.seat().role,
    sleep: async (ms) => void (await sleep(ms)),
  });
  return createNodeService({
    ...document,
    ...{ node: config.name, engine: core.engine, switchover, status, peerAt },
    maintenance: seat,
    events: core.events.watch,
    peers: membership.reachable,
    livePeers: membership.live,
    forgetPeer: membership.forget,
    hosts: createSystemHostNames(),
    noteChange: document.audit.noteChange,
    noteFailure: document.audit.noteFailure,
  });
}

function measuresOf(
  { core, document, membership }: BuiltNode,
  api: NodeApi,
  peers: OpenPeerCalls,
): MetricsSource {
  const { engine, counts } = core;
  const { monitor } = document;
  return {
    status: api.status,
    services: () => readServices({ engine, monitor }), // zeroed for listings, never for metrics
    checkAges: () => checkAges(monitor),
    evicted: async () => (await counts())?.evicted,
    refusedCalls: peers.refused,
    async replication() {
      const totals = membership.replication?.replicator.status().counts;
      return totals && { ...totals, merged: (await counts())?.merged ?? new Map() };
    },
  };
}

function checkAges(monitor: Monitor): ReadonlyMap<number, number> {
  return new Map(
    monitor
      .snapshot()
      .flatMap((d) => (d.lastCheckAgeMs === undefined ? [] : [[d.destinationId, d.lastCheckAgeMs / 1000]])),
  );
}

/** Whether it would serve if it got the addresses. */
async function readinessOf({ core, seat }: BuiltNode): Promise<Probe> {
  const { faults } = await core.pulse.take();
  return faults.length === 0 ? seat.readiness() : { ok: false, why: faults.join("; ") };
}

async function livenessOf({ core }: BuiltNode): Promise<Probe> {
  const { isAlive, faults } = await core.pulse.take();
  return isAlive ? { ok: true, why: "ok" } : { ok: false, why: faults.join("; ") };
}
