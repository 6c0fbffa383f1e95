import { expect, test } from "vitest";
import { createRandom } from "../testing/random.ts";
import { runTandem, startFakeDaemon } from "../testing/run-tandem.ts";
import type { OptionSpec } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";

/** These run until they are told to end, or write files where their arguments say. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "run",
  "demo",
  "certs",
  "backup",
  "edit",
  "top",
  "events",
  "watch",
  "capture",
  "drain",
]);
/** Options that do not end, or lead elsewhere. */
const ENDLESS = /^--(watch|follow|server|node|all-nodes|socket)$/;

const ODD = [
  "",
  "-",
  "--",
  "---",
  "=",
  "0",
  "-1",
  "1e9",
  "999999999999999999999",
  "NaN",
  "192.0.2.10:80",
  "tcp",
  "10.0.0.1",
  "a=b",
  "weight=x",
  "settings",
  "__proto__",
  "constructor",
  "toString",
  "\u0000",
  "\u001b[2J",
  "\ud800",
  "\ufffd",
  "\u202e",
  "é",
  "x".repeat(100_000),
  "{",
  "[",
  "*",
  "../..",
  "/dev/null",
  "/nowhere",
  "--help",
  "-f",
  "-o",
  "--json",
  "%s",
  "$(id)",
];

test("no command line ends worse than in words and an exit code", async () => {
  const socket = await startFakeDaemon();
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const rows = COMMANDS.filter(({ name }) => !LEFT_OUT.has(name));
  const flags = new Map<string, string[]>();
  for (const row of rows)
    flags.set(row.name, [...(await row.load()).options, ...GLOBAL_OPTIONS].flatMap(longOf));
  for (let round = 0; round < 300; round++) {
    const { name } = pick(rows);
    const words = Array.from({ length: random(5) }, () =>
      random(2) === 0 ? pick(flags.get(name)!) : pick(ODD),
    );
    const argv = random(12) === 0 ? [...words, name] : [name, ...words];
    await expectWords(socket, argv, `seed ${seed}, round ${round}: ${JSON.stringify(argv).slice(0, 500)}`);
  }
}, 120_000);

/** Not even what every object has. */
const NO_FILES: Record<string, string> = Object.create(null);

async function expectWords(socket: string, argv: readonly string[], about: string): Promise<void> {
  const began = performance.now();
  const ran = await runTandem(socket, argv, { files: NO_FILES }).catch((bug: unknown) => {
    throw new Error(about, { cause: bug });
  });
  const { exitCode, out, err } = ran;
  expect(performance.now() - began, about).toBeLessThan(20_000);
  expect(Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255, about).toBe(true);
  expect(`${out}${err}`, about).not.toMatch(/\n\s+at .*:\d+:\d+/);
  if (exitCode !== 0) expect(`${out}${err}`.trim(), about).not.toBe("");
  expect(err, about).not.toContain("\u001b");
}

const longOf = ({ flags }: OptionSpec): string[] =>
  (/--[\w-]+/.exec(flags)?.slice(0, 1) ?? []).filter((flag) => !ENDLESS.test(flag));
