/** What the API offers about this node, carried out by its parts. */
import { isDeepStrictEqual } from "node:util";
import type { Engine, NodeApi, NodeStatus } from "@tandem/engine";
import type { Monitor } from "@tandem/health";
import { type Document, type DocumentSpec, LbError, specOf } from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";
import { listConnections } from "./connection-list.ts";
import { drainDestinations } from "./drain.ts";
import { explainPacket } from "./explain-packet.ts";
import { serviceStatus } from "./service-status.ts";
import type { Switchover } from "./switchover.ts";
import { admitTunnels, type MtuOf, type TunnelWay, tunnelsIn } from "./tunnel-room.ts";

/** The parts that the API speaks for. */
export interface NodeParts {
  readonly node: string;
  readonly engine: Engine;
  readonly keeper: ConfigKeeper;
  readonly monitor: Monitor;
  readonly switchover: Switchover;
  status(): Promise<NodeStatus>;
  /** What routing says about the ways to these tunnels' ends. */
  measure(ways: readonly TunnelWay[]): Promise<MtuOf>;
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
    async document(revision) {
      return revision === undefined || revision === keeper.current().revision ? keeper.current() : notThere();
    },
    revisions: notThere,
    rollBack: notThere,
    setMaintenance: notThere,
    events: notThere,
    capture: notThere,
    ipvsadm: notThere,
    async apply(spec, { expectedRevision, author, dryRun }) {
      const mtuOf = await parts.measure(tunnelsIn(spec));
      let before = 0;
      let warnings: string[] = [];
      const edit = (current: Document): DocumentSpec => {
        before = current.revision;
        if (expectedRevision !== undefined && expectedRevision !== before) {
          throw new LbError({ code: "stale_revision", have: expectedRevision, current: before });
        }
        warnings = admitTunnels(spec, specOf(current), mtuOf);
        return spec;
      };
      if (dryRun) {
        const current = keeper.current();
        return {
          revision: current.revision,
          changed: !isDeepStrictEqual(edit(current), specOf(current)),
          warnings,
        };
      }
      const { revision } = await keeper.change(edit, author);
      return { revision, changed: revision !== before, warnings };
    },
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
