import { expect, test } from "vitest";
import { countsIn, formatOutcomes } from "./outcome.ts";

test("counts are read from a report, and not from half a one", () => {
  const report = JSON.stringify({
    numPassedTests: 3,
    numFailedTests: 1,
    numPendingTests: 2,
    testResults: [],
  });
  expect(countsIn(report)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  for (const broken of ["", report.slice(0, 20), "{}", "null"]) expect(countsIn(broken)).toBeUndefined();
});

test("outcomes are told part by part, then summed up", () => {
  const unit = { name: "unit", isOk: true, seconds: 41.7, tests: { passed: 5001, failed: 0, skipped: 0 } };
  const kernel = { name: "kernel", isOk: false, seconds: 9, tests: { passed: 10, failed: 2, skipped: 1 } };
  const cluster = { name: "cluster", isOk: false, seconds: 200, tests: undefined };
  expect(formatOutcomes([{ name: "types", isOk: true, seconds: 3.2 }, unit], 45).split("\n")).toEqual([
    "types    ok        3 s",
    "unit     ok       42 s  5001 passed, 0 failed",
    "in all   ok       45 s  5001 passed, 0 failed",
  ]);
  expect(formatOutcomes([unit, kernel, cluster], 201).split("\n")).toEqual([
    "unit     ok       42 s  5001 passed, 0 failed",
    "kernel   FAILED    9 s  10 passed, 2 failed, 1 skipped",
    "cluster  FAILED  200 s",
    "in all   FAILED  201 s  5011 passed, 2 failed, 1 skipped",
  ]);
});
