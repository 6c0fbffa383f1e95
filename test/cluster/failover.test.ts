/** The main job with few sessions and short waits, played once; each test looks at one part of what came of it. */
import { beforeAll, expect, test } from "vitest";
import { type DemoResult, runDemo } from "../demo/demo.ts";
import type { StepReport } from "../demo/report.ts";
import type { Show } from "../demo/scene.ts";
import { STEP_NAMES, type StepName } from "../demo/step-window.ts";

const SESSIONS = 100;
/** Generous: another lab may hold the lock. Every wait in the demo has a deadline of its own. */
const DEADLINE_MS = 600_000;

const told: string[] = [];
const show: Show = { tell: (text) => told.push(text), draw() {}, close() {} };

let result: DemoResult;
beforeAll(async () => {
  const options = { sessions: SESSIONS, isFast: true, isJson: true, logs: undefined };
  result = await runDemo(options, show, AbortSignal.timeout(DEADLINE_MS - 10_000));
  if (!result.report.ok) console.log([...told, JSON.stringify(result.report, null, 2)].join("\n"));
}, DEADLINE_MS);

const DISTURBED = STEP_NAMES.filter((name) => name !== "baseline");

function stepOf(name: StepName): StepReport {
  const step = result.report.steps.find((s) => s.name === name);
  if (!step) throw new Error(`step "${name}" was not played: ${result.report.failure}`);
  return step;
}

test("every step is completed", () => {
  expect(result.logTails).toBe("");
  expect(result.report.failure).toBeUndefined();
  expect(result.report.steps.map((step) => step.name)).toEqual(DISTURBED);
});

for (const name of DISTURBED) {
  test(`no session and no UDP flow is lost or moved in step "${name}"`, () => {
    const { sessions, udp } = stepOf(name);
    expect(sessions).toEqual({ before: SESSIONS, after: SESSIONS, lost: 0, why: {} });
    expect(udp).toEqual({ flows: SESSIONS / 5, moved: 0, lost: 0 });
  });
}

for (const name of DISTURBED) {
  test(`the right director is active after step "${name}"`, () =>
    expect(stepOf(name).active).toBe(name === "director-killed" ? "d2" : "d1"));
}

test("HTTP requests fail in no step but the kill, and there only those in flight", () => {
  const http = result.report.targets.filter(({ name }) => name.includes("HTTP"));
  expect(http).toHaveLength(6);
  expect(http.filter((target) => !target.met)).toEqual([]);
});

// How fast it is the demo judges, on a machine that has nothing else to do. Here, on any: no session waits for a second retransmission.
for (const name of ["director-killed", "director-returns", "daemon-restarted", "nats-away"] as const) {
  test(`established sessions go on within a moment in step "${name}"`, () => {
    const { gapMs, outageMs } = stepOf(name);
    expect(outageMs).toBeLessThan(1500);
    expect(gapMs.worst).toBeLessThan(2500);
  });
}
