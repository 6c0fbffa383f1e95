import { expect, test } from "vitest";
import { planNamespaces, planNode, planPartition, planSwitch, planSysctls } from "./network-plan.ts";
import { ADDRESSES, addressOf, NODE_NAMES, NODES, nodesOf } from "./topology.ts";

test("topology gives no address twice", () => {
  const all = NODE_NAMES.flatMap((name) =>
    NODES[name].legs.flatMap((leg) => [leg.address, leg.address6 ?? []].flat()),
  );
  const unused = Object.values(ADDRESSES).map((address) => `${address}/${address.includes(":") ? 64 : 24}`);
  expect(new Set([...all, ...unused]).size).toBe(all.length + unused.length);
});

test("topology keeps port names within the kernel's 15 bytes", () => {
  const ports = planSwitch((node) => node).map((line) => line.split(" ")[2]!);
  expect(ports.filter((name) => name.length > 15)).toEqual([]);
});

test("topology finds nodes and addresses by role and network", () => {
  expect(nodesOf("director")).toEqual(["d1", "d2"]);
  expect(addressOf("s2", "outside")).toBe("10.77.0.12");
  expect(addressOf("s2", "outside", 6)).toBe("fd77::12");
  expect(() => addressOf("client", "inside")).toThrow('node "client" has no IPv4 address in "inside"');
  expect(() => addressOf("n1", "management", 6)).toThrow('node "n1" has no IPv6 address in "management"');
});

test("network plan makes a namespace per node and one for the bridges", () => {
  expect(planNamespaces((node) => `x-${node}`)).toHaveLength(NODE_NAMES.length + 1);
  expect(planSwitch((node) => `x-${node}`)).toContain(
    "link add d1-eth2 up master management type veth peer name eth2 netns x-d1",
  );
});

test("network plan sends a server's replies outside only from outside addresses", () => {
  const lines = planNode("s1");
  expect(lines.indexOf("route del 10.77.0.0/24 dev eth1")).toBeGreaterThan(lines.indexOf("link set eth1 up"));
  expect(lines).toContain("rule add from 10.77.0.0/24 lookup 77");
});

test("network plan writes a director's settings", () => {
  expect(planSysctls("d1")).toContain('/proc/sys/net/ipv4/ip_forward; do echo 1 > "$f"');
  expect(planSysctls("client")).not.toContain("ip_forward");
});

test("partition drops frames both ways, on every network", () => {
  const text = planPartition(["d1"], ["n1", "client"]);
  expect(text).toContain(
    'iifname { "d1-eth0", "d1-eth1", "d1-eth2" } oifname { "n1-eth0", "client-eth0" } drop',
  );
  expect(text).toContain(
    'iifname { "n1-eth0", "client-eth0" } oifname { "d1-eth0", "d1-eth1", "d1-eth2" } drop',
  );
});
