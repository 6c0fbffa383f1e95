/** Bringing documents into force, one after the other: health first, so that the engine never runs a weight that health denies. */
import type { Engine } from "@tandem/engine";
import type { HealthChange, Monitor } from "@tandem/health";
import { type Document, destinationKey, type Id } from "@tandem/model";
import type { Logger } from "pino";
import type { NodeEvents } from "../events/node-events.ts";

/** The one who tells the engine what to run. */
export interface DocumentRunner {
  /** Run this document after the one that is coming into force, unless there is a newer one by then. */
  run(document: Document): void;
  /** Resolves once the first document runs. */
  readonly started: Promise<void>;
  /** Why the latest document does not run; empty when it does. */
  readonly problem: string;
  /** A health check changed its mind. */
  onHealth(change: HealthChange): void;
}

/** Who is told of what runs. */
export interface RunnerWitnesses {
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly events: Pick<NodeEvents, "onDocumentRefused" | "onHealth"> & {
    onDocument(document: Document): void;
  };
}

/** Documents go to `engine`, checks to `monitor()`, which needs this runner's `onHealth` first. */
export function createDocumentRunner(
  engine: Pick<Engine, "apply" | "setHealth" | "document">,
  monitor: () => Pick<Monitor, "apply" | "health">,
  { log, events }: RunnerWitnesses,
): DocumentRunner {
  const started = Promise.withResolvers<void>();
  let isRunning = false;
  /** What comes into force when the one before it has; one that a newer one overtakes meanwhile never does. */
  let next: Document | undefined;
  let problem = "";
  let isApplying = false;

  const sendHealth = () => engine.setHealth(monitor().health());

  function check(document: Document): void {
    isApplying = true;
    monitor().apply(document);
    isApplying = false;
  }

  async function apply(document: Document): Promise<void> {
    check(document);
    try {
      const { changes, adopted, repaired } = await engine.apply(document, monitor().health());
      problem = "";
      log.info({ revision: document.revision, changes }, "document is in force");
      events.onDocument(document);
      if (adopted + repaired > 0)
        log.info({ adopted, repaired }, "took over the connections of a former daemon");
      started.resolve();
    } catch (error) {
      const { revision } = document;
      const why = (error as Error).message;
      problem = `revision ${revision} does not run here: ${why}`;
      log.error({ revision, err: error }, "document is not in force");
      events.onDocumentRefused({ revision, why });
      check(engine.document);
      sendHealth();
    }
  }

  async function runFrom(first: Document): Promise<void> {
    isRunning = true;
    await undefined; // whoever hands it over goes on first
    for (let document: Document | undefined = first; document; next = undefined) {
      await apply(document);
      document = next;
    }
    isRunning = false;
  }

  return {
    run(document) {
      if (isRunning) next = document;
      else void runFrom(document);
    },
    started: started.promise,
    get problem() {
      return problem;
    },
    onHealth(change) {
      if (isApplying) return; // everything is sent at once, afterwards
      sendHealth();
      const { destinationId, up, effectiveWeight, why, isStep } = change;
      if (isStep) return;
      const destination = destinationName(engine.document, destinationId);
      const told = { destination, effectiveWeight, why };
      if (up) log.info(told, "destination is up");
      else log.warn(told, "destination is down");
      if (destination !== undefined) events.onHealth({ destination, up, weight: effectiveWeight, why });
    },
  };
}

/** What operators call a destination; undefined if this document does not have it yet. */
function destinationName({ services }: Document, id: Id): string | undefined {
  for (const service of services) {
    const destination = service.destinations.find((d) => d.id === id);
    if (destination) return destinationKey(service, destination);
  }
  return undefined;
}
