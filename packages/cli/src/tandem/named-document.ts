/** Documents by what operators call them: a revision, or a file. */
import type { RemoteNode } from "@tandem/engine/client";
import { type DocumentSpec, LbError, specOf } from "@tandem/model";
import type { World } from "./command.ts";

/** How a revision may be called, for the help. */
export const REVISION_WORDS = '"current", "previous", or a number from 1 on';

/** A document, and what it is called. */
export interface NamedDocument {
  readonly name: string;
  readonly spec: DocumentSpec;
}

/** The number of the revision that an operator means; undefined: he means none. @throws LbError not_found, if there is no previous one */
export async function revisionCalled(word: string, node: RemoteNode): Promise<number | undefined> {
  if (/^\d{1,15}$/.test(word)) return Number(word);
  if (word === "current") return (await node.document()).revision;
  if (word !== "previous") return undefined;
  const [, previous] = (await node.revisions(2)).revisions;
  if (previous) return previous.revision;
  throw new LbError({ code: "not_found", what: "revision", key: "previous" });
}

/** The document of a revision, or of a file. @throws LbError as the node, or as the file's reader */
export async function documentCalled(word: string, node: RemoteNode, world: World): Promise<NamedDocument> {
  const revision = await revisionCalled(word, node);
  if (revision === undefined) return { name: word, spec: (await world.readDocument(word)).spec };
  const document = await node.document(revision);
  return { name: `revision ${document.revision}`, spec: specOf(document) };
}

/** The number of a revision that there must be. @throws LbError invalid_argument, not_found */
export async function wantedRevision(word: string, node: RemoteNode, doing: string): Promise<number> {
  const revision = await revisionCalled(word, node);
  if (revision !== undefined && revision >= 1) return revision;
  const got = `"${word}"`;
  throw new LbError({ code: "invalid_argument", doing, field: "revision", got, want: REVISION_WORDS });
}
