import type { DestinationCounts, ServiceCounts } from "@tandem/engine";
import { expect, test } from "vitest";
import { createTestService, DOCUMENT } from "../testing-service.ts";

const counted = (destinationId: number, change: Partial<DestinationCounts> = {}): DestinationCounts => ({
  destinationId,
  effectiveWeight: 1,
  activeConnections: 2,
  inactiveConnections: 1,
  persistentConnections: 4,
  isOverloaded: true,
  removed: undefined,
  connections: 10,
  inPackets: 100,
  inBytes: 1000,
  outPackets: 50,
  outBytes: 500,
  ...change,
});

/** A service that has had more than its destinations. */
const countedService = (serviceId: number, destinations: DestinationCounts[]): ServiceCounts => ({
  serviceId,
  connections: 20,
  inPackets: 200,
  inBytes: 2000,
  outPackets: 100,
  outBytes: 1000,
  destinations,
});

test("services are those of the document, with what the forwarder counts and health believes", async () => {
  const { api } = createTestService({
    counts: [countedService(1, [counted(2, { effectiveWeight: 5 }), counted(3, { effectiveWeight: 0 })])],
  });
  const [web, dns] = await api.services();
  expect(web).toMatchObject({ id: 1, protocol: "tcp", address: "192.0.2.1", port: 80, scheduler: "wlc" });
  expect(web?.traffic).toEqual({
    connections: 20,
    inPackets: 200,
    inBytes: 2000,
    outPackets: 100,
    outBytes: 1000,
  });
  const rates = { connections: 1, inPackets: 2, inBytes: 3, outPackets: 4, outBytes: 5 };
  expect(web).toMatchObject({ rates, destinations: [{ rates }, { rates }, { rates: { inPackets: 0 } }] });
  expect(
    web?.destinations.map((d) => [d.port, d.configuredWeight, d.effectiveWeight, d.health, d.why]),
  ).toEqual([
    [80, 5, 5, "up", "connected"],
    [8080, 1, 0, "down", "connection refused"],
    [80, 1, 0, "unchecked", "not checked"],
  ]);
  expect(web?.destinations[0]).toMatchObject({
    method: "masquerade",
    activeConnections: 2,
    inactiveConnections: 1,
  });
  expect(dns?.destinations).toMatchObject([{ port: 53, health: "unchecked", why: "" }]);
});

test("a firewall mark's service and its destinations tell what is their own", async () => {
  const { api } = createTestService({ counts: [countedService(7, [counted(8)])] });
  const [, , marked] = await api.services();
  expect(marked).toMatchObject({
    protocol: "any",
    address: "0.0.0.0",
    port: 0,
    mark: 7,
    persistence: { timeout: 360, prefix: 24 },
    onePacket: false,
    schedulerFlags: [],
  });
  expect(marked?.destinations).toMatchObject([
    {
      method: "tunnel",
      tunnel: { type: "gre", checksum: "none" },
      upperThreshold: 9,
      lowerThreshold: 0,
      overloaded: true,
      held: true,
      persistentConnections: 4,
    },
    { tunnel: { type: "ipip" }, overloaded: false, held: false, persistentConnections: 0 },
  ]);
});

const left: [what: string, change: Partial<DestinationCounts>, why: string][] = [
  ["connections", {}, "removed, 3 connections"],
  ["one connection", { activeConnections: 0 }, "removed, 1 connection"],
  ["templates", { activeConnections: 0, inactiveConnections: 0 }, "removed, 4 templates"],
];
for (const [what, change, why] of left) {
  test(`a removed destination that has ${what} is listed below the others, and weighs nothing`, async () => {
    const removed = { ...DOCUMENT.services[0]!.destinations[0]!, id: 10, address: "10.0.0.9" };
    const gone = counted(10, { ...change, effectiveWeight: 5, removed });
    const { api } = createTestService({ counts: [countedService(1, [counted(2), gone])] });
    const [web] = await api.services();
    expect(web?.destinations.map((d) => [d.address, d.removed])).toEqual([
      ["10.0.0.1", false],
      ["10.0.0.2", false],
      ["10.0.0.3", false],
      ["10.0.0.9", true],
    ]);
    expect(web?.destinations[3]).toMatchObject({
      id: 10,
      port: 80,
      method: "masquerade",
      why,
      health: "unchecked",
      configuredWeight: 0,
      effectiveWeight: 0,
      overloaded: false,
      held: false,
      traffic: { connections: 10 },
    });
  });
}

test("a removed destination whose connections are dropped is held", async () => {
  const removed = { ...DOCUMENT.services[2]!.destinations[1]!, id: 10 };
  const gone = countedService(7, [counted(10, { removed })]);
  const services = DOCUMENT.services.map((s) => ({ ...s, whenRemoved: "drop" as const }));
  const { api } = createTestService({ counts: [gone], document: { ...DOCUMENT, services } });
  expect((await api.services())[2]?.destinations[2]).toMatchObject({
    held: true,
    method: "tunnel",
    tunnel: { type: "ipip" },
    upperThreshold: 0,
  });
});

test("a destination that has come back since it was counted is listed once", async () => {
  const removed = DOCUMENT.services[0]!.destinations[0]!;
  const { api } = createTestService({ counts: [countedService(1, [counted(2, { removed })])] });
  const [web] = await api.services();
  expect(web?.destinations.map((d) => [d.id, d.removed])).toEqual([2, 3, 4].map((id) => [id, false]));
});
