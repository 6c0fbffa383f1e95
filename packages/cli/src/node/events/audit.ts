/** The audit: who changed what, from where, what it was before and is after, and what came of it. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { AuditedCall, Auditor } from "@tandem/engine";
import {
  type Document,
  type DocumentChange,
  describeChange,
  documentChanges,
  LbError,
  specOf,
  summarizeChanges,
} from "@tandem/model";
import type { ChangeTerms, ConfigKeeper } from "@tandem/sync";

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
  /** What was typed, in a line, as the caller's program says: he may claim anything. Absent: nobody says. */
  readonly command?: string;
  /** What was asked for, in a line; absent: nobody called. */
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
  /** All of it in a few words, as the history has it. */
  readonly summary: string;
  /** In order. Such as `~ tcp 192.0.2.1:80 -> 10.0.0.1:80: weight 10 → 0`; the first of them. */
  readonly changes: readonly string[];
  /** How many more there are. */
  readonly more: number;
}

/** An edit of the document, with who made it. */
interface Edit extends Pick<DocumentEdit, "before" | "after"> {
  readonly author: string;
  readonly changes: readonly DocumentChange[];
}

/** What is told to the audit. */
export interface Audit extends Auditor {
  /** A keeper whose changes are told: with the call that they belong to, or by themselves. What was typed becomes the reason of those that have none. */
  watching(keeper: ConfigKeeper): ConfigKeeper;
  /** The call that is under way has changed something beside the document. */
  noteChange(): void;
  /** The call that is under way was to change something and fails, though it is answered. */
  noteFailure(error: LbError): void;
}

/** What a call has done so far. */
interface Deeds {
  readonly command: string | undefined;
  readonly edits: Edit[];
  hasChanged: boolean;
  failure?: LbError;
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
    else onAudit({ who: edit.author, document: documentOf([edit]), outcome: "done" });
  }

  function reasoned(terms: ChangeTerms | undefined): ChangeTerms | undefined {
    const command = deedsOfCall.getStore()?.command;
    return command === undefined ? terms : { reason: command, ...terms };
  }

  return {
    async around(call, act) {
      const deeds: Deeds = { command: call.command, edits: [], hasChanged: call.changes };
      const tell = (outcome: Outcome) => {
        const { hasChanged, edits, failure } = deeds;
        if (failure) onAudit(entryOf(call, edits, failed(failure)));
        else if (hasChanged || edits.length > 0) onAudit(entryOf(call, edits, outcome));
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
    noteFailure(error) {
      const deeds = deedsOfCall.getStore();
      if (deeds) deeds.failure = error;
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
          edited(author, (note) => keeper.change(noting(note, edit), author, reasoned(terms))),
        replace: (edit, author, terms) =>
          edited(author, (note) => keeper.replace(noting(note, edit), author, reasoned(terms))),
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
  { caller, author, method, says, command }: AuditedCall,
  edits: readonly Edit[],
  outcome: Outcome,
): AuditEntry {
  return {
    who: caller.name ?? (author || "unknown").slice(0, MAX_CHARACTERS),
    role: caller.role,
    from: caller.from,
    method,
    request: says,
    ...(command !== undefined && { command }),
    ...(isSome(edits) && { document: documentOf(edits) }),
    ...outcome,
  };
}

type Edits = readonly [Edit, ...Edit[]];

const isSome = (edits: readonly Edit[]): edits is Edits => edits.length > 0;

/** What edits of one call come to. Others may have changed the document in between: theirs are not told. */
function documentOf(edits: Edits): DocumentEdit {
  const changes = edits.flatMap((edit) => edit.changes);
  const kept = changes.slice(0, MAX_CHANGES).map(describeChange);
  return {
    before: edits[0].before,
    after: edits.at(-1)!.after,
    summary: summarizeChanges(changes),
    changes: kept,
    more: changes.length - kept.length,
  };
}

const editBetween = (before: Document, after: Document): Omit<Edit, "author"> => ({
  before: before.revision,
  after: after.revision,
  changes: documentChanges(specOf(before), specOf(after)),
});
