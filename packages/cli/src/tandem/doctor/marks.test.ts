import { expect, test } from "vitest";
import { emptyMachine } from "../../testing/run-tandem.ts";
import { probeMarks } from "./marks.ts";

const patient = { machine: emptyMachine, virtualAddresses: [], tunnels: [], interfaces: [], hasVrrp: false };

test("firewall marks are well where rules give all of them, and named where none does", () => {
  expect(probeMarks({ ...patient, marksWithoutRule: [] })).toMatchObject([{ verdict: "ok" }]);
  expect(probeMarks({ ...patient, marksWithoutRule: [7, 9] })).toEqual([
    {
      check: "firewall marks",
      verdict: "warn",
      found: "no rule gives 7, 9; what iptables and nftables give comes too late",
      fix: "give them by `marks` of the document, unless a tc filter does so before Tandem",
    },
  ]);
});
