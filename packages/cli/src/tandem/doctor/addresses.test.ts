import { expect, test } from "vitest";
import { emptyMachine } from "../../testing/run-tandem.ts";
import { probeAddresses } from "./addresses.ts";
import { PATIENT } from "./testing.ts";

const LISTED = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 192.0.2.10/32 scope global eth0\\       valid_lft forever preferred_lft forever
2: eth0    inet 192.0.2.11 peer 192.0.2.1/32 scope global eth0\\       valid_lft forever preferred_lft forever
2: eth0    inet6 2001:db8::10/128 scope global \\       valid_lft forever preferred_lft forever`;

const sees = (...virtualAddresses: string[]) =>
  probeAddresses({
    ...PATIENT,
    machine: { ...emptyMachine, run: () => ({ status: 0, output: LISTED }) },
    virtualAddresses,
  });

test("virtual addresses are looked for on every interface, in both families", () => {
  expect(sees("192.0.2.10", "192.0.2.11", "2001:db8::10")).toMatchObject([{ verdict: "ok" }]);
  expect(sees()).toMatchObject([{ verdict: "ok", found: "none" }]);
});

test("virtual addresses that are missing are named, with the command for the first", () => {
  expect(sees("192.0.2.10", "2001:db8::1")).toEqual([
    {
      check: "virtual addresses",
      verdict: "warn",
      found: "2001:db8::1 on no interface: packets come only if a router sends them here",
      fix: "ip addr add 2001:db8::1/128 dev … for each, or a route to this host",
    },
  ]);
  expect(sees("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5")).toMatchObject([
    {
      found: expect.stringMatching(/^192\.0\.2\.1, 192\.0\.2\.2, 192\.0\.2\.3 and 2 more on no interface/),
      fix: expect.stringMatching(/^ip addr add 192\.0\.2\.1\/32 /),
    },
  ]);
});

const excused: [why: string, hasVrrp: boolean, found: string][] = [
  ["keepalived moves them", true, "keepalived moves them"],
  ["they cannot be seen", false, "cannot be seen"],
];
for (const [why, hasVrrp, found] of excused) {
  test(`virtual addresses are not missed where ${why}`, () => {
    const virtualAddresses = ["192.0.2.1"];
    const patient = {
      machine: emptyMachine,
      virtualAddresses,
      tunnels: [],
      interfaces: undefined,
      hasVrrp,
      marksWithoutRule: [],
    };
    expect(probeAddresses(patient)).toEqual([{ check: "virtual addresses", verdict: "ok", found }]);
  });
}
