import { expect, test } from "vitest";
import { type DirectorVrrpSpec, directorVrrpConfig, type VrrpGroupSpec } from "./director.ts";
import { emitKeepalivedConf } from "./emit.ts";

const group: VrrpGroupSpec = {
  name: "web",
  interface: "eth0",
  virtualRouterId: 51,
  basePriority: 100,
  addresses: [
    { address: "192.0.2.1" },
    { address: "192.0.2.2", prefixLength: 24 },
    { address: "2001:DB8:0::1" },
    { address: "10.0.0.254", interface: "eth1" },
  ],
};
const spec: DirectorVrrpSpec = { node: "director-a", groups: [group], peers: [] };
const paths = {
  notifyFifo: "/run/tandem/notify",
  readiness: "/run/tandem/readiness",
  maintenance: "/run/tandem/maintenance",
  heartbeat: "/run/tandem/heartbeat",
};
const instance = (change: Partial<VrrpGroupSpec> = {}) =>
  directorVrrpConfig({ ...spec, groups: [{ ...group, ...change }] }, paths).instances[0]!;

test("a group advertises its first address and moves the others with it", () => {
  expect(instance().advertised).toEqual([{ address: "192.0.2.1/32", interface: "eth0" }]);
  expect(instance().excluded).toEqual([
    { address: "192.0.2.2/24", interface: "eth0" },
    { address: "2001:db8::1/128", interface: "eth0" },
    { address: "10.0.0.254/32", interface: "eth1" },
  ]);
});

test("a group tracks the interfaces of its addresses, its own left out", () =>
  expect(instance().trackInterfaces).toEqual(["eth1"]));

test("interfaces that are missing are waited for", () =>
  expect(directorVrrpConfig(spec, paths).globals.awaitsInterfaces).toBe(true));

test("adverts are sent every 20 ms and six may be missed", () =>
  expect(instance()).toMatchObject({ advertIntervalMs: 20, downTimerAdverts: 6 }));

test("the heartbeat check compares two readings of the uptime and can be written", () => {
  const text = emitKeepalivedConf(directorVrrpConfig(spec, paths));
  expect(text).toContain(
    `script "/bin/sh -c 'read -r beat </run/tandem/heartbeat && read -r up _ </proc/uptime && ` +
      `age=$((\${up%.*}\${up#*.} - beat)) && [ $age -ge 0 ] && [ $age -le 200 ]'"`,
  );
});

const refused: [what: string, run: () => unknown, message: string][] = [
  [
    "a base priority that readiness could not outweigh",
    () => instance({ basePriority: 121 }),
    'Cannot set up VRRP group "web": base priority is 121, wanted 80–120',
  ],
  ["a group without addresses", () => instance({ addresses: [] }), "addresses is empty, wanted at least one"],
  [
    "an address that is none",
    () => instance({ addresses: [{ address: "192.0.2" }] }),
    'address is "192.0.2", wanted an IPv4 or IPv6 address',
  ],
  [
    "a prefix longer than the address",
    () => instance({ addresses: [{ address: "192.0.2.1", prefixLength: 64 }] }),
    'prefix length of "192.0.2.1" is 64, wanted 1–32',
  ],
  [
    "a path that the shell would read",
    () => directorVrrpConfig(spec, { ...paths, heartbeat: "/run/$(id)/beat" }),
    'Cannot write the heartbeat check: path is "/run/$(id)/beat", wanted an absolute path',
  ],
];
for (const [what, run, message] of refused) {
  test(`a director refuses ${what}`, () => expect(run).toThrow(message));
}
