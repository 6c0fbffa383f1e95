/** How long a command line takes from its start to its end, against a daemon that answers at once: `npm run bench:cli`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApiServer } from "@tandem/engine";
import { createFakeNode } from "../../packages/cli/src/testing/fake-node.ts";

const TANDEM = join(import.meta.dirname, "../../packages/cli/bin/tandem");
const RUNS = 15;

/** What each may take at most, on an idle machine. */
const AIMS: readonly { readonly line: string; readonly aimMs: number }[] = [
  { line: "--help", aimMs: 150 },
  { line: "status", aimMs: 350 },
  { line: "services -o json", aimMs: 350 },
];

const folder = mkdtempSync(join(tmpdir(), "tandem-bench-"));
const socketPath = join(folder, "api.sock");
const health = async () => ({ ok: true, why: "" });
const server = await startApiServer({ socketPath, api: createFakeNode(), onBug: console.error, health });
try {
  for (const { line, aimMs } of AIMS) console.log(await measure(line, aimMs));
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}

async function measure(line: string, aimMs: number): Promise<string> {
  const timesMs: number[] = [];
  for (let run = 0; run <= RUNS; run++) timesMs.push(await time(line));
  const [best, median] = [Math.min(...timesMs), timesMs.slice(1).sort((a, b) => a - b)[RUNS >> 1]!]; // the first one compiles
  return `tandem ${line.padEnd(20)} median ${median.toFixed(0)} ms, best ${best.toFixed(0)} ms, aim ${aimMs} ms`;
}

async function time(line: string): Promise<number> {
  const startMs = performance.now();
  await once(spawn(TANDEM, ["-s", socketPath, ...line.split(" ")], { stdio: "ignore" }), "exit");
  return performance.now() - startMs;
}
