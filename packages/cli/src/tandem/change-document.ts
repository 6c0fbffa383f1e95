/** How commands change the document: on top of what they read, with a plan, and with words for whoever comes second. */
import type { Applied, DocumentTerms, RemoteNode } from "@tandem/engine/client";
import { type Document, type DocumentSpec, LbError, specOf } from "@tandem/model";
import { formatPlan, formatPlanTitle, type PlannedChange, planChanges } from "./change-plan.ts";
import type { Answer, World } from "./command.ts";
import { orTellConflict } from "./document-conflict.ts";
import { type Paint, wrap } from "./format.ts";

/** A change as a command wants it. */
export interface WantedChange {
  /** What the operator had before him; the change is refused if it is no longer that. */
  readonly base: Document;
  readonly spec: DocumentSpec;
  /** The node is asked for refusal and warnings, and nothing is changed. */
  readonly dryRun: boolean;
  /** For whoever comes second: how to go on, a sentence. */
  readonly advice: string;
  /** For the history. */
  readonly reason?: string | undefined;
  /** How it is asked for; not for a dry run. Default: the document is applied. */
  send?(terms: DocumentTerms): Promise<Applied>;
}

/** Time after which a terminal is told that the cluster is waited for. */
const PATIENCE_MS = 2000;

/** Plan a change, carry it out unless it is a dry run, and say what came of it. Fails as `NodeApi.apply`. */
export async function changeDocument(wanted: WantedChange, node: RemoteNode, world: World): Promise<Answer> {
  const { base, spec, dryRun, reason, advice } = wanted;
  const terms = {
    expectedRevision: base.revision,
    author: world.user,
    ...(reason !== undefined && { reason }),
  };
  const changes = await planOn(node, specOf(base), spec);
  const apply = (ready: DocumentTerms) => node.apply(spec, { ...ready, dryRun });
  const asked = dryRun || !wanted.send ? apply(terms) : wanted.send(terms);
  const done = await orTellConflict(patiently(asked, world), { base, advice, node, world });
  const head = dryRun ? `Would change revision ${done.revision}` : `Revision ${done.revision}`;
  return answerOf({ ...done, changes }, head);
}

/** The plan of a change of what runs on `node`. One that cannot count its connections can take a document all the same. */
export async function planOn(
  node: RemoteNode,
  before: DocumentSpec,
  after: DocumentSpec,
): Promise<PlannedChange[]> {
  const changes = planChanges(before, after, []);
  if (changes.every(({ kind }) => kind === "+")) return changes;
  const services = await node.services().catch((error) => {
    if (error instanceof LbError) return [];
    throw error;
  });
  return planChanges(before, after, services);
}

async function patiently<T>(promise: Promise<T>, { err }: World): Promise<T> {
  const tell = () => err.isTTY && err.write("Waiting for the cluster to take it…\n");
  const timer = setTimeout(tell, PATIENCE_MS);
  return promise.finally(() => clearTimeout(timer));
}

interface Outcome extends Applied {
  readonly changes: readonly PlannedChange[];
}

function answerOf(outcome: Outcome, head: string): Answer {
  const { warnings } = outcome;
  return {
    json: outcome,
    text: (paint) => formatOutcome(outcome, head, paint) + formatWarnings(warnings, paint),
  };
}

function formatOutcome({ revision, changed, changes }: Outcome, head: string, paint: Paint): string {
  if (!changed) return `Unchanged: revision ${revision} says the same already.\n`;
  if (changes.length === 0) return `${paint("strong", head)}: written anew, with no difference\n`;
  const title = wrap(`${head}: ${formatPlanTitle(changes)}`, paint.width, 2).trimEnd();
  return `${paint("strong", title)}\n${formatPlan(changes, paint)}`;
}

const formatWarnings = (warnings: readonly string[], paint: Paint): string =>
  warnings.map((warning) => wrap(`${paint("warn", "warning")}: ${warning}`, paint.width, 2)).join("");
