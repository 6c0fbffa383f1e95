import { EMPTY_DOCUMENT } from "@tandem/model";
import { expect, test, vi } from "vitest";
import { type ConfigReading, type ConfigStore, MAX_TEXT_BYTES } from "./config-store.ts";
import { sampleDocument } from "./testing/config-samples.ts";

/** What every configuration store must do. `open` gives two views of one store that nobody has written to. */
export function testConfigStore(
  name: string,
  open: () => Promise<{ here: ConfigStore; there: ConfigStore }>,
): void {
  const first = sampleDocument();
  const second = sampleDocument(first);
  const commit = (store: ConfigStore, document = first) =>
    store.propose({ document, expectedRevision: document.revision - 1, author: "ann" });
  const revisionOf = (reading: ConfigReading) =>
    reading.kind === "document" ? reading.stored.head.revision : reading.kind;

  test(`${name} configuration store is empty at first`, async () => {
    expect(await (await open()).here.read()).toEqual({ kind: "empty" });
  });

  test(`${name} configuration store gives everybody what was committed, with its author and its parent`, async () => {
    const { here, there } = await open();
    const one = await commit(here);
    const two = await commit(there, second);
    const reading = await here.read();
    if (one.kind !== "committed" || two.kind !== "committed" || reading.kind !== "document") {
      throw new Error(`${one.kind} ${two.kind} ${reading.kind}`);
    }
    expect(reading.stored).toEqual(two.stored);
    expect(reading.stored.document).toEqual(second);
    expect(reading.stored.head).toMatchObject({ revision: 2, author: "ann", parent: one.stored.head.hash });
    expect(one.stored.head.parent).toBe("");
  });

  test(`${name} configuration store refuses a change of what is no longer there`, async () => {
    const { here, there } = await open();
    await commit(here);
    await commit(here, second);
    expect(await commit(there, sampleDocument(first, 9))).toEqual({ kind: "stale", revision: 2 });
    expect(await commit(there, first)).toEqual({ kind: "stale", revision: 2 });
    expect(revisionOf(await here.read())).toBe(2);
  });

  test(`${name} configuration store refuses a change of what is not there yet`, async () => {
    const { here } = await open();
    expect(await commit(here, second)).toEqual({ kind: "stale", revision: 0 });
    expect(await here.read()).toEqual({ kind: "empty" });
  });

  test(`${name} configuration store lets one of two simultaneous changes win`, async () => {
    const { here, there } = await open();
    const outcomes = await Promise.all([
      commit(here, sampleDocument(EMPTY_DOCUMENT, 1)),
      commit(there, sampleDocument(EMPTY_DOCUMENT, 2)),
    ]);
    expect(outcomes.map((o) => o.kind).sort()).toEqual(["committed", "stale"]);
    const winner = outcomes.find((o) => o.kind === "committed")!;
    const reading = await here.read();
    expect(reading.kind === "document" && reading.stored).toEqual(winner.stored);
  });

  test(`${name} configuration store takes a document larger than one message`, async () => {
    const { here, there } = await open();
    const large = sampleDocument(EMPTY_DOCUMENT, 1_500_000);
    expect((await commit(here, large)).kind).toBe("committed");
    const reading = await there.read();
    expect(reading.kind === "document" && reading.stored.document).toEqual(large);
  });

  test(`${name} configuration store takes revisions with gaps`, async () => {
    const { here } = await open();
    await commit(here);
    const document = { ...second, revision: 9 };
    expect((await here.propose({ document, expectedRevision: 1, author: "ann" })).kind).toBe("committed");
    expect(revisionOf(await here.read())).toBe(9);
  });

  test(`${name} configuration store that nobody has written to has no history`, async () => {
    const { here } = await open();
    expect(await here.history(10)).toEqual({ kind: "history", heads: [] });
    expect(await here.revision(1)).toEqual({ kind: "empty" });
  });

  test(`${name} configuration store keeps earlier revisions, with why, what and the operator's text`, async () => {
    const { here, there } = await open();
    const about = { author: "ann", reason: "first", summary: "2 added", text: "# mine\nversion: 1\n" };
    await here.propose({ document: first, expectedRevision: 0, ...about });
    const third = { ...sampleDocument(second), revision: 9 };
    await commit(there, second);
    await there.propose({ document: third, expectedRevision: 2, author: "bob" });
    const history = await here.history(10);
    if (history.kind !== "history") throw new Error(history.kind);
    expect(history.heads.map((h) => [h.revision, h.author, h.reason, h.summary])).toEqual([
      [9, "bob", undefined, undefined],
      [2, "ann", undefined, undefined],
      [1, "ann", "first", "2 added"],
    ]);
    const reading = await there.revision(1);
    if (reading.kind !== "document") throw new Error(reading.kind);
    expect([reading.stored.document, reading.stored.text]).toEqual([first, about.text]);
    const current = await here.revision(9);
    expect(current.kind === "document" && current.stored.document).toEqual(third);
    expect(await here.revision(3)).toEqual({ kind: "empty" });
    const newest = await here.history(1);
    expect(newest.kind === "history" && newest.heads.map((h) => h.revision)).toEqual([9]);
  });

  test(`${name} configuration store gives back the text with the document, and one of a million letters`, async () => {
    const { here, there } = await open();
    const text = `# ${"ä".repeat(400_000)}`;
    await here.propose({ document: first, expectedRevision: 0, author: "ann", text });
    const reading = await there.read();
    expect(reading.kind === "document" && reading.stored.text === text).toBe(true);
  });

  test(`${name} configuration store leaves out a text that is too long`, async () => {
    const { here } = await open();
    const text = "é".repeat(MAX_TEXT_BYTES / 2 + 1);
    await here.propose({ document: first, expectedRevision: 0, author: "ann", text });
    const reading = await here.read();
    expect(reading.kind === "document" && reading.stored.text).toBeUndefined();
  });

  test(`${name} configuration store tells a watcher what is there, then what changes, until told to stop`, async () => {
    const { here, there } = await open();
    const seen: (string | number)[] = [];
    const unwatch = here.watch((reading) => seen.push(revisionOf(reading)));
    await vi.waitFor(() => expect(seen).toContain("empty"), { timeout: 10_000 });
    await commit(there);
    await vi.waitFor(() => expect(seen).toContain(1), { timeout: 10_000 });
    unwatch();
    await commit(there, second);
    await here.read();
    expect(seen).not.toContain(2);
  });
}
