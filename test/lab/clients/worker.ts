/**
 * One thread of the traffic generator. The probe lives in another thread than the sessions, so that what a thousand
 * sessions cost does not blur what the probe measures.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Generator } from "./generator.ts";
import { createHttpRequests } from "./http-requests.ts";
import { createStallClock, type StallClock } from "./stall-clock.ts";
import { createTcpSessions } from "./tcp-sessions.ts";
import {
  PROBE_INTERVAL_MS,
  type SampleCount,
  STALL_LIMIT_MS,
  type StepSummary,
  type TrafficOptions,
} from "./traffic-options.ts";
import { createUdpFlows } from "./udp-flows.ts";
import { createUdpProbe } from "./udp-probe.ts";

export type WorkerKind = "sessions" | "probe";

export interface WorkerSettings {
  readonly kind: WorkerKind;
  readonly options: TrafficOptions;
}

/** `step` reads and begins a new step; `peek` only reads. Each is answered by one WorkerReport, in order. */
export type WorkerCommand = "step" | "peek";

/** Its parts of the summary, and how far they can be trusted. The very first report means: started. */
export interface WorkerReport {
  readonly parts: Partial<StepSummary>;
  readonly samples: SampleCount;
  readonly stalls: StepSummary["stalls"];
}

type Part = Partial<StepSummary>;

const GENERATORS: Record<WorkerKind, (options: TrafficOptions, clock: StallClock) => Generator<Part>[]> = {
  sessions: (options, clock) => [createTcpSessions(options.tcp, clock), createUdpFlows(options.udp, clock)],
  probe: (options, clock) => [createUdpProbe(options.probe, clock), createHttpRequests(options.http, clock)],
};

if (parentPort) await generate(workerData as WorkerSettings, parentPort);

async function generate(settings: WorkerSettings, port: NonNullable<typeof parentPort>): Promise<void> {
  const clock = createStallClock(STALL_LIMIT_MS + PROBE_INTERVAL_MS, () => performance.now());
  const generators = GENERATORS[settings.kind](settings.options, clock);
  for (const generator of generators) await generator.start();
  setInterval(() => {
    for (const generator of generators) generator.tick(clock.nowMs());
  }, PROBE_INTERVAL_MS);
  const reset = () => {
    for (const generator of generators) generator.reset();
    clock.reset();
  };
  const report = () => port.postMessage(readReport(generators, clock));
  reset();
  port.on("message", (command: WorkerCommand) => {
    report();
    if (command === "step") reset();
  });
  report();
}

function readReport(generators: readonly Generator<Part>[], clock: StallClock): WorkerReport {
  const nowMs = clock.nowMs();
  const counts = generators.map((generator) => generator.count());
  return {
    parts: Object.assign({}, ...generators.map((generator) => generator.read(nowMs))),
    samples: {
      taken: counts.reduce((sum, count) => sum + count.taken, 0),
      voided: counts.reduce((sum, count) => sum + count.voided, 0),
    },
    stalls: clock.stalls(),
  };
}
