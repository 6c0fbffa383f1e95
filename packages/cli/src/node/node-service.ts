/** What the API offers about this node, carried out by its parts. */
import type { Engine, NodeApi, NodeStatus } from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import type { LbError } from "@tandem/model";
import { runIpvsadm } from "../ipvsadm/run-ipvsadm.ts";
import { capturePackets } from "./connections/capture-packets.ts";
import { listConnections } from "./connections/connection-list.ts";
import { explainPacket } from "./connections/explain-packet.ts";
import { type KillPorts, killConnections } from "./connections/kill-connections.ts";
import { applyDocument, type Drafting, restore, rollBack } from "./document/apply-document.ts";
import { documentAt, listRevisions, textAt } from "./document/document-history.ts";
import { drain } from "./document/drain.ts";
import { createIpvsadmNode } from "./doors/ipvsadm-node.ts";
import type { HostNames } from "./machine/host-names.ts";
import { type MaintenanceSeat, setMaintenance } from "./seat/set-maintenance.ts";
import type { Switchover } from "./seat/switchover.ts";
import { listCluster } from "./services/cluster-listing.ts";
import { readServices } from "./services/running-services.ts";
import { createZeroing } from "./services/zeroing.ts";

/** The parts that the API speaks for. */
export interface NodeParts extends Drafting {
  readonly node: string;
  readonly engine: Engine;
  readonly monitor: Monitor;
  readonly switchover: Switchover;
  readonly maintenance: MaintenanceSeat;
  readonly hosts: HostNames;
  readonly events: NodeApi["events"];
  /** Peers that were heard of; undefined: NATS is away. */
  peers(): readonly string[] | undefined;
  /** Those of them that are not lost. */
  livePeers(): readonly string[];
  /** Know a peer no more. @throws LbError not_found, refused */
  forgetPeer(name: string): void;
  /** A peer, asked by this node itself. */
  peerAt(name: string): NodeApi;
  status(): Promise<NodeStatus>;
  /** Told of changes beside the document, whatever call they belong to. */
  noteChange(): void;
  /** Told of changes that failed though their call is answered. */
  noteFailure(error: LbError): void;
}

/** The API of a running node. */
export function createNodeService(parts: NodeParts): NodeApi {
  const { engine, keeper, hosts } = parts;
  const zeroing = createZeroing();
  const services: NodeApi["services"] = async () => zeroing.since(await readServices(parts));
  const connections: NodeApi["connections"] = (filter) => listConnections(engine, parts.node, filter);
  const zero: NodeApi["zero"] = async ({ service }) => {
    const totals = zeroing.zero(await readServices(parts), service);
    engine.order({ type: "restart_rates", totals });
    parts.noteChange();
  };
  const ipvsadm = createIpvsadmNode({
    api: { services, connections, zero },
    drafting: parts,
    hosts,
    everywhere: (tell) => listCluster({ ...parts, api: { services, connections } }, tell),
    noteFailure: parts.noteFailure,
  });
  const killPorts: KillPorts = {
    ...parts,
    peers: parts.livePeers,
    killAt: (peer, request) => parts.peerAt(peer).kill(request),
  };
  return {
    status: parts.status,
    services,
    connections,
    kill: (request) => killConnections(killPorts, request),
    zero,
    document: (revision) => documentAt(keeper, revision),
    documentText: (revision) => textAt(keeper, revision),
    revisions: (limit) => listRevisions(keeper, limit),
    rollBack: (request) => rollBack(parts, request),
    restore: (document, terms) => restore(parts, document, terms),
    setMaintenance: async ({ on }) => setMaintenance(parts.maintenance, on),
    forgetPeer: async ({ peer }) => parts.forgetPeer(peer),
    events: parts.events,
    capture: (filter, signal) => capturePackets(engine, filter, signal),
    ipvsadm: (request) => runIpvsadm(request, ipvsadm),
    apply: (spec, terms) => applyDocument(parts, spec, terms),
    drain: (request) => drain(parts, request),
    explain: (question) => explainPacket(engine, parts.node, question),
    switchover: (request) => parts.switchover.run(request),
  };
}
