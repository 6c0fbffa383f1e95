import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const proto = join(import.meta.dirname, "../../proto");

test("the generated types are those of the proto: else run `npm run proto`", () => {
  const fresh = mkdtempSync(join(tmpdir(), "proto-"));
  try {
    execFileSync("sh", [join(proto, "generate.sh"), fresh]);
    expect(filesIn(join(proto, "generated"))).toEqual(filesIn(fresh));
  } finally {
    rmSync(fresh, { recursive: true });
  }
});

const filesIn = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .sort()
      .map((name) => [name, readFileSync(join(dir, name), "utf8")]),
  );
