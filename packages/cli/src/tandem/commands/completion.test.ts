import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { COMMANDS } from "../commands.ts";
import { GLOBAL_OPTIONS } from "../global-options.ts";
import { bashCompletion } from "./completion.ts";

const loaded = await Promise.all(
  COMMANDS.map(async ({ name, load }) => ({ name, options: (await load()).options })),
);

const GLOBAL = [...GLOBAL_OPTIONS.map(({ flags }) => /--\w+/.exec(flags)![0]), "--help"];

/** What bash offers after these words; the last is the one being typed. */
function complete(...words: string[]): string[] {
  const script = `${bashCompletion(loaded)}
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _tandem
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["-euc", script, "bash", "tandem", ...words], { encoding: "utf8" });
  return out.split("\n").filter((line) => line !== "");
}

const cases: { words: string[]; want: string[] }[] = [
  { words: ["st"], want: ["status"] },
  { words: ["sw"], want: ["switchover"] },
  { words: ["switchover", "--"], want: ["--dry-run", "--force", ...GLOBAL] },
  { words: ["--json", "drain", "--u"], want: ["--undo"] },
  { words: ["--v"], want: ["--version"] },
  {
    words: ["nonsense-", ""],
    want: [...COMMANDS.map((c) => c.name), ...GLOBAL, "--version"],
  },
];
for (const { words, want } of cases) {
  test(`bash completes "tandem ${words.join(" ")}"`, () => expect(complete(...words)).toEqual(want));
}
