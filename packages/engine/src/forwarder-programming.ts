/** What the fast path is told: the document that runs, and the defences that come and go by themselves. */
import { type Document, EMPTY_DOCUMENT, LbError } from "@tandem/model";
import type { Defence } from "./core/life/defence.ts";
import { afterChanges, planServices } from "./core/services/plan.ts";
import { policyOf } from "./core/services/policy.ts";
import type { ServiceTable } from "./core/services/service-table.ts";
import type { DataPlane, ServiceChange } from "./dataplane/dataplane.ts";

/** The fast path's orders. */
export interface Programming {
  /** The document that runs; empty before the first. */
  readonly running: Document;
  /**
   * Have the fast path follow another document. Returns the number of changes of its maps. Throws `LbError` if it refuses: then it follows
   * the document before, as far as it lets itself be put back.
   */
  program(document: Document): number;
  /** Have it follow the stricter TCP table while the defence wants so. */
  followDefence(now: number): void;
}

/** Orders for a data plane that follows no document yet. */
export function createProgramming(
  dataplane: DataPlane,
  services: ServiceTable,
  defence: Defence,
): Programming {
  let running: Document | undefined;
  /** What the fast path follows; unknown at first, and after a refusal. To read it takes as long as it is. */
  let programmed: readonly ServiceChange[] | undefined;
  /** The fast path follows the stricter TCP table. */
  let isSecure = false;

  function programAll(document: Document): number {
    const isUsed = (destination: number) => services.destination(destination) !== undefined;
    const before = programmed ?? dataplane.programmed();
    const changes = planServices(before, document, isUsed);
    programmed = undefined;
    dataplane.program(changes);
    programmed = afterChanges(before, changes);
    dataplane.setPolicy(policyOf(document, isSecure));
    return changes.length;
  }

  /** Some changes may be in force already. What cannot be undone either is found by the next document's comparison. */
  function putBack(document: Document): void {
    try {
      programAll(document);
    } catch (error) {
      if (!(error instanceof LbError)) throw error;
    }
  }

  return {
    get running() {
      return running ?? EMPTY_DOCUMENT;
    },
    program(document) {
      try {
        const changes = programAll(document);
        running = document;
        return changes;
      } catch (refusal) {
        if (running) putBack(running);
        throw refusal;
      }
    },
    followDefence(now) {
      if (defence.isSecure(now) === isSecure) return;
      isSecure = !isSecure;
      dataplane.setPolicy(policyOf(running ?? EMPTY_DOCUMENT, isSecure));
    },
  };
}
