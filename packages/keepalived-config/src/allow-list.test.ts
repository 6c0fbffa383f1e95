import { expect, test } from "vitest";
import { emitAllowList } from "./allow-list.ts";
import type { DirectorVrrpSpec } from "./director.ts";

const spec: DirectorVrrpSpec = {
  node: "director-a",
  peers: ["192.0.2.11", "FE80::11"],
  groups: [
    {
      name: "web",
      interface: "eth0",
      virtualRouterId: 51,
      basePriority: 100,
      addresses: [{ address: "192.0.2.1" }],
    },
    {
      name: "web6",
      interface: "eth0",
      virtualRouterId: 52,
      basePriority: 100,
      addresses: [{ address: "2001:db8::1" }],
    },
  ],
};

test("allow-list drops what no peer of the family sent, per interface and router id", () => {
  expect(emitAllowList(spec)).toBe(`# Written by Tandem. Changes made here are lost.
table inet tandem_vrrp_director_a
delete table inet tandem_vrrp_director_a
table inet tandem_vrrp_director_a {
    chain input {
        type filter hook input priority filter - 10; policy accept;
        iifname "eth0" meta l4proto 112 @th,8,8 51 ip saddr != { 192.0.2.11 } counter drop comment "VRRP group web"
        iifname "eth0" meta l4proto 112 @th,8,8 52 ip6 saddr != { fe80::11 } counter drop comment "VRRP group web6"
    }
}
`);
});

test("allow-list is absent when no peer is named", () =>
  expect(emitAllowList({ ...spec, peers: [] })).toBeUndefined());

const refused: [what: string, spec: DirectorVrrpSpec, message: string][] = [
  [
    "a peer that is no address",
    { ...spec, peers: ["director-b"] },
    'Cannot allow VRRP adverts: peers is "director-b", wanted IP addresses',
  ],
  [
    "a family without a peer, which would shut every peer out",
    { ...spec, peers: ["192.0.2.11"] },
    'peers is "192.0.2.11", wanted one of IPv6',
  ],
  [
    "an interface that would end the rule",
    { ...spec, groups: [{ ...spec.groups[0]!, interface: 'eth0" accept; #' }] },
    'group is "eth0" accept; #"',
  ],
];
for (const [what, bad, message] of refused) {
  test(`allow-list refuses ${what}`, () => expect(() => emitAllowList(bad)).toThrow(message));
}
