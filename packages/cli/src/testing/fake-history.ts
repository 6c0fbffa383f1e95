import type { Applied, NodeApi } from "@tandem/engine/client";
import {
  type Document,
  DocumentSpec,
  documentChanges,
  EMPTY_DOCUMENT,
  LbError,
  reviseDocument,
  specOf,
  summarizeChanges,
} from "@tandem/model";
import { FAKE_NOW_MS } from "./fake-status.ts";

/** What the fake cluster runs, as an operator wrote it. */
export const fakeSpec: DocumentSpec = DocumentSpec.parse({
  version: 1,
  services: [
    {
      protocol: "tcp",
      address: "192.0.2.10",
      port: 80,
      check: { type: "http", path: "/health" },
      destinations: [
        { address: "10.0.0.1", port: 8080, weight: 10 },
        { address: "10.0.0.2", port: 8080, weight: 10 },
      ],
    },
  ],
});

/** A revision, as a fake node has it. */
export interface FakeRevision {
  readonly document: Document;
  readonly author: string;
  readonly timeMs: number;
  readonly reason: string;
  readonly summary: string;
  readonly text?: string;
}

/** Newest first: 42, which says what `fakeSpec` does, and before it one with another weight. */
export function createFakeHistory(): FakeRevision[] {
  const lighter = structuredClone(fakeSpec);
  lighter.services[0]!.destinations[1]!.weight = 5;
  const before = { ...reviseDocument(EMPTY_DOCUMENT, lighter), revision: 41 };
  const summary = "~ tcp 192.0.2.10:80 -> 10.0.0.2:8080: weight 5 → 10";
  const bobs = { author: "bob", timeMs: FAKE_NOW_MS - 7_200_000, reason: "", summary: "3 added" };
  const alices = { author: "alice", timeMs: FAKE_NOW_MS - 60_000, reason: "more memory", summary };
  return [
    { document: reviseDocument(before, fakeSpec), ...alices },
    { document: before, ...bobs },
  ];
}

/** One of them. Throws `LbError` (not_found). */
export function keptIn(history: readonly FakeRevision[], revision: number): FakeRevision {
  const kept = history.find(({ document }) => document.revision === revision);
  if (kept) return kept;
  throw new LbError({ code: "not_found", what: "revision", key: String(revision) });
}

type FakeTerms = Parameters<NodeApi["apply"]>[1];

/** Make a document the newest, as a node would. Throws `LbError` (stale_revision). */
export function change(history: FakeRevision[], next: Document, terms: FakeTerms): Applied {
  const [newest] = history;
  const { document, text: was } = newest!;
  const { expectedRevision = document.revision, author, reason = "", text = was, dryRun = false } = terms;
  if (expectedRevision !== document.revision)
    throw new LbError({ code: "stale_revision", have: expectedRevision, current: document.revision });
  const changes = documentChanges(specOf(document), specOf(next));
  const changed = changes.length > 0 || text !== was;
  if (!changed || dryRun) return { revision: document.revision, changed, warnings: [] };
  const summary = summarizeChanges(changes);
  const about = { author, timeMs: FAKE_NOW_MS, reason, summary, ...(text !== undefined && { text }) };
  history.unshift({ document: next, ...about });
  return { revision: next.revision, changed, warnings: [] };
}
