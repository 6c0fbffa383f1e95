/** What the API tells of earlier revisions. */
import type { RevisionList } from "@tandem/engine";
import type { Document } from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";

/** The document that runs, or an earlier one. Fails as `NodeApi.document`. */
export async function documentAt(keeper: ConfigKeeper, revision: number | undefined): Promise<Document> {
  if (revision === undefined || revision === keeper.current().revision) return keeper.current();
  return (await keeper.revision(revision)).document;
}

/** What an operator wrote of it. Fails as `NodeApi.documentText`. */
export async function textAt(
  keeper: ConfigKeeper,
  revision: number | undefined,
): Promise<{ revision: number; text?: string }> {
  const current = keeper.current().revision;
  const isCurrent = revision === undefined || revision === current;
  const text = isCurrent ? keeper.text() : (await keeper.revision(revision)).text;
  return { revision: revision ?? current, ...(text !== undefined && { text }) };
}

/** The revisions that are kept. Fails as `NodeApi.revisions`. */
export async function listRevisions(keeper: ConfigKeeper, limit: number | undefined): Promise<RevisionList> {
  const { heads, incomplete } = await keeper.history(limit);
  const running = keeper.head();
  const revisions = heads.map(({ revision, author, timeMs, reason = "", summary = "", hash }) => ({
    revision,
    author,
    timeMs,
    reason,
    summary,
    hash,
    running: hash === running?.hash,
  }));
  return { revisions, incomplete };
}
