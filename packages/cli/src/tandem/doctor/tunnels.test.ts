import { expect, test } from "vitest";
import { emptyMachine } from "../../testing/run-tandem.ts";
import type { TunnelTo } from "./probe.ts";
import { PATIENT } from "./testing.ts";
import { probeTunnels } from "./tunnels.ts";

const MTUS: Readonly<Record<string, string>> = { lo: "65536", eth0: "1500", eth1: "1600", tun0: "1300" };
const machine = {
  ...emptyMachine,
  list: () => Object.keys(MTUS),
  read: (path: string) => MTUS[path.split("/")[4]!],
};
const ipip: TunnelTo = { address: "10.0.0.1", type: "ipip", checksum: "none" };
const gre: TunnelTo = { address: "2001:db8::1", type: "gre", checksum: "full" };
const gue: TunnelTo = { address: "10.0.0.1", type: "gue", checksum: "full" };

const probe = (tunnels: TunnelTo[], interfaces?: string[], virtualAddresses: string[] = []) =>
  probeTunnels({ ...PATIENT, machine, virtualAddresses, tunnels, interfaces });

test("room for tunnels is of no concern without tunnels, or where no MTU can be seen", () => {
  expect(probe([], ["eth0"])).toMatchObject([{ verdict: "ok", found: "no tunnels" }]);
  expect(probe([ipip], ["gone"])).toMatchObject([{ verdict: "ok", found: "the MTU cannot be seen" }]);
});

test("room for tunnels is enough where a common packet fits beside", () => {
  expect(probe([ipip, gre])).toEqual([
    { check: "room for tunnels", verdict: "ok", found: "48 bytes beside packets of 1552, in an MTU of 1600" },
  ]);
});

const scarce: { tunnels: TunnelTo[]; at: string; found: string; fix: string; verdict: string }[] = [
  {
    tunnels: [ipip],
    at: "eth0",
    verdict: "warn",
    found:
      "20 bytes beside packets of 1480, in an MTU of 1500: clients are told by ICMP to send less, which firewalls on their way may drop",
    fix: "set the MTU of the way to the destinations to 1520, or let them clamp the MSS to 1440",
  },
  {
    tunnels: [ipip, gue],
    at: "tun0",
    verdict: "fail",
    found: "32 bytes beside packets of 1268, in an MTU of 1300: clients over IPv6 cannot send less than 1280",
    fix: "set the MTU of the way to the destinations to 1532, or let them clamp the MSS to 1228",
  },
];
for (const { tunnels, at, ...finding } of scarce) {
  test(`room for tunnels over ${at} is scarce: ${finding.verdict}`, () =>
    expect(probe(tunnels, [at], ["2001:db8::10"])).toEqual([{ check: "room for tunnels", ...finding }]));
}

test("room for tunnels is scarce, not missing, below 1280 where nobody comes over IPv6", () => {
  expect(probe([gue], ["tun0"], ["192.0.2.10"])).toMatchObject([{ verdict: "warn" }]);
});
