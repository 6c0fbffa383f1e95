import { readFileSync } from "node:fs";
import { SCHEDULER_NAMES } from "@tandem/model";
import { expect, test } from "vitest";
import { SCHEDULERS } from "./registry.ts";
import { options } from "./testing.ts";

test("every scheduler that a document may name is there, under its name", () => {
  expect(Object.keys(SCHEDULERS).sort()).toEqual([...SCHEDULER_NAMES].sort());
  for (const name of SCHEDULER_NAMES) expect(SCHEDULERS[name](options).name).toBe(name);
});

test("docs/schedulers.md has one row for each scheduler", () => {
  const text = readFileSync(new URL("../../../../docs/schedulers.md", import.meta.url), "utf8");
  const table = text.slice(0, text.indexOf("\n## "));
  const names = [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(names.sort()).toEqual([...SCHEDULER_NAMES].sort());
});
