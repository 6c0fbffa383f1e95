/** Bringing documents into force, one after the other: health first, so that the engine never runs a weight that health denies. */
import type { Engine } from "@tandem/engine";
import type { HealthChange, Monitor } from "@tandem/health";
import type { Document } from "@tandem/model";
import type { Logger } from "pino";

/** The one who tells the engine what to run. */
export interface DocumentRunner {
  /** Run this document after those before it. */
  run(document: Document): void;
  /** Resolves once the first document runs. */
  readonly started: Promise<void>;
  /** Why the latest document does not run; empty when it does. */
  readonly problem: string;
  /** A health check changed its mind. */
  onHealth(change: HealthChange): void;
}

/** Documents go to `engine`, checks to `monitor()`, which needs this runner's `onHealth` first. */
export function createDocumentRunner(
  engine: Pick<Engine, "apply" | "setWeights" | "document">,
  monitor: () => Pick<Monitor, "apply" | "effectiveWeights">,
  log: Pick<Logger, "info" | "error">,
): DocumentRunner {
  const started = Promise.withResolvers<void>();
  let last = Promise.resolve();
  let problem = "";
  let isApplying = false;

  const sendWeights = () => engine.setWeights(monitor().effectiveWeights());

  function check(document: Document): void {
    isApplying = true;
    monitor().apply(document);
    isApplying = false;
  }

  async function apply(document: Document): Promise<void> {
    check(document);
    try {
      const { changes, adopted, repaired } = await engine.apply(document, monitor().effectiveWeights());
      problem = "";
      log.info({ revision: document.revision, changes }, "document is in force");
      if (adopted + repaired > 0)
        log.info({ adopted, repaired }, "took over the connections of a former daemon");
      started.resolve();
    } catch (error) {
      problem = `revision ${document.revision} does not run here: ${(error as Error).message}`;
      log.error({ revision: document.revision, err: error }, "document is not in force");
      check(engine.document);
      sendWeights();
    }
  }

  return {
    run(document) {
      last = last.then(() => apply(document));
    },
    started: started.promise,
    get problem() {
      return problem;
    },
    onHealth(change) {
      if (isApplying) return; // all weights are sent at once, afterwards
      log.info(change, change.up ? "destination is up" : "destination is down");
      sendWeights();
    },
  };
}
