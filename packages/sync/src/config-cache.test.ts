import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EMPTY_DOCUMENT } from "@tandem/model";
import { expect, onTestFinished, test } from "vitest";
import { createConfigCache } from "./config-cache.ts";
import { packDocument } from "./config-form.ts";
import { createClusterSigner } from "./config-sign.ts";
import { sampleDocument } from "./testing/config-samples.ts";

const about = { parent: "", author: "ann", timeMs: 5 };
const first = packDocument(sampleDocument(), about).stored;
const second = packDocument(sampleDocument(first.document), about).stored;
const signer = createClusterSigner(new Uint8Array(32).fill(7), "prod");

async function setUp() {
  const root = await mkdtemp(join(tmpdir(), "tandem-config-"));
  onTestFinished(() => rm(root, { recursive: true }));
  const directory = join(root, "deep", "config");
  const cache = createConfigCache({ directory, signer });
  return {
    directory,
    cache,
    current: join(directory, "document"),
    previous: join(directory, "document.previous"),
  };
}

test("configuration cache without files is empty and has no problem", async () => {
  expect(await (await setUp()).cache.load()).toEqual({ stored: undefined, problems: [] });
});

test("configuration cache gives back the last document saved, readable by its owner alone", async () => {
  const { cache, current } = await setUp();
  await Promise.all([cache.save(first), cache.save(second)]);
  expect(await cache.load()).toEqual({ stored: second, problems: [] });
  expect((await stat(current)).mode & 0o777).toBe(0o600);
});

test("configuration cache loses nothing, wherever the current document was cut short", async () => {
  const { cache, current } = await setUp();
  await cache.save(first);
  await cache.save(second);
  const text = await readFile(current, "utf8");
  for (let length = 0; length < text.length; length += 7) {
    await writeFile(current, text.slice(0, length));
    const { stored, problems } = await cache.load();
    expect([stored, problems.length]).toEqual([second, 1]);
  }
});

test("configuration cache falls back to the previous document when the history's newest is damaged, too", async () => {
  const { cache, current, directory } = await setUp();
  await cache.save(first);
  await cache.save(second);
  await writeFile(current, "");
  await writeFile(join(directory, "history", "head.2"), "");
  expect(await cache.load()).toEqual({ stored: first, problems: [`${current}: it ends early`] });
});

test("configuration cache falls back to the newest whole document of its history", async () => {
  const { cache, current, previous, directory } = await setUp();
  await cache.save(first);
  await cache.save(second);
  for (const file of [current, previous]) await writeFile(file, "");
  expect(await cache.load()).toMatchObject({ stored: second, problems: { length: 2 } });
  await writeFile(join(directory, "history", "head.2"), "");
  expect(await cache.load()).toMatchObject({ stored: first, problems: { length: 2 } });
});

test("configuration cache loses nothing when a crash left no current document", async () => {
  const { cache, current } = await setUp();
  await cache.save(first);
  await cache.save(second);
  await rm(current);
  expect(await cache.load()).toEqual({ stored: second, problems: [] });
});

test("configuration cache never takes up a document that it could not save", async () => {
  const { cache, current, directory } = await setUp();
  await cache.save(first);
  await mkdir(join(directory, "document.next"));
  await expect(cache.save(second)).rejects.toThrow("EISDIR");
  expect(await cache.revision(2)).toEqual({ kind: "empty" });
  await writeFile(current, "");
  expect((await cache.load()).stored).toEqual(first);
});

test("configuration cache refuses documents of another cluster and says so", async () => {
  const { cache, directory, current } = await setUp();
  await cache.save(first);
  const other = createConfigCache({ directory, signer: createClusterSigner(new Uint8Array(32), "prod") });
  expect(await other.load()).toEqual({
    stored: undefined,
    problems: [`${current}: it is not signed with this cluster's key`],
  });
});

test("configuration cache that cannot be written keeps what it has and works again later", async () => {
  const { cache, directory } = await setUp();
  await cache.save(first);
  const inTheWay = join(directory, "document.next");
  await mkdir(inTheWay);
  await expect(cache.save(second)).rejects.toThrow("EISDIR");
  expect((await cache.load()).stored).toEqual(first);
  await rm(inTheWay, { recursive: true });
  await chmod(directory, 0o700);
  await cache.save(second);
  expect((await cache.load()).stored).toEqual(second);
});

test("configuration cache keeps the document that a version without a history left", async () => {
  const { cache, directory } = await setUp();
  await cache.save(first);
  await rm(join(directory, "history"), { recursive: true });
  expect((await cache.load()).stored).toEqual(first);
  await cache.save(second);
  expect((await cache.history(9)).map((h) => h.revision)).toEqual([2, 1]);
});

test("configuration cache keeps what it held before, with the texts, and tidies", async () => {
  const { directory } = await setUp();
  const cache = createConfigCache({ directory, signer, limits: { revisions: 2, parts: 100 } });
  expect([await cache.history(9), await cache.revision(1)]).toEqual([[], { kind: "empty" }]);
  let document = EMPTY_DOCUMENT;
  for (let i = 0; i < 4; i++) {
    document = sampleDocument(document);
    await cache.save(packDocument(document, { ...about, text: `# ${i}` }).stored);
  }
  expect((await cache.history(9)).map((h) => h.revision)).toEqual([4, 3]);
  const third = await cache.revision(3);
  expect(third.kind === "document" && third.stored.text).toBe("# 2");
  expect((await cache.load()).stored?.text).toBe("# 3");
  expect((await readdir(join(directory, "history"))).length).toBe(6);
});
