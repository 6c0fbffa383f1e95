/**
 * The traffic generator: one process in the client's namespace, spoken to in JSON lines over stdin and stdout.
 *
 *     argv[2]  TrafficOptions
 *     in   {"cmd":"step","name":"…"}   end the current step, begin the one of that name
 *          {"cmd":"peek"}              how the current step stands
 *     out  {"event":"ready"|"step"|"peek","summary":StepSummary}   `ready` once, then one line per command, in order
 *
 * It ends when stdin does.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { runBeforeOthers } from "../priority.ts";
import { mergeReports } from "./merge-reports.ts";
import type { StepSummary, TrafficOptions } from "./traffic-options.ts";
import type { WorkerCommand, WorkerKind, WorkerReport, WorkerSettings } from "./worker.ts";

/** One line of stdin. */
export type TrafficCommand = { readonly cmd: "step"; readonly name: string } | { readonly cmd: "peek" };

/** One line of stdout. */
export interface TrafficEvent {
  readonly event: "ready" | "step" | "peek";
  readonly summary: StepSummary;
}

runBeforeOthers();
const options = JSON.parse(process.argv[2] ?? "") as TrafficOptions;
const workers = (["sessions", "probe"] satisfies WorkerKind[]).map(startWorker);
let name = "start";
let stepStartMs = performance.now();

tell("ready", await collect(() => {}));
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as TrafficCommand;
  tell(command.cmd, await ask(command.cmd));
  if (command.cmd === "step") {
    name = command.name;
    stepStartMs = performance.now();
  }
}
process.exit(0);

function startWorker(kind: WorkerKind): Worker {
  const settings: WorkerSettings = { kind, options };
  return new Worker(new URL("worker.ts", import.meta.url), { workerData: settings });
}

function ask(command: WorkerCommand): Promise<WorkerReport[]> {
  return collect((worker) => worker.postMessage(command));
}

/** The next report of each worker. */
function collect(request: (worker: Worker) => void): Promise<WorkerReport[]> {
  return Promise.all(
    workers.map(async (worker) => {
      const reported = once(worker, "message");
      request(worker);
      return (await reported)[0] as WorkerReport;
    }),
  );
}

function tell(event: TrafficEvent["event"], reports: readonly WorkerReport[]): void {
  const summary = mergeReports(name, performance.now() - stepStartMs, reports);
  process.stdout.write(`${JSON.stringify({ event, summary } satisfies TrafficEvent)}\n`);
}
