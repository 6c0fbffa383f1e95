import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { packTransitions } from "../../protocols/transitions.ts";
import { POLICY_FLAG } from "../layout.ts";
import { policyOf } from "./policy.ts";

const policy = (of: object) =>
  policyOf(reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, services: [], ...of })), false);

const flags: [object, number][] = [
  [{}, 0],
  [{ midStream: "host" }, POLICY_FLAG.midStreamToHost],
  [{ unmatchedReply: "forward" }, POLICY_FLAG.unmatchedToHost],
  [{ unmatchedReply: "refuse" }, POLICY_FLAG.unmatchedRefused],
  [{ scheduleIcmp: true }, POLICY_FLAG.scheduleIcmp],
  [{ pmtuDiscovery: false }, POLICY_FLAG.tunnelsFragment],
];
for (const [settings, want] of flags) {
  test(`settings ${JSON.stringify(settings)} are flags ${want}`, () => {
    expect(policy({ settings }).flags).toBe(want);
  });
}

test("a policy has the settings' budget and table", () => {
  const { budget, transitions } = policy({ settings: { sourceBudget: 50 } });
  expect([budget, transitions]).toEqual([50, packTransitions()]);
});

test("a rule names what the document names, and otherwise everything", () => {
  const { rules } = policy({
    marks: [
      { mark: 1, protocol: "udp" },
      {
        mark: 2,
        protocol: "tcp",
        source: "198.51.100.0/24",
        destinationPorts: "8000-8099",
        interface: "eth0",
      },
      { mark: 3, destination: "2001:db8::/32", sourcePorts: "53" },
    ],
  });
  const any = [0, 65_535];
  expect(rules).toEqual([
    { mark: 1, protocol: 17, sourcePorts: any, destinationPorts: any },
    {
      mark: 2,
      protocol: 6,
      source: { family: 4, address: Uint8Array.of(198, 51, 100, 0), bits: 24 },
      sourcePorts: any,
      destinationPorts: [8000, 8099],
      interface: "eth0",
    },
    {
      mark: 3,
      protocol: 0,
      destination: expect.objectContaining({ family: 6, bits: 32 }),
      sourcePorts: [53, 53],
      destinationPorts: any,
    },
  ]);
});
