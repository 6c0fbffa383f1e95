import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SYSCTLS } from "../../packages/cli/src/ipvsadm/sysctl.ts";
import { otherAnswers, readings } from "./ipvsadm/known-differences.ts";
import { knownDifferences } from "./known-differences.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/tandem-and-ipvs.md"), "utf8");

test("docs/tandem-and-ipvs.md has every setting of the kernel with its default and what stands for it", () => {
  const rows = Object.entries(SYSCTLS).map(([name, s]) => `| \`${name}\` | ${s.initial} | ${s.ours} |`);
  expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});

test("each known difference is argued in a document that is there", () => {
  const all = [...knownDifferences, ...readings, ...otherAnswers];
  expect(all.filter((d) => !existsSync(join(root, d.see))).map((d) => d.name)).toEqual([]);
});
