import { type Document, EMPTY_DOCUMENT } from "@tandem/model";
import { expect, test } from "vitest";
import { type ArchiveLimits, createConfigArchive } from "./config-archive.ts";
import { createMemoryBucket, type MemoryBucket } from "./config-bucket-memory.ts";
import { createClusterSigner } from "./config-sign.ts";
import { createBucketConfigStore } from "./config-store-bucket.ts";
import { createChance } from "./testing/chance.ts";
import { sampleDocument } from "./testing/config-samples.ts";

const signer = createClusterSigner(new Uint8Array(32), "prod");
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

function storeOn(bucket: MemoryBucket, limits: ArchiveLimits = { revisions: 3, parts: 100 }) {
  return createBucketConfigStore({ bucket, signer, limits, wallMs: () => 0, after: () => () => {} });
}

/** A bucket with revisions 1 to `n`, each of another document. */
async function filled(n: number, limits?: ArchiveLimits, sizeBytes = 0) {
  const bucket = createMemoryBucket();
  const store = storeOn(bucket, limits);
  let document: Document = EMPTY_DOCUMENT;
  for (let i = 0; i < n; i++) {
    const expectedRevision = document.revision;
    document = sampleDocument(document, sizeBytes);
    expect((await store.propose({ document, expectedRevision, author: "ann" })).kind).toBe("committed");
    await settle();
  }
  const revisions = async () => {
    const history = await store.history(100);
    return history.kind === "history" ? history.heads.map((h) => h.revision) : history.kind;
  };
  const parts = () => [...bucket.entries.keys()].filter((key) => key.startsWith("part.")).length;
  return { bucket, store, document, revisions, parts };
}

test("history keeps the newest revisions, with their parts alone", async () => {
  const { revisions, parts, store } = await filled(9);
  expect(await revisions()).toEqual([9, 8, 7]);
  expect(parts()).toBe(3);
  expect((await store.revision(7)).kind).toBe("document");
  expect(await store.revision(6)).toEqual({ kind: "empty" });
});

test("history keeps fewer revisions of a document that takes many parts, and always the current one", async () => {
  const large = await filled(6, { revisions: 3, parts: 3 }, 400_000);
  expect([await large.revisions(), large.parts()]).toEqual([[6, 5], 3]); // of two parts each, one is the same
  const larger = await filled(3, { revisions: 3, parts: 1 }, 400_000);
  expect([await larger.revisions(), larger.parts()]).toEqual([[3], 2]);
});

test("history of a store that earlier versions wrote begins with the head that is there", async () => {
  const { bucket, store, document, revisions } = await filled(2);
  bucket.entries.delete("head.1");
  expect(await revisions()).toEqual([2]);
  await store.propose({ document: sampleDocument(document), expectedRevision: 2, author: "ann" });
  expect(await revisions()).toEqual([3, 2]);
});

test("history does not show heads that are forged or stand under another revision", async () => {
  const { bucket, revisions, store } = await filled(3);
  const forged = new TextDecoder().decode(bucket.entries.get("head.2")!.value).replace("ann", "eve");
  await bucket.put("head.2", new TextEncoder().encode(forged));
  expect(await revisions()).toEqual([3, 1]);
  await bucket.put("head.2", bucket.entries.get("head.1")!.value);
  expect(await revisions()).toEqual([3, 1]);
  expect(await store.revision(2)).toEqual({ kind: "empty" });
});

test("nothing is removed while a head that is kept cannot be read", async () => {
  const { bucket, parts, store, document } = await filled(5);
  await bucket.put("head.4", new TextEncoder().encode("tandem-config-2 of a later version"));
  await store.propose({ document: sampleDocument(document), expectedRevision: 5, author: "ann" });
  await settle();
  expect(parts()).toBe(6);
});

test("what nobody names is removed if it was written before the current head, and not if right after it", async () => {
  const { bucket, store } = await filled(1);
  const history = await store.history(1);
  const head = history.kind === "history" ? history.heads[0]! : undefined;
  for (const key of ["part.before", "part.after"]) await bucket.put(key, new Uint8Array());
  const { version } = bucket.entries.get("part.before")!;
  await createConfigArchive(bucket, signer, { revisions: 1, parts: 1 }).tidy(head!, version);
  expect([bucket.entries.has("part.before"), bucket.entries.has("part.after")]).toEqual([false, true]);
});

test("a revision with a missing part says so", async () => {
  const { bucket, store } = await filled(2);
  const [first] = [...bucket.entries.keys()].filter((key) => key.startsWith("part."));
  bucket.entries.delete(first!);
  expect(await store.revision(1)).toMatchObject({ kind: "refused", refusal: "incomplete" });
});

test("a part that is damaged is written anew by whoever names it next", async () => {
  const { bucket, store, document } = await filled(1, undefined, 400_000);
  const first = [...bucket.entries.keys()].filter((key) => key.startsWith("part."));
  for (const key of first) await bucket.put(key, new TextEncoder().encode("damaged"));
  const next = sampleDocument(document, 400_000);
  await store.propose({ document: next, expectedRevision: 1, author: "ann" });
  const head = await store.history(1);
  const named = head.kind === "history" ? head.heads[0]!.parts.map((hash) => `part.${hash}`) : [];
  expect(named.filter((key) => first.includes(key))).toHaveLength(1); // they share a part
  expect((await store.read()).kind).toBe("document");
});

test("a part that is about to be named again outlives whoever tidies at that moment", async () => {
  const { bucket, document } = await filled(5); // revision 1's part is gone, and its limits are reached at 6
  const old = sampleDocument();
  const back = { ...old, revision: 7 };
  const sixth = sampleDocument(document);
  // somebody left the part that `back` needs: it is unnamed, and older than head 6
  const packed = createMemoryBucket();
  await storeOn(packed).propose({ document: back, expectedRevision: 0, author: "bob" });
  for (const [key, { value }] of packed.entries) if (key.startsWith("part.")) await bucket.put(key, value);
  const part = [...packed.entries.keys()].find((key) => key.startsWith("part."))!;

  // whoever wrote 6 lists what may go, and removes it only when the next proposal has written its parts
  const listed = Promise.withResolvers<void>();
  const mayRemove = Promise.withResolvers<void>();
  const tidier = storeOn({
    ...bucket,
    async remove(key, version) {
      listed.resolve();
      await mayRemove.promise;
      return bucket.remove(key, version);
    },
  });
  await tidier.propose({ document: sixth, expectedRevision: 5, author: "ann" });
  await listed.promise;
  const proposer = storeOn({
    ...bucket,
    async compareAndSet(...write) {
      mayRemove.resolve();
      await settle();
      return bucket.compareAndSet(...write);
    },
  });
  const outcome = await proposer.propose({ document: back, expectedRevision: 6, author: "bob" });
  expect(outcome.kind).toBe("committed");
  expect(bucket.entries.has(part)).toBe(true);
  expect((await proposer.read()).kind).toBe("document");
});

test("writers who go back and forth and tidy at the same time never lose a part that a kept head names", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const chance = createChance(seed);
  const bucket = createMemoryBucket();
  /** The bucket over a network: everything takes a while, both ways. */
  const slow = <A extends unknown[], T>(run: (...of: A) => Promise<T>) => {
    return async (...of: A): Promise<T> => {
      await ticks(chance.below(6));
      const answer = await run(...of);
      await ticks(chance.below(6));
      return answer;
    };
  };
  const { get, put, keys, remove, compareAndSet } = bucket;
  const distant = {
    ...bucket,
    ...{ get: slow(get), put: slow(put), keys: slow(keys), remove: slow(remove) },
    compareAndSet: slow(compareAndSet),
  };
  const documents = Array.from({ length: 6 }, (_, i) => sampleDocument(EMPTY_DOCUMENT, i * 1000));
  const limits = { revisions: 2, parts: 100 };
  const writer = async (author: string) => {
    const store = storeOn(distant as MemoryBucket, limits);
    for (let i = 0; i < 60; i++) {
      const history = await store.history(1);
      const revision = history.kind === "history" ? (history.heads[0]?.revision ?? 0) : Number.NaN;
      // of few contents: parts are unnamed, and named again, all the time
      const body = { ...chance.pick(documents), revision: revision + 1 };
      const text = `# ${chance.below(4)}`;
      await store.propose({ document: body, expectedRevision: revision, author, text });
      const [here, kept] = [await storeOn(bucket).read(), await storeOn(bucket).history(2)];
      expect(here.kind, `seed ${seed}`).toBe("document");
      expect(here.kind === "document" && here.stored.text, `seed ${seed}`).toBeDefined();
      expect(kept.kind, `seed ${seed}`).toBe("history");
    }
  };
  await Promise.all(["ann", "bob", "eve"].map(writer));
  const last = await storeOn(bucket).history(2);
  const revisions = last.kind === "history" ? last.heads.map(({ revision }) => revision) : [];
  for (const revision of revisions)
    expect((await storeOn(bucket).revision(revision)).kind, `seed ${seed}`).toBe("document");
});

async function ticks(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
}
