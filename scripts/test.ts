/**
 * Every check and every test; fails if any does. First what is over in seconds; then the projects of vitest.config.ts side by side.
 * Each line begins with the part that it is of; counts and times come last.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { countsIn, formatOutcomes, type Outcome } from "./outcome.ts";

const BIN = join(import.meta.dirname, "../node_modules/.bin");

const CHECKS: readonly [name: string, ...argv: string[]][] = [
  ["types", "tsc", "--noEmit"],
  ["lint", "biome", "check", "--error-on-warnings", "."],
];

/**
 * Projects of one lane follow one another. Those in the lab, and those that replay ipvsadm, mostly wait for what they have started; in the lab
 * many clocks run meanwhile, so the others give way to it.
 */
const LANES: readonly { readonly projects: readonly string[]; readonly niceness: number }[] = [
  { projects: ["cluster"], niceness: 0 },
  { projects: ["unit", "compat", "kernel"], niceness: 10 },
  { projects: ["ipvsadm"], niceness: 10 },
];

const began = performance.now();
const secondsSince = (startMs: number): number => (performance.now() - startMs) / 1000;
const outcomes: Outcome[] = [];
const running = new Set<ChildProcess>();
const reports = mkdtempSync(join(tmpdir(), "tandem-test-"));

function finish(): never {
  rmSync(reports, { recursive: true });
  console.log(`\n${formatOutcomes(outcomes, secondsSince(began))}`);
  process.exit(outcomes.every((o) => o.isOk) ? 0 : 1);
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    outcomes.push({ name: "the rest", isOk: false, seconds: secondsSince(began) });
    finish();
  });

/** Runs a program to its end. Resolves with whether it went well. */
async function run(name: string, argv: readonly string[]): Promise<boolean> {
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd: join(BIN, "../.."),
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => console.log(`${name.padEnd(8)} ${line}`));
  const code = await new Promise((resolve) => child.once("close", resolve));
  running.delete(child);
  return code === 0;
}

async function check([name, program, ...args]: (typeof CHECKS)[number]): Promise<void> {
  const startMs = performance.now();
  const isOk = await run(name, [join(BIN, program!), ...args]);
  outcomes.push({ name, isOk, seconds: secondsSince(startMs) });
}

async function testProject(name: string, niceness: number): Promise<void> {
  const startMs = performance.now();
  const report = join(reports, `${name}.json`);
  const vitest = [join(BIN, "vitest"), "run", "--project", name];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const isOk = await run(name, ["nice", "-n", `${niceness}`, ...vitest, ...reporters]);
  outcomes.push({ name, isOk, seconds: secondsSince(startMs), tests: countsIn(readText(report)) });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

for (const each of CHECKS) await check(each);
if (outcomes.some((o) => !o.isOk)) finish();
await Promise.all(
  LANES.map(async ({ projects, niceness }) => {
    for (const project of projects) await testProject(project, niceness);
  }),
);
finish();
