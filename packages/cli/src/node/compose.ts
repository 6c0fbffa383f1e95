/** The composition root of a running node: engine, configuration, health, replication, VRRP, API and metrics plugged together. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createMetrics,
  type ForwarderOptions,
  type NodeStatus,
  openPathMtus,
  type Probe,
  peerNode,
  removeKernelDataPlane,
  startApiServer,
  startEngine,
  startForwarderThread,
  startHttp,
} from "@tandem/engine";
import { createMonitor, createSystemClock, type Monitor } from "@tandem/health";
import { type Document, EMPTY_DOCUMENT, type LbError, specOf, virtualAddressesOf } from "@tandem/model";
import type { ConfigKeeper, StoreView } from "@tandem/sync";
import type { Logger } from "pino";
import manifest from "../../package.json" with { type: "json" };
import { openClusterLink } from "./cluster/cluster-link.ts";
import { openPeerCalls } from "./cluster/peer-calls.ts";
import { encodePresence } from "./cluster/presence.ts";
import { type Replication, startReplication } from "./cluster/replication.ts";
import type { NodeConfig } from "./config/node-config.ts";
import type { Daemon, RunningNode } from "./daemon.ts";
import { openConfiguration } from "./document/configuration.ts";
import { createDocumentRunner } from "./document/document-runner.ts";
import { measureWays } from "./document/path-mtus.ts";
import { examineTunnels, type TunnelWay, tunnelsIn } from "./document/tunnel-room.ts";
import { createApiDoor } from "./doors/api-door.ts";
import { openIpvsadmSocket } from "./doors/ipvsadm-socket.ts";
import { createAudit } from "./events/audit.ts";
import { createEventLog } from "./events/event-log.ts";
import { createNodeEvents } from "./events/node-events.ts";
import { createSystemHostNames } from "./machine/host-names.ts";
import { repeat } from "./machine/repeat.ts";
import { createNodeService } from "./node-service.ts";
import { createSwitchover } from "./seat/switchover.ts";
import { createSeatHolder, removeSeat } from "./seat/vrrp-seat.ts";
import { readServices } from "./services/running-services.ts";
import { statusOf } from "./status/node-status.ts";
import { createOutageFile } from "./status/outage-file.ts";
import { createPulse } from "./status/pulse.ts";

/** How often a node tells its peers what it is. */
const DESCRIBE_EVERY_MS = 500;
/** How often it is looked whether alarms have come or gone. */
const LOOK_AT_ALARMS_EVERY_MS = 2000;
/** A node that is in sync with nobody after so long is not ready, whatever it was before its restart. */
const READY_DEADLINE_MS = 8000;

/** Start a node from its configuration: forwarding first, then the document, then whatever makes it one of several. */
async function startNode(config: NodeConfig, log: Logger): Promise<RunningNode> {
  await using parts = new AsyncDisposableStack(); // ended in reverse order, if anything below fails
  await mkdir(config.runtimeDir, { recursive: true });
  const link = await openClusterLink(config);
  if (link) parts.defer(() => link.transport.close());
  const engine = await startEngine(startForwarderThread(forwarderOptions(config)));
  parts.defer(() => engine.close());
  const failed = Promise.withResolvers<LbError>();
  engine.onFailure(failed.resolve);

  const epoch = randomBytes(8).toString("hex");
  const events = createNodeEvents(config.name, createEventLog({ node: config.name, epoch, now: Date.now }));
  events.onStart({ version: manifest.version, isTableKept: engine.isTableKept });

  let replication: Replication | undefined;
  let keeper: Pick<ConfigKeeper, "head"> | undefined;
  const onDocument = ({ revision }: Document): void => {
    const head = keeper?.head();
    events.onDocument({ ...(head?.revision === revision && head), revision });
  };
  const witnesses = { log, events: { ...events, onDocument } };
  const runner = createDocumentRunner(engine, () => monitor, witnesses);
  const outages = createOutageFile(join(config.runtimeDir, "health.json"), log);
  const monitor: Monitor = createMonitor({
    clock: createSystemClock(),
    random: Math.random,
    known: outages.load(),
    onChange(change) {
      runner.onHealth(change);
      if (!change.isStep) outages.save(monitor.down());
    },
  });
  parts.defer(() => monitor.stop());
  const pulse = createPulse(engine, log);
  const { faults } = await pulse.take(); // what is wrong is said before anything that goes well
  const seat = createSeatHolder(config, {
    log,
    events,
    canForward: async () => (await pulse.take()).faults.length === 0,
  });

  const listener = {
    onDocument: runner.run,
    onEmpty: () => runner.run(EMPTY_DOCUMENT),
    onView: (view: StoreView) => log[view.why ? "warn" : "info"](view, "configuration store"),
  };
  const auditLog = log.child({}, { level: "info" }); // whatever else is left out of the log
  const audit = createAudit((entry) => {
    auditLog.info({ audit: entry }, "audit");
    events.onAudit(entry);
  });
  const configuration = audit.watching(await openConfiguration(config, listener, { link, log }));
  keeper = configuration;
  parts.defer(() => configuration.close());

  const paths = openPathMtus();
  parts.defer(() => paths.close());
  const measure = (ways: readonly TunnelWay[]) => measureWays(ways, paths);

  const askCounts = () => engine.ask("counts", {}).catch(() => undefined);

  async function status(): Promise<NodeStatus> {
    const ways = tunnelsIn(specOf(engine.document));
    const [{ faults }, counts, mtuOf] = await Promise.all([pulse.take(), askCounts(), measure(ways)]);
    return statusOf({
      node: config.name,
      version: manifest.version,
      seat: seat.seat(),
      document: engine.document,
      documentProblem: runner.problem,
      configuration: configuration.status(),
      faults,
      counts,
      replication: replication?.replicator.status(),
      nats: !link ? "off" : link.transport.isConnected() ? "connected" : "disconnected",
      health: monitor.snapshot(),
      tunnels: examineTunnels(ways, mtuOf),
      doorProblem: door.problem(Date.now()),
      lag: replication?.lag.percentiles(performance.now()),
      peerLagMs: replication?.peerLagMs ?? new Map(),
      maintenance: seat.isInMaintenance(),
      virtualAddresses: seat.addresses.length > 0 ? seat.addresses : servedAddresses(engine.document),
    });
  }

  const door = createApiDoor(config, log);
  const switchover = createSwitchover({
    status,
    enterMaintenance: seat.enterMaintenance,
    leaveMaintenance: seat.leaveMaintenance,
    flush: async () => (await replication?.replicator.flush()) ?? false,
    role: () => seat.seat().role,
    sleep: async (ms) => void (await sleep(ms)),
  });
  /** A peer, asked by this node itself. */
  const peerAt = (peer: string) => peerNode(peers, peer, { role: "operate", from: `node ${config.name}` });
  const heardOf = () => replication?.replicator.status().peers ?? [];
  /** Who is not heard then may be well. */
  const isAway = () => link !== undefined && !link.transport.isConnected();
  const knownPeers = () => heardOf().map((peer) => peer.node);
  const api = createNodeService({
    node: config.name,
    engine,
    keeper: configuration,
    monitor,
    switchover,
    maintenance: seat,
    events: events.watch,
    peers: () => (isAway() ? undefined : knownPeers()),
    livePeers: () => heardOf().flatMap(({ node, state }) => (state === "alone" && !isAway() ? [] : [node])),
    peerAt,
    hosts: createSystemHostNames(),
    status,
    noteChange: audit.noteChange,
    measure,
  });
  const onBug = (error: unknown) => log.error({ err: error }, "a bug while answering");
  const peers = openPeerCalls({ node: config.name, link, api, audit, peers: knownPeers, onBug });
  parts.defer(() => peers.close());
  const metrics = createMetrics({
    ...api,
    services: () => readServices({ engine, monitor }), // zeroed for listings, never for metrics
    checkAges: () => checkAges(monitor),
    evicted: async () => (await askCounts())?.evicted,
    refusedCalls: peers.refused,
    async replication() {
      const counts = replication?.replicator.status().counts;
      return counts && { ...counts, merged: (await askCounts())?.merged ?? new Map() };
    },
  });
  /** Whether it would serve if it got the addresses. */
  async function ready(): Promise<Probe> {
    const { faults } = await pulse.take();
    return faults.length === 0 ? seat.readiness() : { ok: false, why: faults.join("; ") };
  }
  const socketPath = join(config.runtimeDir, "api.sock");
  const apiServer = await startApiServer({
    socketPath,
    api,
    peers,
    audit,
    onBug,
    health: ready,
    tls: door.tls,
  });
  parts.defer(() => apiServer.stop());
  const ipvsadmPath = join(config.runtimeDir, "ipvsadm.sock");
  const ipvsadmSocket = await openIpvsadmSocket({ socketPath: ipvsadmPath, api, audit, onBug });
  parts.defer(() => ipvsadmSocket.stop());
  const http = await startHttp({
    ...config.metrics.listen,
    metrics,
    async health() {
      const { isAlive, faults } = await pulse.take();
      return isAlive ? { ok: true, why: "ok" } : { ok: false, why: faults.join("; ") };
    },
    ready,
    onBug,
  });
  parts.defer(() => http.stop());

  async function describe(): Promise<void> {
    const counts = await askCounts();
    const presence = {
      role: seat.seat().role,
      connections: counts?.owned.get("") ?? 0,
      maintenance: seat.isInMaintenance(),
    };
    replication?.replicator.describe(engine.document.revision, encodePresence(presence));
  }

  /** Once the first document runs: replicate, and take a seat in VRRP. */
  async function takePart(): Promise<void> {
    if (ending.signal.aborted) return; // stopped while the first document was coming into force
    if (link) {
      const listener = { ...events, onReadiness: seat.setReady, onLag: metrics.observeLag };
      const started = startReplication({ node: config.name, link, engine, log }, listener);
      running.defer(() => started.replicator.close());
      replication = started;
    }
    if (!link) seat.setReady(true);
    await seat.take();
  }
  void runner.started.then(takePart).catch(failed.resolve);
  parts.defer(() => seat.leave());
  const ending = new AbortController();
  parts.defer(() => ending.abort());
  void repeat(describe, { everyMs: DESCRIBE_EVERY_MS, signal: ending.signal, report: onBug });
  const lookAtAlarms = async () => events.onAlarms((await status()).alarms);
  void repeat(lookAtAlarms, {
    everyMs: LOOK_AT_ALARMS_EVERY_MS,
    signal: ending.signal,
    report: onBug,
  });
  const overdue = setTimeout(() => {
    if (link && !replication?.replicator.status().isReady) seat.setReady(false);
  }, READY_DEADLINE_MS);
  parts.defer(() => clearTimeout(overdue));
  const { interfaces } = config;
  if (faults.length === 0) log.info({ interfaces, isTableKept: engine.isTableKept }, "forwarding");

  const running = parts.move();
  return { failed: failed.promise, stop: () => running.disposeAsync() };
}

/** Take away what a node left: keepalived with its addresses, programs, maps and the injection veth. */
async function cleanUp(config: NodeConfig): Promise<string[]> {
  const removed = await removeSeat(config);
  if (existsSync(config.bpffsDir)) removed.push(`programs, maps and connections in ${config.bpffsDir}`);
  removeKernelDataPlane(forwarderOptions(config)); // whatever is there: something may be attached without being pinned
  return removed;
}

/** The daemon, put together. */
export const daemon: Daemon = { start: startNode, cleanUp };

/** Where this node's data plane is: every daemon with this configuration means the same one. */
function forwarderOptions(config: NodeConfig): ForwarderOptions {
  return {
    pinDirectory: config.bpffsDir,
    lockPath: join(config.runtimeDir, "forwarder.lock"),
    records: { 4: config.connections.ipv4, 6: config.connections.ipv6 },
    attach: config.interfaces.map(({ name, hook }) => ({ link: name, hook })),
  };
}

/** Without VRRP, the addresses are the services' own. */
function servedAddresses(document: Document): string[] {
  return [...virtualAddressesOf(document.services)];
}

function checkAges(monitor: Monitor): ReadonlyMap<number, number> {
  return new Map(
    monitor
      .snapshot()
      .flatMap((d) => (d.lastCheckAgeMs === undefined ? [] : [[d.destinationId, d.lastCheckAgeMs / 1000]])),
  );
}
