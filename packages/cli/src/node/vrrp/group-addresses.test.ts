import type { VirtualAddress } from "keepalived-config";
import { expect, test } from "vitest";
import { parseIpAddresses } from "./address-table.ts";
import { heldAddresses, releaseAddresses } from "./group-addresses.ts";

const at = (address: string, name: string): VirtualAddress => ({ address, interface: name });
const wanted = [at("192.0.2.1/32", "eth0"), at("10.0.0.254/32", "eth1"), at("2001:db8::1/128", "eth0")];

test("addresses are read from what ip prints, links without any passed over", () => {
  const json = JSON.stringify([
    {},
    { ifname: "lo", addr_info: [{ local: "127.0.0.1", prefixlen: 8 }] },
    {
      ifname: "eth0",
      addr_info: [{ local: "192.0.2.1", prefixlen: 32 }, {}, { local: "fe80::1", prefixlen: 64 }],
    },
  ]);
  expect(parseIpAddresses(json)).toEqual([
    at("127.0.0.1/8", "lo"),
    at("192.0.2.1/32", "eth0"),
    at("fe80::1/64", "eth0"),
  ]);
});

const cases: [what: string, present: VirtualAddress[], held: VirtualAddress[]][] = [
  ["all that are there", wanted, wanted],
  ["one with another prefix length", [at("192.0.2.1/24", "eth0")], [at("192.0.2.1/24", "eth0")]],
  ["none on another interface", [at("192.0.2.1/32", "eth1")], []],
  ["none that only begins alike", [at("192.0.2.10/32", "eth0")], []],
  ["nothing of nothing", [], []],
];
for (const [what, present, held] of cases) {
  test(`held addresses are ${what}`, () => expect(heldAddresses(wanted, present)).toEqual(held));
}

test("releasing removes the group's addresses as they stand on the interface, and no other", async () => {
  const own = at("192.0.2.11/24", "eth0");
  const present = new Set([own, at("192.0.2.1/24", "eth0"), wanted[1]!]);
  const table = {
    list: async () => [...present],
    remove: async (address: VirtualAddress) => void present.delete(address),
  };
  await releaseAddresses(table, wanted);
  expect([...present]).toEqual([own]);
});
