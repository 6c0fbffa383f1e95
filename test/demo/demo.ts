/** Runs the scenario in a lab of its own. What comes of it is a report; how it looks meanwhile is the show's affair. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLab, LabError, type OwnLab, startTraffic, type Traffic } from "../lab/index.ts";
import { type Board, createBoard } from "./board.ts";
import { type Cluster, createCluster } from "./cluster.ts";
import { activeOf } from "./conditions.ts";
import type { DemoOptions } from "./options.ts";
import { FAST_PACE, FULL_PACE } from "./pace.ts";
import { type DemoOutcome, type DemoReport, reportOf } from "./report.ts";
import { type Sampler, startSampler } from "./sampler.ts";
import { SCENARIO, SETUP, type Stage, type Step } from "./scenario.ts";
import type { Show } from "./scene.ts";
import { DIRECTORS, trafficFor } from "./site.ts";
import type { Facts, StepWindow } from "./step-window.ts";

/** How the demo went. */
export interface DemoResult {
  readonly report: DemoReport;
  readonly windows: readonly StepWindow[];
  /** The end of each daemon's log, when something could not be completed; else empty. */
  readonly logTails: string;
}

/**
 * Run the demo from an empty machine to an empty machine.
 *
 * @param signal ends it early; the lab is removed then as well
 * @throws LabError when there can be no lab here; the signal's reason when it was aborted
 */
export async function runDemo(options: DemoOptions, show: Show, signal: AbortSignal): Promise<DemoResult> {
  const aborted = rejectOn(signal);
  const lab = await bringUp(show, aborted);
  const cluster = createCluster(lab);
  const performance = perform({ lab, cluster }, options, show);
  performance.catch(() => {}); // after an abort nobody waits for it
  try {
    return await Promise.race([performance, aborted]);
  } finally {
    cluster.close();
    if (options.logs !== undefined) cpSync(join(lab.dir, "logs"), options.logs, { recursive: true });
    await lab.down();
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // matters to those who race against it
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener("abort", () => reject(signal.reason));
  return promise;
}

/** A lab, or the abort's reason at once while another lab holds the lock. */
async function bringUp(show: Show, aborted: Promise<never>): Promise<OwnLab> {
  show.tell("bringing up the lab: a client, two directors, three servers, three NATS servers");
  const held = Promise.withResolvers<void>();
  const onWait = (holder: string) => {
    show.tell(`waiting for another lab to end: ${holder}`);
    held.resolve();
  };
  const coming = createLab({ onWait });
  return Promise.race([coming, held.promise.then(() => aborted)]);
}

interface Place {
  readonly lab: OwnLab;
  readonly cluster: Cluster;
}

async function perform(place: Place, options: DemoOptions, show: Show): Promise<DemoResult> {
  const { cluster } = place;
  const windows: StepWindow[] = [];
  let failure: DemoOutcome["failure"];
  try {
    const traffic = await setUp(place, options, show);
    failure = await playAll({ ...place, traffic }, windows, { options, show });
  } catch (error) {
    failure = { why: messageOf(error) };
  }
  const tails = DIRECTORS.map((name) => `--- log of ${name}\n${cluster.directors[name].logTail()}\n`);
  return {
    report: reportOf({ sessions: options.sessions, windows, ...(failure && { failure }) }),
    windows,
    logTails: failure ? tails.join("") : "",
  };
}

async function setUp(place: Place, { sessions }: DemoOptions, show: Show): Promise<Traffic> {
  for (const move of SETUP) {
    show.tell(move.text);
    await Promise.race([move.act(place), place.cluster.death]);
  }
  show.tell(`${sessions} TCP sessions are opened`);
  const traffic = await startTraffic(place.lab, trafficFor(sessions));
  const { before } = traffic.started.sessions;
  if (before < sessions) throw new LabError(`Cannot begin: ${before} sessions are open, wanted ${sessions}`);
  return traffic;
}

/** Play every step, adding its window to `windows`. Returns what stopped it, if anything did. */
async function playAll(
  place: Place & { readonly traffic: Traffic },
  windows: StepWindow[],
  { options, show }: { readonly options: DemoOptions; readonly show: Show },
): Promise<DemoOutcome["failure"]> {
  const titles = SCENARIO.map((step) => step.title);
  const board = createBoard(show, titles, options.sessions);
  const sampler = startSampler(place.cluster, place.traffic, board.sample);
  const pace = options.isFast ? FAST_PACE : FULL_PACE;
  try {
    await sleep(pace.warmUpMs);
    for (const [i, step] of SCENARIO.entries()) {
      board.begin(i);
      const { window, why } = await play(step, { ...place, pace, board, sampler });
      windows.push(window);
      board.end(i, window.traffic, why === undefined);
      if (why !== undefined) return { step: step.name, why };
    }
    return undefined;
  } finally {
    sampler.stop();
    await place.traffic.stop();
  }
}

interface Theatre extends Omit<Stage, "note"> {
  readonly board: Board;
  readonly sampler: Sampler;
}

/** Play one step. What happened in it is told even when it could not be completed; `why` says so then. */
async function play(step: Step, theatre: Theatre): Promise<{ window: StepWindow; why: string | undefined }> {
  const { cluster, traffic, board, sampler } = theatre;
  let facts: Facts = {};
  const note = (more: Facts) => void (facts = { ...facts, ...more });
  await traffic.step(step.name);
  sampler.takeLag();
  const why = await failureOf(async () => {
    for (const move of step.moves) {
      board.move(move.text);
      await Promise.race([move.act({ ...theatre, note }), cluster.death]);
    }
  });
  const summary = await traffic.step("between");
  const active = activeOf(await cluster.view());
  const replicationLagMs = sampler.takeLag();
  return { window: { name: step.name, traffic: summary, active, replicationLagMs, facts }, why };
}

async function failureOf(task: () => Promise<void>): Promise<string | undefined> {
  return task().then(() => undefined, messageOf);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
