import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, EMPTY_DOCUMENT, reviseDocument, specOf } from "@tandem/model";
import {
  createChecksumSigner,
  createConfigCache,
  createFileConfigStore,
  openConfigKeeper,
} from "@tandem/sync";
import { expect, onTestFinished, test } from "vitest";
import { spec } from "../testing-service.ts";
import { applyDocument, restore, rollBack } from "./apply-document.ts";
import { documentAt, listRevisions, textAt } from "./document-history.ts";

const lighter = { ...spec, services: spec.services.slice(0, 1) };

/** A director on its own, with a disk, on which both were applied. */
async function setUp() {
  const directory = await mkdtemp(join(tmpdir(), "tandem-apply-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const cache = createConfigCache({ directory, signer: createChecksumSigner() });
  const ran: Document[] = [];
  const keeper = await openConfigKeeper({
    store: createFileConfigStore({ cache, wallMs: () => 5 }),
    onDocument: (document) => ran.push(document),
  });
  onTestFinished(() => keeper.close());
  const drafting = { keeper, measure: async () => () => 9000 };
  await applyDocument(drafting, spec, { author: "ann", text: "# all" });
  await applyDocument(drafting, lighter, { author: "bob", reason: "less", text: "# less" });
  return { drafting, keeper, ran };
}

test("revisions are told with who made them, when, why, and what they changed", async () => {
  const { keeper } = await setUp();
  const { revisions, incomplete } = await listRevisions(keeper, undefined);
  expect(revisions.map(({ hash, ...rest }) => ({ ...rest, hash: hash.length }))).toEqual([
    { revision: 2, author: "bob", timeMs: 5, reason: "less", summary: "5 removed", hash: 64, running: true },
    { revision: 1, author: "ann", timeMs: 5, reason: "", summary: "9 added", hash: 64, running: false },
  ]);
  expect(incomplete).toBe("");
  expect((await listRevisions(keeper, 1)).revisions.length).toBe(1);
});

test("an earlier document, and what its operator wrote, can be read", async () => {
  const { keeper } = await setUp();
  expect(specOf(await documentAt(keeper, 1))).toEqual(spec);
  expect((await documentAt(keeper, undefined)).revision).toBe(2);
  expect(await textAt(keeper, 1)).toEqual({ revision: 1, text: "# all" });
  expect(await textAt(keeper, undefined)).toEqual({ revision: 2, text: "# less" });
  await expect(documentAt(keeper, 3)).rejects.toThrow('Cannot find revision "3"');
});

test("going back makes a new revision of the old document, with its ids, its text and why", async () => {
  const { drafting, keeper, ran } = await setUp();
  const done = await rollBack(drafting, { revision: 1, author: "eve", expectedRevision: 2 });
  expect(done).toEqual({ revision: 3, changed: true, warnings: [] });
  expect(keeper.current().services).toEqual(ran[0]!.services);
  expect(keeper.text()).toBe("# all");
  expect((await listRevisions(keeper, 1)).revisions[0]).toMatchObject({
    author: "eve",
    reason: "back to revision 1",
    summary: "5 added",
  });
  expect(await rollBack(drafting, { revision: 1, author: "eve" })).toMatchObject({ changed: false });
  const late = rollBack(drafting, { revision: 2, author: "eve", expectedRevision: 2 });
  await expect(late).rejects.toMatchObject({ failure: { code: "stale_revision", have: 2, current: 3 } });
});

test("who only operates may apply other weights, and leaves the text as it is; more is refused, in a dry run, too", async () => {
  const { drafting, keeper } = await setUp();
  const by = { author: "olga", role: "operate", text: "# mine" } as const;
  const [service] = lighter.services;
  const [first, ...rest] = service!.destinations;
  const weighing = (edit: object) => ({
    ...lighter,
    services: [{ ...service!, destinations: [{ ...first!, ...edit }, ...rest] }],
  });
  expect(await applyDocument(drafting, weighing({ weight: 9 }), by)).toMatchObject({ revision: 3 });
  expect(keeper.text()).toBe("# less");
  for (const dryRun of [false, true])
    await expect(applyDocument(drafting, weighing({ upperThreshold: 9 }), { ...by, dryRun })).rejects.toThrow(
      'Cannot change the document: "olga" has the role "operate", wanted the role "admin" for more',
    );
  expect(keeper.current().revision).toBe(3);
});

test("a backup comes back with its ids, and nothing of another cluster's does", async () => {
  const { drafting, keeper, ran } = await setUp();
  const done = await restore(drafting, ran[0]!, { author: "eve", text: "# from the backup" });
  expect(done.revision).toBe(3);
  expect(keeper.current().services).toEqual(ran[0]!.services);
  expect(keeper.text()).toBe("# from the backup");
  expect(keeper.head()?.reason).toBe("restored from a backup of revision 1");
  const strange = reviseDocument({ ...EMPTY_DOCUMENT, nextId: 2 }, spec);
  await expect(restore(drafting, strange, { author: "eve" })).rejects.toMatchObject({
    failure: { code: "refused", doing: "restore the document" },
  });
});
