import { expect, test } from "vitest";
import type { StepSummary } from "../lab/index.ts";
import { reportOf } from "./report.ts";
import type { StepName } from "./step-window.ts";
import { STEP_NAMES } from "./step-window.ts";
import { TARGETS, targetName } from "./targets.ts";
import { stepWindow, summary, windowsWith } from "./testing.ts";

const usual = summary();
const lostOne: Partial<StepSummary> = {
  sessions: { ...usual.sessions, after: 999, lost: 1, why: { reset: 1 } },
};
const movedOne: Partial<StepSummary> = { udp: { ...usual.udp, moved: 1 } };
const silentOne: Partial<StepSummary> = { udp: { ...usual.udp, lost: 1 } };
const failedOne: Partial<StepSummary> = {
  http: { ...usual.http, failed: 1, failures: [{ startedMs: 5, ageMs: 9, error: "timeout" }] },
};
const voidedMany: Partial<StepSummary> = { voided: { count: 900, share: 0.0101 } };
const gap = (worst: number, p99 = 1): Partial<StepSummary> => ({ gapMs: { worst, p99 } });

test("report is fine when every target is met", () => {
  const report = reportOf({ sessions: 1000, windows: windowsWith() });
  expect(report.targets.filter((target) => !target.met)).toEqual([]);
  expect(report).toMatchObject({ ok: true, options: { sessions: 1000 }, baseline: { gapMs: 12.4 } });
  expect(report).not.toHaveProperty("failure");
});

test("report has a step's numbers as JSON shall have them, without the baseline among the steps", () => {
  const { steps } = reportOf({ sessions: 1000, windows: windowsWith("nats-away", lostOne) });
  expect(steps.map((step) => step.name)).toEqual(STEP_NAMES.slice(1));
  expect(steps[4]).toEqual({
    name: "nats-away",
    active: "d1",
    sessions: { before: 1000, after: 999, lost: 1, why: { reset: 1 } },
    udp: { flows: 200, moved: 0, lost: 0 },
    gapMs: { worst: 12.4, p99: 8.1 },
    outageMs: 3,
    http: { ok: 200, failed: 0 },
    replicationLagMs: { p50: 1.5, p99: 7 },
    voided: 0.0001,
  });
});

/** Everything that can be missed, one at a time. The baseline's worst gap is 12.34 ms, 12.4 as reported. */
const misses: { step: StepName; what: string; seen: Partial<StepSummary>; want: number; got: number }[] = [
  ...STEP_NAMES.flatMap((step) => [
    { step, what: "sessions lost", seen: lostOne, want: 0, got: 1 },
    { step, what: "samples voided, %", seen: voidedMany, want: 1, got: 1.1 },
  ]),
  ...STEP_NAMES.slice(2).flatMap((step) => [
    { step, what: "UDP flows moved", seen: movedOne, want: 0, got: 1 },
    { step, what: "UDP flows lost", seen: silentOne, want: 0, got: 1 },
  ]),
  ...(["server-fails", "director-returns", "daemon-restarted", "nats-away"] as const).map((step) => ({
    step,
    what: "HTTP failed",
    seen: failedOne,
    want: 0,
    got: 1,
  })),
  { step: "director-killed", what: "worst gap, ms", seen: gap(500.01), want: 500, got: 500.1 },
  { step: "director-killed", what: "p99 gap, ms", seen: gap(400, 350.01), want: 350, got: 350.1 },
  { step: "director-killed", what: "outage, ms", seen: { outageMs: 200.01 }, want: 200, got: 200.1 },
  { step: "director-killed", what: "HTTP failed, not in flight", seen: failedOne, want: 0, got: 1 },
  { step: "director-returns", what: "worst gap, ms", seen: gap(112.41), want: 112.4, got: 112.5 },
  { step: "daemon-restarted", what: "worst gap, ms", seen: gap(62.41), want: 62.4, got: 62.5 },
  { step: "nats-away", what: "worst gap, ms", seen: gap(62.41), want: 62.4, got: 62.5 },
];
for (const { step, what, seen, want, got } of misses) {
  test(`report misses "${step}: ${what}", and nothing else`, () => {
    const report = reportOf({ sessions: 1000, windows: windowsWith(step, seen) });
    expect(report.ok).toBe(false);
    const missed = report.targets.filter((target) => !target.met);
    expect(missed).toEqual([{ name: `${step}: ${what}`, want, got, met: false }]);
  });
}

test("report misses requests that the failed server answered", () => {
  const windows = windowsWith().map((w) => (w.name === "server-fails" ? { ...w, facts: { strays: 2 } } : w));
  const missed = reportOf({ sessions: 1000, windows }).targets.filter((target) => !target.met);
  expect(missed).toEqual([{ name: "server-fails: HTTP to the failed server", want: 0, got: 2, met: false }]);
});

test("every target is missed by some test", () => {
  const all = STEP_NAMES.flatMap((step) => TARGETS[step].map(({ measure }) => targetName(step, measure)));
  const tested = [
    ...misses.map(({ step, what }) => `${step}: ${what}`),
    "server-fails: HTTP to the failed server",
  ];
  expect(tested.toSorted()).toEqual(all.toSorted());
});

/** The kill began at 1,000,000 and was done at 1,000,020. */
const failures: { name: string; startedMs: number; counts: number }[] = [
  { name: "was 49 ms old at the kill", startedMs: 999_951, counts: 0 },
  { name: "was 50 ms old at the kill", startedMs: 999_950, counts: 1 },
  { name: "began while the director was being killed", startedMs: 1_000_020, counts: 0 },
  { name: "began after the kill", startedMs: 1_000_021, counts: 1 },
];
for (const { name, startedMs, counts } of failures) {
  test(`a request that ${name} ${counts ? "counts" : "is excused"}`, () => {
    const failure = { startedMs, ageMs: 5_000, error: "timeout" };
    const http = { ...usual.http, failed: 1, failures: [failure] };
    const report = reportOf({ sessions: 1000, windows: windowsWith("director-killed", { http }) });
    expect(report.targets.find(({ name }) => name.endsWith("not in flight"))).toMatchObject({
      got: counts,
      met: counts === 0,
    });
    expect(report.steps[1]!.http.failed).toBe(1);
  });
}

test("failures beyond those kept in detail count", () => {
  const failure = { startedMs: 1_000_000, ageMs: 10, error: "ECONNRESET" };
  const http = { ...usual.http, failed: 103, failures: Array(100).fill(failure) };
  const { targets } = reportOf({ sessions: 1000, windows: windowsWith("director-killed", { http }) });
  expect(targets.find(({ name }) => name.endsWith("not in flight"))).toMatchObject({ got: 3, met: false });
});

test("a step that was not completed has met none of its targets, nor have those after it", () => {
  const windows = [stepWindow("baseline"), stepWindow("server-fails"), stepWindow("director-killed")];
  const failure = { step: "director-killed" as const, why: "Cannot wait until d2 is active" };
  const report = reportOf({ sessions: 1000, windows, failure });
  expect(report).toMatchObject({
    ok: false,
    failure: "director-killed: Cannot wait until d2 is active",
    baseline: { gapMs: 12.4 },
  });
  expect(report.steps.map((step) => step.name)).toEqual(["server-fails", "director-killed"]);
  for (const { name, met, got } of report.targets) {
    const isBefore = /^(baseline|server-fails)/.test(name);
    expect({ name, met, isMeasured: got !== null }).toEqual({ name, met: isBefore, isMeasured: isBefore });
  }
});

test("a run that never began has met no target", () => {
  const report = reportOf({
    sessions: 10,
    windows: [],
    failure: { why: "Cannot begin: 9 sessions are open, wanted 10" },
  });
  expect(report).toMatchObject({
    ok: false,
    failure: "Cannot begin: 9 sessions are open, wanted 10",
    baseline: { gapMs: null },
    steps: [],
  });
  expect(report.targets.filter((target) => target.met)).toEqual([]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});
