import { expect, test } from "vitest";
import { mergeReports } from "./merge-reports.ts";

test("merged summary holds the parts of all threads, and sums what they voided", () => {
  const merged = mergeReports("kill", 1200, [
    {
      parts: { gapMs: { worst: 9, p99: 8 } },
      samples: { taken: 300, voided: 3 },
      stalls: { count: 1, worstMs: 40 },
    },
    { parts: { outageMs: 70 }, samples: { taken: 100, voided: 1 }, stalls: { count: 2, worstMs: 60 } },
  ]);
  expect(merged).toEqual({
    name: "kill",
    durationMs: 1200,
    gapMs: { worst: 9, p99: 8 },
    outageMs: 70,
    voided: { count: 4, share: 0.01 },
    stalls: { count: 3, worstMs: 60 },
  });
});

test("merged summary without samples has voided nothing", () => {
  const idle = { parts: {}, samples: { taken: 0, voided: 0 }, stalls: { count: 0, worstMs: 0 } };
  expect(mergeReports("idle", 0, [idle]).voided).toEqual({ count: 0, share: 0 });
});
