import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { tunnelsIn } from "../../node/document/tunnel-room.ts";
import { examine, PATIENT } from "./testing.ts";
import { probeTunnels } from "./tunnels.ts";

/** Tunnels to addresses, of a service of each family. */
const tunnelsTo = (...addresses: string[]) =>
  tunnelsIn(
    DocumentSpec.parse({
      version: 1,
      services: ["192.0.2.10", "2001:db8::10"].map((address) => ({
        protocol: "tcp",
        address,
        port: 80,
        method: "tunnel",
        destinations: addresses.map((d) => ({ address: d })),
      })),
    }),
  );

const NARROW = { "10.0.0.1": 1600, "10.0.0.2": 1500, "10.0.0.3": 1280 };
const cases: [what: string, addresses: string[], ...want: string[]][] = [
  ["no tunnel", [], "ok room for tunnels: no tunnels"],
  ["wide ways", ["10.0.0.1"], "ok room for tunnels: enough in all of them"],
  [
    "common ways",
    ["10.0.0.1", "10.0.0.2"],
    'warn room for tunnels: the tunnel of "tcp 192.0.2.10:80 -> 10.0.0.2:80" has room for packets of 1480: ipip takes 20 of the path MTU of 1500; what is larger is refused by ICMP, which firewalls on its way to the client may drop',
    'warn room for tunnels: the tunnel of "tcp [2001:db8::10]:80 -> 10.0.0.2:80" has room for packets of 1480: ipip takes 20 of the path MTU of 1500; what is larger is refused by ICMP, which firewalls on its way to the client may drop',
  ],
];
for (const [what, addresses, ...want] of cases) {
  test(`room for tunnels over ${what} is told`, async () =>
    expect(await examine(probeTunnels, { mtus: NARROW }, { tunnels: tunnelsTo(...addresses) })).toEqual(
      want,
    ));
}

test("room for tunnels that is missing fails, and what would do is told", async () => {
  const machine = {
    ...PATIENT.machine,
    pathMtu: (address: string) => NARROW[address as keyof typeof NARROW],
  };
  const findings = await probeTunnels({ ...PATIENT, machine, tunnels: tunnelsTo("10.0.0.3", "10.0.0.9") });
  expect(findings.map(({ verdict, fix }) => `${verdict}: ${fix}`)).toEqual([
    "fail: see to a path MTU of 1300 or more, or `pmtuDiscovery: false`, which cuts what does not fit",
    "warn: see to a route to 10.0.0.9",
    "warn: see to a path MTU of 1520, or an MSS of 1220 at its destination",
  ]);
});
