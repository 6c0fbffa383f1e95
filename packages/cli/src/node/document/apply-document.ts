/** Changes of the whole document: applied, gone back to, restored. */
import { isDeepStrictEqual } from "node:util";
import type { ApiRole, Applied, DocumentTerms } from "@tandem/engine";
import {
  type Document,
  type DocumentSpec,
  LbError,
  restoreDocument,
  reviseDocument,
  specOf,
} from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";
import { admit } from "./admission.ts";
import { type MtuOf, type TunnelWay, tunnelsIn } from "./tunnel-room.ts";

/** What changes of the document need. */
export interface Drafting {
  readonly keeper: ConfigKeeper;
  /** What routing says about the ways to these tunnels' ends. */
  measure(ways: readonly TunnelWay[]): Promise<MtuOf>;
}

type Terms = DocumentTerms & {
  readonly dryRun?: boolean;
  readonly text?: string;
  readonly overConflict?: boolean;
  readonly role?: ApiRole;
};

/** Replace the document. Fails as `NodeApi.apply`. */
export function applyDocument(drafting: Drafting, spec: DocumentSpec, terms: Terms): Promise<Applied> {
  const { text, ...rest } = terms;
  const mayWrite = (terms.role ?? "admin") === "admin" && text !== undefined; // comments are more than weights
  const allowed = mayWrite ? { ...rest, text } : rest;
  return commit(drafting, { spec, terms: allowed, next: (current) => reviseDocument(current, spec) });
}

/** Make an earlier revision's document the newest, with the text that it had. Fails as `NodeApi.rollBack`. */
export async function rollBack(
  drafting: Drafting,
  { revision, ...terms }: DocumentTerms & { revision: number },
): Promise<Applied> {
  const { document, text } = await drafting.keeper.revision(revision);
  return applyDocument(drafting, specOf(document), {
    reason: `back to revision ${revision}`,
    ...terms,
    ...(text !== undefined && { text }),
  });
}

/** Make a document from a backup the newest. Fails as `NodeApi.restore`. */
export function restore(drafting: Drafting, backup: Document, terms: Terms): Promise<Applied> {
  const reason = `restored from a backup of revision ${backup.revision}`;
  return commit(drafting, {
    spec: specOf(backup),
    terms: { reason, ...terms, overConflict: true },
    next: (current) => restoreDocument(current, backup),
  });
}

/** A change: what it makes of the document, in the operator's words and with ids. */
interface Draft {
  readonly spec: DocumentSpec;
  readonly terms: Terms;
  next(current: Document): Document;
}

async function commit({ keeper, measure }: Drafting, { spec, terms, next }: Draft): Promise<Applied> {
  const { expectedRevision, author, role = "admin", dryRun = false, ...about } = terms;
  const mtuOf = await measure(tunnelsIn(spec));
  let before = 0;
  let warnings: string[] = [];
  const edit = (current: Document): Document => {
    before = current.revision;
    if (expectedRevision !== undefined && expectedRevision !== before)
      throw new LbError({ code: "stale_revision", have: expectedRevision, current: before });
    warnings = admit({ current: specOf(current), spec }, { author, role }, mtuOf);
    return next(current);
  };
  if (dryRun) {
    const current = keeper.current();
    const changed = !isDeepStrictEqual(specOf(edit(current)), specOf(current));
    return { revision: current.revision, changed, warnings };
  }
  const { revision } = await keeper.replace(edit, author, about);
  return { revision, changed: revision !== before, warnings };
}
