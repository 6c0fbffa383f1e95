/** What the API offers about this node, carried out by its parts. */
import type { Engine, NodeApi, NodeStatus } from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import { LbError, specOf } from "@tandem/model";
import { applyDocument, type Drafting, restore, rollBack } from "./apply-document.ts";
import { listConnections } from "./connection-list.ts";
import { documentAt, listRevisions, textAt } from "./document-history.ts";
import { drainDestinations } from "./drain.ts";
import { explainPacket } from "./explain-packet.ts";
import { serviceStatus } from "./service-status.ts";
import type { Switchover } from "./switchover.ts";

/** The parts that the API speaks for. */
export interface NodeParts extends Drafting {
  readonly node: string;
  readonly engine: Engine;
  readonly monitor: Monitor;
  readonly switchover: Switchover;
  status(): Promise<NodeStatus>;
}

/** The API of a running node. */
export function createNodeService(parts: NodeParts): NodeApi {
  const { engine, keeper, monitor } = parts;
  return {
    status: parts.status,
    async services() {
      const [counted, rates] = await Promise.all([engine.ask("services", {}), engine.ask("rates", {})]);
      const counts = new Map(counted.map((s) => [s.serviceId, s]));
      const health = new Map(monitor.snapshot().map((h) => [h.destinationId, h]));
      return engine.document.services.map((s) => serviceStatus(s, { counts, rates, health }));
    },
    connections: (filter) => listConnections(engine, parts.node, filter),
    kill: notThere,
    zero: notThere,
    document: (revision) => documentAt(keeper, revision),
    documentText: (revision) => textAt(keeper, revision),
    revisions: (limit) => listRevisions(keeper, limit),
    rollBack: (request) => rollBack(parts, request),
    restore: (document, terms) => restore(parts, document, terms),
    setMaintenance: notThere,
    events: notThere,
    capture: notThere,
    ipvsadm: notThere,
    apply: (spec, terms) => applyDocument(parts, spec, terms),
    async drain({ author, ...request }) {
      let destinations: string[] = [];
      const { revision } = await keeper.change((current) => {
        const edited = drainDestinations(specOf(current), request);
        ({ destinations } = edited);
        return edited.spec;
      }, author);
      return { revision, destinations };
    },
    explain: (question) => explainPacket(engine, parts.node, question),
    switchover: (request) => parts.switchover.run(request),
  };
}

function notThere(): never {
  throw new LbError({
    code: "refused",
    doing: "do this",
    why: "it is not built yet",
    want: "a later version",
  });
}
