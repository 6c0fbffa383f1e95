/** Clears runs away, whatever state they are in: each step allows for the ones before it having been done already. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { namespacePath, runCommand } from "./command.ts";
import { removeNamespaces } from "./network.ts";
import { killEvery, type ProcessId, processesIn, stateOf } from "./process.ts";
import { listRecords, namespacesOf, type Run } from "./run.ts";

/** End every process of these runs and remove all they made. The caller holds the lock. */
export async function removeRuns(runs: readonly Run[]): Promise<void> {
  for (const run of runs) await removeRun(run);
}

/** End every process of a run and remove its namespaces, mount and directory. The caller holds the lock. */
export async function removeRun(run: Run): Promise<void> {
  await killEvery(() => processesOf(run), `no process of run "${run.name}" is left`);
  await removeNamespaces(namespacesOf(run));
  if (isMounted(run.bpfDir)) await runCommand(["umount", run.bpfDir]);
  if (existsSync(run.dir)) rmSync(run.dir, { recursive: true });
}

/** By namespace, which finds the children of what was started; by record, which finds those whose namespace has lost its name. */
function processesOf(run: Run): ProcessId[] {
  const inNamespaces = namespacesOf(run).flatMap((namespace) => processesIn(namespacePath(namespace)));
  const recorded = listRecords(run).filter((record) => stateOf(record) !== "ended");
  return [...inNamespaces, ...recorded];
}

function isMounted(dir: string): boolean {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === dir);
}
