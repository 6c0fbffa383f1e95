import { formatAddress } from "@tandem/model";
import { expect, test } from "vitest";
import { ROUTE } from "../core/fastpath-world.ts";
import { createTestDirector } from "../core/testing.ts";
import { buildPacket, type PacketSpec } from "../packet/testing.ts";
import { CONTRACT_NETWORK, dataPlaneContract } from "./dataplane.contract.ts";
import { createMemoryDataPlane } from "./memory.ts";

const hosts = Object.values(CONTRACT_NETWORK).map((net) => net.host as string);

dataPlaneContract("in-memory data plane", () => {
  const dataplane = createMemoryDataPlane({
    route: (address) => (hosts.includes(formatAddress(address)) ? ROUTE.notForwarded : ROUTE.success),
  });
  return {
    dataplane,
    receive: (packet) => dataplane.receive(1, packet),
    left: () => dataplane.sent.splice(0).map((s) => s.bytes),
    close: () => dataplane.close(),
  };
});

const syn = (fromPort: number, more: Partial<PacketSpec> = {}): Uint8Array =>
  buildPacket({
    protocol: "tcp",
    from: "198.51.100.7",
    fromPort,
    to: "192.0.2.1",
    toPort: 80,
    flags: "S",
    ...more,
  });
const web = { protocol: "tcp", address: "192.0.2.1", port: 80, destinations: [{ address: "10.0.0.1" }] };

test("in-memory data plane drops an upcall that finds its class's share of the ring used up", () => {
  const { dataplane, configure } = createTestDirector({ upcallCapacity: 8 });
  configure([web]);
  const reasons = [1, 2, 3, 4, 5].map((port) => dataplane.receive(1, syn(port)).reason);
  expect(reasons).toEqual(["new_flow", "new_flow", "new_flow", "new_flow", "ring_full"]);
  expect(dataplane.receive(1, syn(6, { fragment: 0x2000 })).reason).toBe("fragment");
  expect(dataplane.counters().get("ring_full")).toBe(1);
});

test("in-memory data plane counts events that find no room", () => {
  const { dataplane, configure, settle } = createTestDirector({ eventCapacity: 0 });
  configure([web]);
  dataplane.receive(1, syn(1));
  settle();
  expect(dataplane.lostEvents()).toBe(1);
});

for (const flowCapacity of [2, 3]) {
  test(`in-memory data plane with room for ${flowCapacity} flows refuses more, and the connection is given up`, () => {
    const { dataplane, configure, settle, table } = createTestDirector({ flowCapacity });
    configure([web]);
    for (const port of [1, 2]) dataplane.receive(1, syn(port));
    settle();
    dataplane.flushFlows(() => expect.unreachable("nothing is inserted any more"));
    expect([table.size, dataplane.sent.length]).toEqual([1, 1]);
  });
}

test("in-memory data plane leaves packets for other hosts alone", () => {
  const { dataplane, configure } = createTestDirector();
  configure([web]);
  expect(dataplane.receive(1, syn(1), { isForHost: false })).toMatchObject({ reason: "other_host" });
});

const routes = [
  ["blackhole", "fib_blackhole"],
  ["unreachable", "fib_unreachable"],
  ["prohibit", "fib_prohibit"],
  ["notForwarded", "fib_not_forwarded"],
  ["forwardingDisabled", "fib_forwarding_disabled"],
  ["unsupported", "fib_unsupported"],
  ["noNeighbour", "fib_no_neighbour"],
  ["fragNeeded", "fib_frag_needed"],
] as const;
for (const [route, reason] of routes) {
  test(`in-memory data plane hands over a known flow's packet whose route says ${route}, unchanged`, () => {
    let answer: number = ROUTE.success;
    const { dataplane, configure, settle } = createTestDirector({ route: () => answer });
    configure([web]);
    dataplane.receive(1, syn(1));
    settle();
    answer = ROUTE[route];
    const packet = syn(1, { flags: "A" });
    expect(dataplane.receive(1, packet)).toMatchObject({ verdict: "upcall", reason });
    dataplane.drainUpcalls(1, (upcall) => expect(upcall.packet).toEqual(packet));
  });
}
