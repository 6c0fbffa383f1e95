/** The document of a node: where it comes from, what health makes of it, and who changed it. */
import { join } from "node:path";
import { openPathMtus } from "@tandem/engine";
import { createMonitor, createSystemClock, type Monitor } from "@tandem/health";
import { type Document, EMPTY_DOCUMENT } from "@tandem/model";
import type { ConfigKeeper, StoreView } from "@tandem/sync";
import type { Logger } from "pino";
import type { ClusterLink } from "./cluster/cluster-link.ts";
import type { NodeConfig } from "./config/node-config.ts";
import type { Drafting } from "./document/apply-document.ts";
import { openConfiguration } from "./document/configuration.ts";
import { createDocumentRunner, type DocumentRunner } from "./document/document-runner.ts";
import { measureWays } from "./document/path-mtus.ts";
import { createTunnelWatch, type TunnelWatch } from "./document/tunnel-watch.ts";
import { type Audit, createAudit } from "./events/audit.ts";
import type { NodeCore } from "./node-core.ts";
import { createOutageFile } from "./status/outage-file.ts";

/** A document that is kept, checked and run. */
export interface NodeDocument extends AsyncDisposable {
  readonly keeper: ConfigKeeper;
  readonly monitor: Monitor;
  readonly runner: DocumentRunner;
  readonly audit: Audit;
  readonly tunnels: TunnelWatch;
  readonly measure: Drafting["measure"];
}

/** Open the document and bring it into force; what comes after it, too. Rejects with `LbError`. */
export async function openDocument(
  config: NodeConfig,
  { engine, events }: NodeCore,
  { link, log }: { link: ClusterLink | undefined; log: Logger },
): Promise<NodeDocument> {
  await using parts = new AsyncDisposableStack();
  let keeper: ConfigKeeper | undefined;
  const onDocument = ({ revision }: Document): void => {
    const head = keeper?.head();
    events.onDocument({ ...(head?.revision === revision && head), revision });
  };
  const runner = createDocumentRunner(engine, () => monitor, { log, events: { ...events, onDocument } });
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
  const auditLog = log.child({}, { level: "info" }); // whatever else is left out of the log
  const audit = createAudit((entry) => {
    auditLog.info({ audit: entry }, "audit");
    events.onAudit(entry);
  });
  const listener = {
    onDocument: runner.run,
    onEmpty: () => runner.run(EMPTY_DOCUMENT),
    onView: (view: StoreView) => log[view.why ? "warn" : "info"](view, "configuration store"),
  };
  const configuration = audit.watching(await openConfiguration(config, listener, { link, log }));
  keeper = configuration;
  parts.defer(() => configuration.close());
  const paths = openPathMtus();
  parts.defer(() => paths.close());
  const measure: Drafting["measure"] = (ways) => measureWays(ways, paths);
  const opened = parts.move();
  return {
    ...{ keeper: configuration, monitor, runner, audit, measure, tunnels: createTunnelWatch(measure) },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
