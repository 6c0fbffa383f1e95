import { expect, test } from "vitest";
import { TcpState, tcp } from "./protocols/tcp.ts";
import { documentOf, startInProcess } from "./testing.ts";
import {
  A,
  client,
  destinationsOf,
  establish,
  packetsOf,
  receive,
  run,
  TICKS_PER_SECOND,
  WEB,
  web,
} from "./testing-clients.ts";

test("forwarder counts packets of the fast path and its own, and connections", () => {
  const f = startInProcess({ capacity: 8 });
  run(f, WEB);
  establish(f, 1);
  receive(f, client(2));
  f.settle();
  const counts = f.ask("counts", {});
  expect(counts).toMatchObject({ connections: 2, capacity: 16 });
  expect(counts.owned).toEqual(new Map([["", 2]]));
  expect(Object.fromEntries(counts.packets)).toMatchObject({ new_flow: 2, scheduled: 2, forwarded: 4 });
});

test("forwarder counts connections that had to go for new ones", () => {
  const f = startInProcess({ capacity: 16 });
  run(f, WEB);
  for (let n = 1; n <= 16; n++) receive(f, client(n));
  f.settle();
  // two records, one of eight, are to stay free: the first connection that finds fewer costs an old one
  expect(f.ask("counts", {})).toMatchObject({ connections: 15, evicted: { nearly_full: 1, drop_entry: 0 } });
});

test("a destination's traffic is what its connections have, dead or alive", () => {
  const f = startInProcess();
  run(f, WEB);
  const traffic = () => destinationsOf(f)[0]!;
  for (const n of [1, 2]) establish(f, n);
  const alive = traffic();
  expect(alive).toMatchObject({ effectiveWeight: 1, activeConnections: 2, connections: 2 });
  expect(alive).toMatchObject({ inPackets: 4, inBytes: 160, outPackets: 2, outBytes: 80 });
  receive(f, client(1, "R"));
  f.settle();
  f.clock.now += (tcp.timeoutSeconds[TcpState.established]! + 1) * TICKS_PER_SECOND;
  f.settle();
  expect(f.ask("counts", {}).connections).toBe(0);
  expect(traffic()).toMatchObject({ activeConnections: 0, inactiveConnections: 0, connections: 2 });
  expect(traffic()).toMatchObject({ inPackets: 5, inBytes: 200, outPackets: 2, outBytes: 80 });
});

test("what a service has had never falls, whatever becomes of its destinations", () => {
  const f = startInProcess();
  const one = [{ address: "10.0.0.1" }];
  const two = documentOf([web([...one, { address: "10.0.0.2" }])]);
  run(f, two);
  for (let n = 1; n <= 4; n++) {
    receive(f, client(n));
    f.settle();
  }
  const service = () => f.ask("services", {})[0]!;
  const had = { serviceId: 1, connections: 4, inPackets: 4, inBytes: 160, outPackets: 0 };
  const [a, b] = [
    { destinationId: A, activeConnections: 2, removed: undefined },
    { destinationId: A + 1, activeConnections: 2, removed: undefined },
  ];
  expect(service()).toMatchObject({ ...had, destinations: [a, b] });

  const without = documentOf([web(one)], two);
  run(f, without);
  const removed = { address: "10.0.0.2", id: A + 1 };
  expect(service()).toMatchObject({ ...had, destinations: [a, { ...b, removed }] });

  f.clock.now += 120 * TICKS_PER_SECOND; // nobody answered
  f.settle();
  expect(f.ask("counts", {}).connections).toBe(0);
  expect(service()).toMatchObject({ ...had, destinations: [{ ...a, activeConnections: 0 }] });
  expect(service().destinations).toHaveLength(1);

  run(f, documentOf([web([...one, { address: "10.0.0.2" }])], without));
  for (let n = 1; n <= 2; n++) {
    receive(f, client(n));
    f.settle();
  }
  const again = { destinationId: A + 1, connections: 1, removed: undefined };
  expect(service()).toMatchObject({
    connections: 6,
    inPackets: 6,
    destinations: [{ connections: 3 }, again],
  });
});

test("forwarder says what goes on now, by destination and service, of what ends, too", () => {
  const f = startInProcess();
  run(f, WEB);
  f.settle(); // the first sample
  for (let n = 1; n <= 80; n++) establish(f, n);
  for (let n = 1; n <= 80; n += 2) receive(f, client(n, "R"));
  f.clock.now += Math.ceil(30 * TICKS_PER_SECOND); // those are gone by now
  f.settle();
  const want = { connectionsPerSecond: 10, inPacketsPerSecond: 25, outPacketsPerSecond: 10 };
  const rates = f.ask("rates", {});
  expect([...rates.keys()].toSorted()).toEqual([1, A]);
  for (const id of [1, A]) expect(rates.get(id)).toMatchObject(want);
});

test("a connection that finds no room in the flow map is none, and is counted", () => {
  const f = startInProcess({ flowCapacity: 3 });
  run(f, WEB);
  for (const n of [1, 2]) receive(f, client(n));
  f.settle();
  expect(f.ask("counts", {}).connections).toBe(1);
  expect(packetsOf(f).get("flow_map_full")).toBeGreaterThan(0);
});

test("a packet that the kernel does not take is counted", () => {
  const f = startInProcess();
  run(f, WEB);
  f.dataplane.flushPackets = () => 2;
  f.turn();
  expect(packetsOf(f).get("inject_refused")).toBe(2);
});

test("a reason that fast path and core share is counted as one", () => {
  const f = startInProcess();
  run(f, documentOf([{ ...web(), deny: ["198.51.100.0/24"] }]));
  receive(f, client(1));
  receive(f, { ...client(1), fragment: 0x2000, payload: "1234" });
  f.settle();
  expect(packetsOf(f).get("denied")).toBe(2);
});
