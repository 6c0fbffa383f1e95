/** One upcall carried out: decided, its flows queued, its packet queued for injection. The caller flushes after the batch: flows, then packets. */
import type { Upcall } from "../../dataplane/dataplane.ts";
import type { CoreContext, Decision } from "./context.ts";
import { createDecider } from "./decide.ts";

/** A handler for `DataPlane.drainUpcalls`. It returns the decision, reused, for whoever counts reasons. */
export function createSlowPath(context: CoreContext): (upcall: Upcall) => Readonly<Decision> {
  const decide = createDecider(context);
  const { dataplane } = context;
  return (upcall) => {
    const decision = decide(upcall, dataplane.now());
    if (decision.inject) dataplane.inject(decision.inject, upcall, decision.index);
    return decision;
  };
}
