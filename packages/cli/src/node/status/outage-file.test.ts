import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createOutageFile } from "./outage-file.ts";

async function createDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tandem-health-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

function open(directory: string) {
  const warnings: string[] = [];
  const log = { warn: (_: object, text: string) => void warnings.push(text) };
  return { file: createOutageFile(join(directory, "health.json"), log as never), warnings };
}

test("outages are there again for the next daemon, and gone once they are over", async () => {
  const directory = await createDirectory();
  const outages = new Map([
    [2, '[{"type":"tcp"},{"port":80}]'],
    [7, "another"],
  ]);
  open(directory).file.save(outages);
  expect(open(directory).file.load()).toEqual(outages);
  expect(await readdir(directory)).toEqual(["health.json"]);
  open(directory).file.save(new Map());
  expect(open(directory).file.load()).toEqual(new Map());
});

const damaged = ["", "{", "null", '[["2","x"]]', "[[2]]", '{"2":"x"}', '[[0,"x"]]'];
for (const text of damaged) {
  test(`a file of outages that reads ${JSON.stringify(text)} says nothing`, async () => {
    const directory = await createDirectory();
    await writeFile(join(directory, "health.json"), text);
    expect(open(directory).file.load()).toEqual(new Map());
  });
}

test("outages that cannot be written are a warning", async () => {
  const { file, warnings } = open(join(await createDirectory(), "missing"));
  file.save(new Map([[2, "x"]]));
  expect(warnings).toEqual(["cannot remember which destinations are down"]);
  expect(file.load()).toEqual(new Map());
});
