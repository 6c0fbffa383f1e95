import { expect, test } from "vitest";
import { type KeepalivedRecord, planStart, restartDelayMs, type StartPlan } from "./adoption.ts";

const running = { pid: 70, startTicks: 900 };
const record: KeepalivedRecord = { pid: 70, startTicks: 900, configHash: "wanted" };

const cases: [
  what: string,
  plan: StartPlan,
  found: typeof running | undefined,
  record: KeepalivedRecord | undefined,
][] = [
  ["none runs and none was recorded", "start", undefined, undefined],
  ["the recorded one has died", "start", undefined, record],
  ["the recorded one runs what we want", "adopt", running, record],
  ["the recorded one runs something else", "reload", running, { ...record, configHash: "other" }],
  ["the record was never written", "reload", running, undefined],
  ["the record is of another pid", "reload", running, { ...record, pid: 71 }],
  [
    "the record is of an earlier process with the same pid",
    "reload",
    running,
    { ...record, startTicks: 800 },
  ],
];
for (const [what, plan, found, left] of cases) {
  test(`keepalived: ${plan} when ${what}`, () => expect(planStart(found, left, "wanted")).toBe(plan));
}

test("keepalived is started again at once, then ever later, at most every 30 s", () =>
  expect([1, 2, 3, 4, 5, 6, 7, 8, 99].map(restartDelayMs)).toEqual([
    0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ]));
