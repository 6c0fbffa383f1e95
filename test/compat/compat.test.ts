import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRecordings } from "./recordings.ts";
import { replayFile } from "./replay.ts";

const { files, ofTool } = readRecordings(`${import.meta.dirname}/recordings`);

test("recordings of every kind are there", () => {
  const kinds = files.flatMap((file) => file.cases.map((c) => c.kind));
  expect(new Set(kinds)).toEqual(new Set(["behaviour", "scheduler", "cell", "flow"]));
  expect(ofTool.length).toBeGreaterThan(0);
});

for (const file of files)
  test(`${file.name} is replayed as the kernel did it, or differs knowingly`, { timeout: 30_000 }, () => {
    const rows = replayFile(file);
    expect(rows.length).toBe(file.cases.length);
    expect(rows.filter((row) => row.result === "failed")).toEqual([]);
  });

const mistakes: [string, string, string][] = [
  ["no JSON", "{", "JSON"],
  ["a case without steps", '[{ "case": "a", "steps": 5 }]', "unknown kind of recording"],
  [
    "commands that are no list",
    '[{ "sched": "rr", "commands": {}, "realservers": [], "steps": [] }]',
    "unknown",
  ],
  ["an empty case", "[null]", "unknown kind of recording"],
  ["a step that is none", '[{ "case": "a", "steps": [null] }]', ""],
  ["a year of sleep", '[{ "case": "a", "steps": [{ "sleep": 31536000 }] }]', "no time to let pass"],
];

test.for(mistakes)("a recording with %s is a row that failed", ([, text, why]) => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-compat-"));
  try {
    writeFileSync(join(folder, "a.json"), text);
    const rows = readRecordings(folder).files.flatMap((file) => replayFile(file));
    expect(rows).toMatchObject([{ result: "failed", why: expect.stringContaining(why) }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
