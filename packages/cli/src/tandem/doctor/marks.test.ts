import { expect, test } from "vitest";
import { probeMarks } from "./marks.ts";
import { PATIENT } from "./testing.ts";

test("firewall marks are well where rules give all of them, and named where none does", () => {
  expect(probeMarks({ ...PATIENT, marksWithoutRule: [] })).toMatchObject([{ verdict: "ok" }]);
  expect(probeMarks({ ...PATIENT, marksWithoutRule: [7, 9] })).toEqual([
    {
      check: "firewall marks",
      verdict: "warn",
      found: "no rule gives 7, 9; what iptables and nftables give comes too late",
      fix: "give them by `marks` of the document, unless a tc filter does so before Tandem",
    },
  ]);
});
