/**
 * The scripts in the shells themselves, as far as these are installed: bash is, everywhere. What the program answers is asked beforehand: a shell
 * that waits for a busy machine gives up.
 */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createFolder, runTandem, startFakeDaemon } from "../../testing/run-tandem.ts";
import { SCRIPTS, SHELLS, type Shell } from "./scripts.ts";

/** What a line can become, without its words before the last. */
const cases: { line: string; want: string[] }[] = [
  { line: "tandem sta", want: ["status"] },
  { line: "tandem switchover --dr", want: ["--dry-run"] },
  { line: "tandem status -o ", want: ["text", "json", "yaml"] },
  { line: "tandem status --output=y", want: ["--output=yaml"] },
  { line: "tandem drain 10.0.0.2:80", want: ["10.0.0.2:8080"] },
  {
    line: "tandem connections --service ",
    want: ["tcp/192.0.2.10:80", "udp/[2001:db8::10]:53", "tcp/192.0.2.10:8443"],
  },
  { line: "tandem get tcp ", want: ["192.0.2.10:80", "192.0.2.10:8443"] },
  { line: "tandem status --node ", want: ["lb1", "lb2"] },
  { line: "tandem apply -f ", want: ["a.yaml", "b.yaml", "inner"] },
  { line: "tandem certs --folder ", want: ["inner"] },
];

/** What the shell offers for each of the lines, in `folder`, where its script lies as `script` does with the shell's own name for it. */
type Driver = (lines: readonly string[], place: Place) => Promise<string[][]>;
interface Place {
  readonly folder: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
}

const NAMES: Record<Shell, string> = { bash: "tandem.bash", zsh: "_tandem", fish: "tandem.fish" };

const run = async (command: string, args: readonly string[], { folder, env }: Place, input = "") => {
  const running = promisify(execFile)(command, args, { cwd: folder, env });
  running.child.stdin!.end(input);
  return (await running).stdout;
};

/** Readline's `insert-completions` (Escape *) makes them all arguments of the program, which tells them. */
const inBash: Driver = async (lines, place) => {
  const typed = lines.map((line) => `${line}\u001b*\n`).join("");
  const out = await run("bash", ["--norc", "--noprofile", "-i"], place, `source ${place.script}\n${typed}`);
  const told = [...out.matchAll(/^RAN(.*)$/gm)].map(([, words = ""]) => words.trim().split("\t"));
  return lines.map((line, i) => (told[i] ?? []).slice(line.split(" ").length - 2));
};

/** Asked in a terminal of its own, as its completion wants it; found by name, as an installed script is. */
const ZSH = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "fpath=(\${(q)1:h} \\$fpath); autoload -Uz compinit; compinit -D -u
zstyle ':completion:*' insert-tab false; zstyle ':completion:*' completer _complete
compadd() { local -a hits; builtin compadd -A hits \\"\\$@\\"; (( \\$#hits )) && print -rl -- \\$hits >>$2; builtin compadd \\"\\$@\\" }
finish() { print -r -- '== ' >>$2; comppostfuncs=(finish) }
comppostfuncs=(finish)
: >$2"
while [[ ! -e $2 ]]; do zpty -r -t shell line; sleep 0.05; done
for ((i = 3; i <= $#; i++)); do
  zpty -n -w shell "$argv[i]"$'\\t'
  until (( $(grep -c '^==' $2) >= i - 2 )); do zpty -r -t shell line; sleep 0.05; done
  zpty -n -w shell $'\\x15'
done
zpty -d shell
cat $2`;
const inZsh: Driver = async (lines, place) => {
  const args = ["-f", "-c", ZSH, "zsh", place.script, join(place.folder, "../found"), ...lines];
  const out = await run("zsh", args, place);
  return out
    .split("== \n")
    .slice(0, lines.length)
    .map((part) => [...new Set(part.replaceAll("\\", "").split("\n"))]); // some are added twice
};

const inFish: Driver = async (lines, place) => {
  const script =
    "source $argv[1]; for line in $argv[2..-1]; complete -C $line | string replace -r '\\t.*' ''; echo ==; end";
  const out = await run("fish", ["--no-config", "-c", script, place.script, ...lines], place);
  return out.split("==\n").map((part) => part.split("\n"));
};

const DRIVERS: Record<Shell, Driver> = { bash: inBash, zsh: inZsh, fish: inFish };

/** A program that answers what the real one does when it is asked to complete one of the lines, and else tells its arguments. */
async function createPlace(shell: Shell): Promise<Place> {
  const root = await createFolder();
  const [folder, bin] = [join(root, "work"), join(root, "bin")];
  mkdirSync(join(folder, "inner"), { recursive: true });
  mkdirSync(bin);
  for (const file of ["a.yaml", "b.yaml"]) writeFileSync(join(folder, file), "");
  const tandem = join(bin, "tandem");
  writeFileSync(tandem, await programOf(root));
  chmodSync(tandem, 0o755);
  const script = join(bin, NAMES[shell]);
  writeFileSync(script, SCRIPTS[shell]);
  return { folder, script, env: { PATH: `${bin}:/usr/bin:/bin`, HOME: root, TERM: "dumb" } };
}

/** Its text; the answers lie in `root`. */
async function programOf(root: string): Promise<string> {
  const socketPath = await startFakeDaemon();
  const answers = cases.map(async ({ line }, i) => {
    const asked = ["__complete", "--", ...line.split(" ").slice(1)];
    const file = join(root, `answer-${i}`);
    writeFileSync(file, (await runTandem(socketPath, asked)).out);
    return `"${asked.join(" ")}") exec cat ${file} ;;`;
  });
  const tell = `*) printf RAN; printf '%s\\t' "$@"; echo ;;`;
  return ["#!/bin/sh", 'case "$*" in', ...(await Promise.all(answers)), tell, "esac", ""].join("\n");
}

const isThere = (shell: Shell): boolean =>
  ["/usr/bin", "/bin"].some((folder) => existsSync(join(folder, shell)));

for (const shell of SHELLS) {
  const title = `${shell} completes commands, options, services, destinations, nodes, revisions and files`;
  if (!isThere(shell)) test.skip(`${title} (left out: ${shell} is not installed here)`);
  else
    test(title, { timeout: 120_000 }, async () => {
      const place = await createPlace(shell);
      const found = await DRIVERS[shell](
        cases.map(({ line }) => line),
        place,
      );
      const words = found.map((all) => all.map((word) => word.replace(/\/$/, "")).filter(Boolean));
      const table = cases.map(({ line, want }, i) => [line, words[i]?.toSorted(), want.toSorted()]);
      for (const [line, is, want] of table) expect([line, is]).toEqual([line, want]);
    });
}
