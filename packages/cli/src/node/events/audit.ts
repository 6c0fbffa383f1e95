/** The audit: who changed what, from where, what it was before and is after, and what came of it. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { AuditedCall, Auditor } from "@tandem/engine";
import { type Document, describeChange, documentChanges, LbError, specOf } from "@tandem/model";
import type { ConfigKeeper } from "@tandem/sync";

/** One entry. */
export interface AuditEntry {
  /** The name that a certificate proved, or that the caller gave himself, or what changed the document by itself. */
  readonly who: string;
  /** Of the caller; absent: nobody called. */
  readonly role?: string;
  /** `192.0.2.7:40112` or "unix socket"; absent: nobody called. */
  readonly from?: string;
  /** Method of the API; absent: nobody called. */
  readonly method?: string;
  /** What was asked for, in a line. */
  readonly request?: string;
  /** Revisions of the document and what differs between them, values before and after; absent: it is as it was. */
  readonly document?: DocumentEdit;
  /** "done", or the code of the failure. */
  readonly outcome: string;
  /** The failure in words. */
  readonly why?: string;
}

/** A change of the document. */
export interface DocumentEdit {
  readonly before: number;
  readonly after: number;
  /** Such as `~ tcp 192.0.2.1:80 -> 10.0.0.1:80: weight 10 → 0`; the first of them. */
  readonly changes: readonly string[];
  /** How many more there are. */
  readonly more: number;
}

/** An edit of the document, with who made it. */
interface Edit extends DocumentEdit {
  readonly author: string;
}

/** What is told to the audit. */
export interface Audit extends Auditor {
  /** A keeper whose changes are told: with the call that they belong to, or by themselves. */
  watching(keeper: ConfigKeeper): ConfigKeeper;
  /** The call that is under way has changed something beside the document. */
  noteChange(): void;
}

/** What a call has done so far. */
interface Deeds {
  readonly edits: Edit[];
  hasChanged: boolean;
}

const MAX_CHANGES = 50;
/** Texts come from those who call. */
const MAX_CHARACTERS = 1000;

/** An audit. `onAudit` must not throw. */
export function createAudit(onAudit: (entry: AuditEntry) => void): Audit {
  const deedsOfCall = new AsyncLocalStorage<Deeds>();

  function tellEdit(edit: Edit): void {
    const deeds = deedsOfCall.getStore();
    if (deeds) deeds.edits.push(edit);
    else onAudit({ who: edit.author, document: documentOf(edit), outcome: "done" });
  }

  return {
    async around(call, act) {
      const deeds: Deeds = { edits: [], hasChanged: call.changes };
      const tell = (outcome: Outcome) => {
        if (deeds.hasChanged || deeds.edits.length > 0) onAudit(entryOf(call, deeds.edits, outcome));
      };
      try {
        const answer = await deedsOfCall.run(deeds, act);
        tell({ outcome: "done" });
        return answer;
      } catch (error) {
        tell(failed(error));
        throw error;
      }
    },
    noteChange() {
      const deeds = deedsOfCall.getStore();
      if (deeds) deeds.hasChanged = true;
    },
    watching(keeper) {
      const edited = async (author: string, act: (note: Note) => Promise<Document>): Promise<Document> => {
        let before = keeper.current();
        const after = await act((current) => {
          before = current;
        });
        if (after.revision !== before.revision) tellEdit({ author, ...editBetween(before, after) });
        return after;
      };
      return {
        ...keeper,
        change: (edit, author, terms) =>
          edited(author, (note) => keeper.change(noting(note, edit), author, terms)),
        replace: (edit, author, terms) =>
          edited(author, (note) => keeper.replace(noting(note, edit), author, terms)),
      };
    },
  };
}

/** Told what the document is that an edit begins with: of several tries the last counts. */
type Note = (current: Document) => void;

const noting =
  <T>(note: Note, edit: (current: Document) => T) =>
  (current: Document): T => {
    note(current);
    return edit(current);
  };

type Outcome = Pick<AuditEntry, "outcome" | "why">;

function failed(error: unknown): Outcome {
  if (error instanceof LbError)
    return { outcome: error.failure.code, why: error.message.slice(0, MAX_CHARACTERS) };
  const isAbort = error instanceof Error && error.name === "AbortError";
  return isAbort ? { outcome: "not_begun", why: "its deadline had passed" } : { outcome: "internal" };
}

function entryOf(
  { caller, author, method, says }: AuditedCall,
  edits: readonly Edit[],
  outcome: Outcome,
): AuditEntry {
  const [first, last] = [edits[0], edits.at(-1)];
  return {
    who: caller.name ?? (author || "unknown").slice(0, MAX_CHARACTERS),
    role: caller.role,
    from: caller.from,
    method,
    request: says,
    ...(first && last && { document: { ...documentOf(last), before: first.before } }),
    ...outcome,
  };
}

const documentOf = ({ author: _, ...document }: Edit): DocumentEdit => document;

function editBetween(before: Document, after: Document): DocumentEdit {
  const changes = documentChanges(specOf(before), specOf(after)).map(describeChange);
  const kept = changes.slice(0, MAX_CHANGES);
  return {
    before: before.revision,
    after: after.revision,
    changes: kept,
    more: changes.length - kept.length,
  };
}
