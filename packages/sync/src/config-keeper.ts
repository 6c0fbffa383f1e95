/** The one owner of the document that a node runs: it takes what is newer, keeps it on disk, and never goes back on its own. */
import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  type DocumentSpec,
  documentChanges,
  EMPTY_DOCUMENT,
  LbError,
  parseChange,
  reviseDocument,
  specOf,
  summarizeChanges,
} from "@tandem/model";
import type { ConfigCache } from "./config-cache.ts";
import {
  type ConfigHead,
  type ConfigReading,
  type ConfigStore,
  MAX_TEXT_BYTES,
  type StoredDocument,
} from "./config-store.ts";
import { type ReadingFault, type StoreView, viewOf } from "./config-view.ts";

/** How store and disk are, for operators. */
export interface ConfigStatus {
  readonly store: StoreView;
  /** What is wrong with the copy on disk; empty when all is well. */
  readonly disk: string;
  /** Readings of the store that changed nothing here, by reason. */
  readonly faults: Readonly<Record<ReadingFault, number>>;
}

/** What a change comes with. */
export interface ChangeTerms {
  /** Why it is made, for the history. */
  readonly reason?: string;
  /** The document as the operator wrote it; another one than the last makes a revision even of an equal document. Absent: the last one stays. */
  readonly text?: string;
  /** Also over a store that is in conflict: the operator knows better. */
  readonly overConflict?: boolean;
}

/** The revisions that can be looked at. */
export interface KeptHistory {
  /** Newest first. */
  readonly heads: readonly ConfigHead[];
  /** Why there may be more; empty: this is all that is kept. */
  readonly incomplete: string;
}

/** The document that a node runs, and how it is changed. */
export interface ConfigKeeper {
  current(): Document;
  /** Author, time and hash of the current document; undefined while there never was one. */
  head(): ConfigHead | undefined;
  /** The text that an operator applied last; undefined: there is none. The document may say something else since. */
  text(): string | undefined;
  /** Revisions that the store keeps, and below them what this node's disk does; the disk's alone while the store cannot be asked. Never rejects. */
  history(limit?: number): Promise<KeptHistory>;
  /** One of them. @throws LbError `not_found`; `unavailable` if the store cannot be asked and the disk does not have it */
  revision(revision: number): Promise<StoredDocument>;
  /**
   * Change the document for the whole cluster. `edit` may be called again with a newer document; what it throws is thrown here. A store that
   * is empty or behind gets the new document too, even if the edit changes nothing: this is the operator's word that what was there is lost.
   *
   * @returns the new document, or the current one if the edit changes nothing
   * @throws LbError `invalid_document`; `stale_revision` if others kept changing it; `refused` or `unavailable` if the store is unwell
   */
  change(edit: (current: Document) => DocumentSpec, author: string, terms?: ChangeTerms): Promise<Document>;
  /** As `change`, but the edit also says the ids: it returns the whole document that follows. */
  replace(edit: (current: Document) => Document, author: string, terms?: ChangeTerms): Promise<Document>;
  status(): ConfigStatus;
  /** Follow the store no more. What is being written to the disk then is there when it resolves; nothing is afterwards. Never rejects. */
  close(): Promise<void>;
}

/** What a keeper is built from. */
export interface ConfigKeeperOptions {
  readonly store: ConfigStore;
  /** The copy on this node's disk; absent where the store itself is one. */
  readonly cache?: ConfigCache;
  /** What was wrong with a store that is itself on this disk, until a change is written there. Default: nothing. */
  readonly damage?: string;
  /** Why the store is known to be out of reach, if it is: a change is refused at once then. Default: it is not known. */
  readonly away?: () => string | undefined;
  /** Called with the copy from disk, if there is one, and with each newer document. Must not throw. */
  readonly onDocument: (document: Document) => void;
  /** Called at most once: the store says that there never was a document, and there is no copy of one here. Must not throw. */
  readonly onEmpty?: () => void;
  /** Called when the store looks different than before. Must not throw. */
  readonly onView?: (view: StoreView) => void;
}

/** Times that a change is tried on top of another node's; changes made here wait for each other. */
const ATTEMPTS = 100;

/** Take up the copy on disk and watch the store. Does not wait for the store. */
export async function openConfigKeeper(options: ConfigKeeperOptions): Promise<ConfigKeeper> {
  const { store, cache, onDocument, onView } = options;
  let { onEmpty } = options;
  let running: StoredDocument | undefined;
  let view: StoreView = { state: "unread", why: "" };
  let disk = options.damage ?? "";
  let isUnsaved = false;
  let isClosed = false;
  let saving: Promise<unknown> = Promise.resolve();
  /** Revision that the store had when it was looked at last; 0: empty. */
  let there = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const wanted = cache ? WANTED.cluster : WANTED.disk;
  const faults = { forged: 0, malformed: 0, incomplete: 0, behind: 0, conflict: 0 };
  const current = () => running?.document ?? EMPTY_DOCUMENT;

  function run(stored: StoredDocument): void {
    running = stored;
    onDocument(stored.document);
  }

  async function see(reading: ConfigReading): Promise<void> {
    const before = view;
    view = viewOf(running?.head, reading);
    there = reading.kind === "document" ? reading.stored.head.revision : 0;
    if (view.fault) faults[view.fault]++;
    if (view.state !== before.state || view.why !== before.why) onView?.(view);
    if (reading.kind === "empty" && !running) {
      onEmpty?.();
      onEmpty = undefined;
    }
    const isNewer = reading.kind === "document" && reading.stored.head.revision > current().revision;
    if (isNewer) run(reading.stored);
    if (isNewer || isUnsaved) await save();
  }

  /** What a full disk does not take is tried again with each look into the store. */
  async function save(): Promise<void> {
    if (!cache || !running || isClosed) return;
    const saved = cache.save(running).then(
      () => "",
      (error: Error) => error.message,
    );
    saving = saved; // those before it are through by then: a cache saves one after the other
    disk = await saved;
    isUnsaved = disk !== "";
  }

  async function seeWatched(reading: ConfigReading): Promise<void> {
    // A look that began before a change of our own was through shows what was there before it: look again.
    const isBehind = viewOf(running?.head, reading).state === "behind";
    await see(isBehind ? await store.read() : reading);
  }

  /** @returns the document if it was committed, undefined if the store is at another revision than expected */
  async function propose(document: Document, expectedRevision: number, author: string, terms: ChangeTerms) {
    const summary = summarizeChanges(documentChanges(specOf(current()), specOf(document)));
    const kept = running?.text === undefined ? {} : { text: running.text };
    const proposal = { document, expectedRevision, author, summary, ...kept, ...terms };
    const outcome = await store.propose(proposal);
    if (outcome.kind === "stale") return undefined;
    if (outcome.kind !== "committed") {
      await see(outcome); // those who wait for their turn need not find out for themselves
      throw failureOf(outcome, wanted);
    }
    await see({ kind: "document", stored: outcome.stored });
    if (!cache) disk = "";
    return document;
  }

  /** Whether a document follows that says anything new, or that the store lacks. */
  function isNews(next: Document, base: Document, { text }: ChangeTerms): boolean {
    if (view.state !== "current" || (text !== undefined && text !== running?.text)) return true;
    return !isDeepStrictEqual(specOf(next), specOf(base));
  }

  async function commit(edit: (base: Document) => Document, author: string, given: ChangeTerms) {
    const { overConflict = false, ...terms } = withinLimits(given);
    const demandWritable = () => {
      demandThere();
      const isWritable = WRITABLE.has(view.state) || (overConflict && view.state === "conflict");
      if (!isWritable) throw unwell(view, wanted);
    };
    demandThere();
    if (view.state !== "current") await see(await store.read());
    demandWritable(); // before it waits: nobody queues up for a store that does not answer
    return inTurn(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        demandWritable();
        const base = current();
        const next = edit(base);
        if (!isNews(next, base, terms)) return base;
        const replaced = view.state === "current" ? base.revision : there;
        const committed = await propose(next, replaced, author, terms);
        if (committed) return committed;
        await see(await store.read());
      }
      const have = current().revision;
      throw new LbError({ code: "stale_revision", have, current: have + 1 });
    });
  }

  function demandThere(): void {
    const why = options.away?.();
    if (why === undefined) return;
    throw failureOf({ kind: "unavailable", why: `${why}; nothing was changed` }, wanted);
  }

  /** Scripts run many commands at once: if each raced for the store by itself, most would come too late again and again. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = turn.then(run);
    turn = result.catch(() => {});
    return result;
  }

  const cached = await cache?.load();
  if (cached) disk = cached.problems.join("; ");
  if (cached?.stored) run(cached.stored);
  const unwatch = store.watch((reading) => void seeWatched(reading));
  return {
    current,
    head: () => running?.head,
    text: () => running?.text,
    status: () => ({ store: view, disk, faults: { ...faults } }),
    async history(limit = Infinity) {
      const [there, here] = await Promise.all([store.history(limit), cache?.history(limit) ?? []]);
      const heads = there.kind === "history" ? there.heads : [];
      const oldest = heads.at(-1)?.revision ?? Infinity;
      const older = here.filter(({ revision }) => revision < oldest);
      const incomplete = there.kind === "history" ? "" : `this is what this node ran: ${there.why}`;
      return { heads: [...heads, ...older].slice(0, limit), incomplete };
    },
    async revision(revision) {
      if (revision === running?.head.revision) return running;
      const there = await store.revision(revision);
      if (there.kind === "document") return there.stored;
      const here = await cache?.revision(revision);
      if (here?.kind === "document") return here.stored;
      if (there.kind !== "empty") throw failureOf(there, wanted);
      throw new LbError({ code: "not_found", what: "revision", key: `${revision}` });
    },
    change: (edit, author, terms = {}) => commit((base) => revised(base, edit(base)), author, terms),
    replace: (edit, author, terms = {}) => commit(edit, author, terms),
    async close() {
      isClosed = true;
      unwatch();
      await saving;
    },
  };
}

const revised = (base: Document, spec: DocumentSpec): Document => reviseDocument(base, checked(base, spec));

/** Without a text that is too long to be kept. */
function withinLimits({ text, ...terms }: ChangeTerms): ChangeTerms {
  return text !== undefined && Buffer.byteLength(text) <= MAX_TEXT_BYTES ? { ...terms, text } : terms;
}

/** The specification as the schema reads it. @throws LbError `invalid_document` */
function checked(base: Document, spec: DocumentSpec): DocumentSpec {
  const result = parseChange(specOf(base), spec);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => ({
    line: 0,
    column: 0,
    path: issue.path.join("."),
    message: issue.message,
  }));
  throw new LbError({ code: "invalid_document", source: "change", problems });
}

/** A store that is behind has lost what runs here: a change brings it back. */
const WRITABLE: ReadonlySet<StoreView["state"]> = new Set(["current", "behind"]);

/** What a store that is refused should hold, and what to do when that is lost. */
const WANTED = {
  cluster:
    "what this cluster's nodes wrote; if it is lost, delete the key `head` and apply the document again",
  disk: "what this node wrote; if it is lost, move it away and start the daemon anew: it begins with the document's file",
} as const;

function failureOf(
  outcome: { readonly kind: "refused" | "unavailable"; readonly why: string },
  want: string,
): LbError {
  if (outcome.kind === "unavailable") {
    return new LbError({ code: "unavailable", what: "the configuration store", why: outcome.why });
  }
  return new LbError({ code: "refused", doing: "use the configuration store", why: outcome.why, want });
}

function unwell({ state, why }: StoreView, want: string): LbError {
  if (state === "unavailable" || state === "refused") return failureOf({ kind: state, why }, want);
  return new LbError({
    code: "refused",
    doing: "change the document",
    why: `the configuration store is ${state}: ${why}`,
    want: "one that holds what runs here, or a change on a node that runs what it holds",
  });
}
