/** Two operators at once: the one who comes second is told what the first one did. */
import type { RemoteNode } from "@tandem/engine/client";
import { type Document, documentChanges, LbError, specOf } from "@tandem/model";
import { formatPlan } from "./change-plan.ts";
import type { World } from "./command.ts";
import { formatPlural, formatTime } from "./format.ts";
import { paintFor } from "./paint-for.ts";

/** Most revisions that are told of. */
const MAX_TOLD = 10;

/**
 * Tell on `err` who changed the document since `base`, when, why, and what is different now.
 *
 * @param advice how to go on, a sentence
 * @returns the error to throw
 */
async function tellConflict(
  error: LbError,
  { base, advice, node, world }: { base: Document; advice: string; node: RemoteNode; world: World },
): Promise<LbError> {
  const [now, { revisions }] = await Promise.all([node.document(), node.revisions(MAX_TOLD)]);
  const since = revisions.filter(({ revision }) => revision > base.revision).reverse();
  const lines = since.map(({ revision, author, timeMs, reason }) => {
    const why = reason === "" ? "" : `: ${reason}`;
    return `Revision ${revision} by ${author}, ${formatTime(timeMs)}${why}\n`;
  });
  const changes = documentChanges(specOf(base), specOf(now));
  const head = `Since revision ${base.revision}: ${formatPlural(changes.length, "change")}\n`;
  world.err.write(
    `${lines.join("")}${head}${formatPlan(changes, paintFor(world.err, world.env))}${advice}\n`,
  );
  return error;
}

/** Run a change that is a compare-and-set on `base`; a conflict is told before it is thrown. */
export async function orTellConflict<T>(
  change: Promise<T>,
  around: { base: Document; advice: string; node: RemoteNode; world: World },
): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (!(error instanceof LbError) || error.failure.code !== "stale_revision") throw error;
    throw await tellConflict(error, around).catch((failure) => {
      if (failure instanceof LbError) return error; // the daemon has gone meanwhile: the conflict is the news all the same
      throw failure;
    });
  }
}
