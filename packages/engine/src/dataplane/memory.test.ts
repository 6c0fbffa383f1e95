import { formatAddress, METHOD_NUMBERS, TUNNEL_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { LIFE, POLICY_FLAG, TUNNEL_FLAG } from "../core/layout.ts";
import { createTestDirector } from "../core/testing.ts";
import { fromClient, webOfOne } from "../core/testing-clients.ts";
import { ROUTE } from "../core/twin/fastpath-world.ts";
import type { Reason } from "../core/verdict.ts";
import { buildPacket, type PacketSpec } from "../packet/testing.ts";
import { packTransitions } from "../protocols/transitions.ts";
import { bytesOf, createContractScene, IDS } from "./contract/scene.ts";
import { CONTRACT_NETWORK, dataPlaneContract } from "./dataplane.contract.ts";
import type { ServiceChange } from "./dataplane.ts";
import { createMemoryDataPlane, type Departure, type MemoryOptions } from "./memory.ts";

const hosts = Object.values(CONTRACT_NETWORK).map((net) => net.host as string);

dataPlaneContract("in-memory data plane", () => {
  const dataplane = createMemoryDataPlane({
    interfaces: { client0: 1 },
    route: (address) => (hosts.includes(formatAddress(address)) ? ROUTE.notForwarded : ROUTE.success),
  });
  return {
    dataplane,
    receive: (packet) => dataplane.receive(1, packet),
    receiveOffloaded: (packet, gsoSize) => void dataplane.receive(1, packet, { gsoSize }),
    left: () => dataplane.sent.splice(0).map((s) => s.bytes),
    close: () => dataplane.close(),
  };
});

const syn = (fromPort: number, more: Partial<PacketSpec> = {}): Uint8Array =>
  fromClient("S", { fromPort, ...more });

test("in-memory data plane drops an upcall that finds its class's share of the ring used up", () => {
  const { dataplane, configure } = createTestDirector({ upcallCapacity: 8 });
  configure([webOfOne]);
  const reasons = [1, 2, 3, 4, 5].map((port) => dataplane.receive(1, syn(port)).reason);
  expect(reasons).toEqual(["new_flow", "new_flow", "new_flow", "new_flow", "ring_full"]);
  expect(dataplane.receive(1, syn(6, { fragment: 0x2000 })).reason).toBe("fragment");
  expect(dataplane.counters().get("ring_full")).toBe(1);
});

test("in-memory data plane counts events that find no room", () => {
  const { dataplane, configure, settle } = createTestDirector({ eventCapacity: 0 });
  configure([webOfOne]);
  dataplane.receive(1, syn(1));
  settle();
  expect(dataplane.lostEvents()).toBe(1);
});

for (const flowCapacity of [2, 3]) {
  test(`in-memory data plane with room for ${flowCapacity} flows refuses more, and the connection is given up`, () => {
    const { dataplane, configure, settle, table } = createTestDirector({ flowCapacity });
    configure([webOfOne]);
    for (const port of [1, 2]) dataplane.receive(1, syn(port));
    settle();
    dataplane.flushFlows(() => expect.unreachable("nothing is inserted any more"));
    expect([table.size, dataplane.sent.length]).toEqual([1, 1]);
  });
}

test("in-memory data plane leaves packets for other hosts alone", () => {
  const { dataplane, configure } = createTestDirector();
  configure([webOfOne]);
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
    configure([webOfOne]);
    dataplane.receive(1, syn(1));
    settle();
    answer = ROUTE[route];
    const packet = syn(1, { flags: "A" });
    expect(dataplane.receive(1, packet)).toMatchObject({ verdict: "upcall", reason });
    dataplane.drainUpcalls(1, (upcall) => expect(upcall.packet).toEqual(packet));
  });
}

/** A data plane with one connection of a tunnel to 10.0.0.1. */
function withTunnel(type: keyof typeof TUNNEL_NUMBERS, flags: number, options: MemoryOptions) {
  const dataplane = createMemoryDataPlane(options);
  const scene = createContractScene(4, () => ({
    dataplane,
    receive: (packet) => dataplane.receive(1, packet),
    receiveOffloaded() {},
    left: () => [],
    close() {},
  }));
  const tunnel = { address: bytesOf("10.0.0.1"), type: TUNNEL_NUMBERS[type], flags, port: 6080 };
  dataplane.program([{ kind: "set_tunnel", destination: IDS.destination, tunnel }]);
  scene.connect({ method: METHOD_NUMBERS.tunnel, life: LIFE.noOutput });
  return {
    dataplane,
    packet: (payloadBytes: number) =>
      buildPacket(scene.fromClient({ payload: new Uint8Array(payloadBytes) })),
  };
}

test("in-memory data plane measures a tunnel's packet with its headers, and hands over the MTU", () => {
  const { dataplane, packet } = withTunnel("gue", 0, { mtu: () => 1000 });
  expect(dataplane.receive(1, packet(1000 - 32 - 40))).toMatchObject({ reason: "forwarded" });
  const large = packet(1000 - 32 - 40 + 1);
  expect(dataplane.receive(1, large)).toMatchObject({ reason: "fib_frag_needed" });
  dataplane.drainUpcalls(1, (upcall) => expect(upcall).toMatchObject({ mtu: 1000, mark: 0, packet: large }));
});

test("in-memory data plane keeps a tunnel without a route, and drops what goes there", () => {
  const { dataplane, packet } = withTunnel("ipip", 0, { sourceFor: () => undefined });
  expect(dataplane.receive(1, packet(10))).toMatchObject({ reason: "destination_gone" });
  expect(dataplane.programmed()).toMatchObject([{ kind: "set_tunnel", destination: IDS.destination }]);
});

const offloaded: [keyof typeof TUNNEL_NUMBERS, number, number, Reason][] = [
  ["gue", TUNNEL_FLAG.checksum, 1000, "to_be_cut"],
  ["gue", TUNNEL_FLAG.remoteChecksum, 1000, "to_be_cut"],
  ["gre", TUNNEL_FLAG.checksum, 1000, "to_be_cut"],
  ["gre", TUNNEL_FLAG.checksum, 0, "forwarded"],
  ["gue", 0, 1000, "forwarded"],
  ["ipip", 0, 1000, "forwarded"],
];
for (const [type, flags, gsoSize, reason] of offloaded) {
  test(`in-memory data plane, segments of ${gsoSize} bytes to a tunnel by ${type} with flags ${flags}: ${reason}`, () => {
    const { dataplane, packet } = withTunnel(type, flags, {});
    expect(dataplane.receive(1, packet(3000), { gsoSize })).toMatchObject({ reason });
  });
}

test("in-memory data plane never forbids fragments where tunnels fragment", () => {
  const { dataplane, packet } = withTunnel("ipip", 0, {});
  const transitions = packTransitions();
  dataplane.setPolicy({ flags: POLICY_FLAG.tunnelsFragment, budget: 0, rules: [], transitions });
  dataplane.receive(1, packet(10));
  expect(dataplane.sent.map(({ bytes }) => bytes[6])).toEqual([0]);
});

test("in-memory data plane takes a packet's own mark before that of a rule", () => {
  const dataplane = createMemoryDataPlane({ interfaces: { eth0: 1 } });
  const ports = [0, 65_535] as const;
  const rule = { mark: 5, protocol: 6, sourcePorts: ports, destinationPorts: ports, interface: "eth0" };
  dataplane.setPolicy({ flags: 0, budget: 0, rules: [rule], transitions: packTransitions() });
  const set = (mark: number): ServiceChange => ({
    kind: "set_mark",
    at: { mark, family: 4 },
    id: mark,
    flags: 0,
  });
  dataplane.program([set(5), set(6)]);
  const marks: number[] = [];
  for (const [ifindex, mark] of [
    [1, 0],
    [1, 6],
    [1, 7],
    [2, 0],
    [2, 6],
  ] as const)
    dataplane.receive(ifindex, syn(1), { mark });
  dataplane.drainUpcalls(9, (upcall) => marks.push(upcall.mark));
  expect(marks).toEqual([5, 6, 6]);
  expect(dataplane.counters()).toEqual(
    new Map([
      ["new_flow", 3],
      ["not_ours", 2],
    ]),
  );
});

test("in-memory data plane tells what leaves in one order: the wire's and the host's", () => {
  const left: Departure[] = [];
  const { dataplane, configure, settle } = createTestDirector({
    onLeave: (departure) => left.push(departure),
  });
  configure([webOfOne]);
  dataplane.receive(1, syn(1));
  settle();
  dataplane.receive(1, syn(1, { toPort: 22 }));
  dataplane.receive(1, syn(1, { flags: "A" }));
  expect(left.map(({ to }) => to)).toEqual(["wire", "host", "wire"]);
  expect(dataplane.host).toEqual([{ bytes: syn(1, { toPort: 22 }), reason: "not_ours" }]);
});

test("in-memory data plane hands a packet over as far as its IP header names it", () => {
  const { dataplane, configure } = createTestDirector();
  configure([webOfOne]);
  dataplane.receive(1, Uint8Array.from([...syn(1), 0, 0, 0, 0, 0, 0]));
  dataplane.drainUpcalls(1, (upcall) => expect(upcall.packetBytes).toBe(syn(1).length));
});

test("in-memory data plane drops an injected packet that turns out to be for somebody else", () => {
  const dataplane = createMemoryDataPlane();
  const packet = syn(1, { fragment: 0x2000 });
  dataplane.inject("flow", { family: 4, packet, packetBytes: packet.length, gsoSize: 0, gsoSegments: 1 }, -1);
  dataplane.flushPackets();
  expect([dataplane.host, dataplane.sent]).toEqual([[], []]);
  expect(dataplane.counters()).toEqual(new Map([["not_ours", 1]]));
});

test("in-memory data plane leaves to the host what is injected for it", () => {
  const dataplane = createMemoryDataPlane();
  const packet = syn(1);
  dataplane.inject("host", { family: 4, packet, packetBytes: packet.length, gsoSize: 0, gsoSegments: 1 }, -1);
  dataplane.flushPackets();
  expect(dataplane.host).toEqual([{ bytes: packet, reason: "left_to_host" }]);
  expect(dataplane.counters()).toEqual(new Map([["left_to_host", 1]]));
});

test("in-memory data plane sends nothing by way of a record that is dead or none", () => {
  const dataplane = createMemoryDataPlane({ capacity: 4 });
  const packet = syn(1);
  for (const index of [-1, 0, 4])
    dataplane.inject(
      "via",
      { family: 4, packet, packetBytes: packet.length, gsoSize: 0, gsoSegments: 1 },
      index,
    );
  dataplane.flushPackets();
  expect(dataplane.sent).toEqual([]);
  expect(dataplane.counters()).toEqual(new Map([["inject_miss", 3]]));
});

test("in-memory data plane's budgets begin anew with each window", () => {
  let now = 0;
  const { dataplane, configure } = createTestDirector();
  configure([webOfOne]);
  const timed = createMemoryDataPlane({ now: () => now });
  timed.program(dataplane.programmed());
  timed.setPolicy({ flags: 0, budget: 1, rules: [], transitions: packTransitions() });
  const reasons = [0, 1023, 1024, 1025, 2048].map((tick) => {
    now = tick;
    return timed.receive(1, syn(tick)).reason;
  });
  expect(reasons).toEqual(["new_flow", "over_budget", "new_flow", "over_budget", "new_flow"]);
});
