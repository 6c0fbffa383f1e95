import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, specOf } from "@tandem/model";
import { expect, onTestFinished, test } from "vitest";
import { loadNodeConfig } from "../config/node-config.ts";
import { openConfiguration } from "./configuration.ts";

const FILE = "document.yaml";
const documentOf = (port: number) =>
  JSON.stringify({
    version: 1,
    services: [{ protocol: "tcp", address: "192.0.2.1", port, destinations: [] }],
  });

async function createDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tandem-configuration-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** Write the document file, as if so many seconds from now. */
async function write(directory: string, text: string, aheadS = 0): Promise<void> {
  const path = join(directory, FILE);
  await writeFile(path, text);
  const { mtimeMs } = await stat(path);
  const at = mtimeMs / 1000 + aheadS;
  await utimes(path, at, at);
}

/** A director on its own starts: what it is told to run, in order, as `revision: ports`. */
async function start(directory: string) {
  const told: string[] = [];
  const warned: string[] = [];
  const config = loadNodeConfig(
    JSON.stringify({
      interfaces: [{ name: "eth0" }],
      document: join(directory, FILE),
      stateDir: join(directory, "state"),
    }),
    "node.yaml",
  );
  const warn = (_: object, text: string) => warned.push(text);
  const log = { warn, error: warn };
  const keeper = await openConfiguration(
    config,
    {
      onDocument: (d) => told.push(`${d.revision}: ${d.services.map((s) => s.port).join()}`),
      onEmpty: () => told.push("empty"),
    },
    { link: undefined, log: log as never },
  );
  onTestFinished(() => keeper.close());
  await expect.poll(() => told.length).toBeGreaterThan(0); // the store is read in the background
  return { keeper, told, warned };
}

test("a director on its own runs the document of its file", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80));
  const { keeper, told, warned } = await start(directory);
  expect(told).toEqual(["1: 80"]);
  expect(keeper.head()?.author).toBe(join(directory, FILE));
  expect(warned).toEqual([]);
});

test("a director that starts again runs what it ran, and never nothing in between", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await start(directory);
  expect((await start(directory)).told).toEqual(["1: 80"]);
});

test("what was applied stays over a restart, though the file says otherwise", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  const { keeper } = await start(directory);
  await keeper.change(withPort(81), "ann");
  expect((await start(directory)).told).toEqual(["2: 81"]);
});

test("a file that was changed after that is run", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await start(directory);
  await write(directory, documentOf(82), 60);
  expect((await start(directory)).told).toEqual(["1: 80", "2: 82"]);
});

test("a file that was only touched makes no revision", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await start(directory);
  await write(directory, documentOf(80), 60);
  expect((await start(directory)).told).toEqual(["1: 80"]);
});

test("a file without services is run", async () => {
  const directory = await createDirectory();
  await write(directory, JSON.stringify({ version: 1 }));
  expect((await start(directory)).told).toEqual(["empty"]);
});

test("a director without a file runs nothing, or what was applied last, and says so", async () => {
  const directory = await createDirectory();
  const first = await start(directory);
  expect(first.told).toEqual(["empty"]);
  expect(first.warned).toEqual(["no document file: running what was applied last, or nothing"]);
  await write(directory, documentOf(80), -60);
  await start(directory);
  await rm(join(directory, FILE));
  expect((await start(directory)).told).toEqual(["1: 80"]);
});

test("a file with mistakes is refused with their places, and what was applied stays", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await start(directory);
  await write(
    directory,
    "version: 1\nservices:\n  - protocol: tcp\n    address: nowhere\n    port: 80\n",
    60,
  );
  await expect(start(directory)).rejects.toThrow(`${join(directory, FILE)}:4:14: services[0].address:`);
  await rm(join(directory, FILE));
  expect((await start(directory)).told).toEqual(["1: 80"]);
});

/** The same service on another port. */
const withPort = (port: number) => (current: Document) => {
  const spec = structuredClone(specOf(current));
  spec.services[0]!.port = port;
  return spec;
};

/** Damage the copies of what was applied that a director keeps. */
async function damage(directory: string, ...names: string[]): Promise<void> {
  for (const name of names) await writeFile(join(directory, "state", "standalone", name), "");
}
const DAMAGED = "copies of the document on disk are damaged";

test("a damaged copy costs nothing, is warned of, and is an alarm until the next change", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await (await start(directory)).keeper.change(withPort(81), "ann");
  await damage(directory, "document");
  const { keeper, told, warned } = await start(directory);
  expect({ told, warned }).toEqual({ told: ["2: 81"], warned: [DAMAGED] });
  expect(keeper.status().disk).toMatch(
    /document: it ends early; revision 2 is the newest that could be read$/,
  );
  await keeper.change(withPort(82), "ann");
  expect(keeper.status().disk).toBe("");
});

test("a director whose copies are all damaged runs its history's newest", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await (await start(directory)).keeper.change(withPort(81), "ann");
  await damage(directory, "document", "document.previous");
  expect(await start(directory)).toMatchObject({ told: ["2: 81"], warned: [DAMAGED] });
});

test("a director whose copies are all damaged, history and all, runs its file", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await start(directory);
  await damage(directory, "document", "history/head.1");
  expect(await start(directory)).toMatchObject({ told: ["1: 80"], warned: [DAMAGED] });
  expect(await start(directory)).toMatchObject({ told: ["1: 80"], warned: [] });
});

test("a file that cannot be taken up for its disk keeps nobody from running what was applied last", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await start(directory);
  await write(directory, documentOf(81), 60);
  await mkdir(join(directory, "state", "standalone", "document.next")); // as a full disk is
  const { keeper, told, warned } = await start(directory);
  expect(told).toEqual(["1: 80"]);
  expect(warned).toEqual(["the document file cannot be taken up: running what was applied last"]);
  expect(keeper.status().store.state).toBe("unavailable");
});

test("a director with nothing to run says what is wrong with its disk, and what to do", async () => {
  const directory = await createDirectory();
  await write(directory, documentOf(80), -60);
  await writeFile(join(directory, "state"), "no directory");
  await expect(start(directory)).rejects.toThrow(/ENOTDIR.*move it away and start the daemon anew/);
});

test("a change of a cluster's document while NATS is away says so, at once, and that nothing was changed", async () => {
  const config = loadNodeConfig(
    JSON.stringify({
      interfaces: [{ name: "eth0" }],
      cluster: { name: "c" },
      nats: { servers: ["nowhere:4222"] },
      stateDir: await createDirectory(),
    }),
    "node.yaml",
  );
  const transport = { connection: () => new Promise(() => {}), isConnected: () => false };
  const link = { cluster: "c", key: new Uint8Array(32), transport };
  const keeper = await openConfiguration(
    config,
    { onDocument() {} },
    { link: link as never, log: {} as never },
  );
  onTestFinished(() => keeper.close());
  await expect(keeper.change(specOf, "ann")).rejects.toThrow(
    "Cannot reach the configuration store: NATS is away; nothing was changed",
  );
});
