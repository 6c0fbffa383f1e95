import { expect, test } from "vitest";
import { readRecordings } from "./recordings.ts";
import { replayFile } from "./replay.ts";

const files = readRecordings(`${import.meta.dirname}/recordings`);

test("recordings of every kind are there", () => {
  const kinds = files.flatMap((file) => file.cases.map((c) => c.kind));
  expect(new Set(kinds)).toEqual(new Set(["behaviour", "scheduler", "cell", "flow"]));
});

for (const file of files)
  test(`${file.name} is replayed as the kernel did it, or differs knowingly`, { timeout: 30_000 }, () => {
    const rows = replayFile(file);
    expect(rows.length).toBe(file.cases.length);
    expect(rows.filter((row) => row.result === "failed")).toEqual([]);
  });
