import type { ServiceStatus } from "@tandem/engine/client";
import { expect, test } from "vitest";
import { fakeServices } from "../testing/fake-services.ts";
import { mergeServices } from "./merge-services.ts";

test("merged services have the most connections of any node, and tell where nodes disagree", () => {
  const [service] = fakeServices as [ServiceStatus];
  const there = structuredClone(service);
  Object.assign(there.destinations[0]!, {
    activeConnections: 9_000_000,
    inactiveConnections: 0,
    health: "down",
    effectiveWeight: 0,
    why: "connection refused",
  });
  const [merged] = mergeServices([
    { node: "lb1", answer: [service] },
    { node: "lb2", answer: [there, { ...service, id: 99 }] },
  ]);
  expect(merged!.destinations[0]).toMatchObject({
    activeConnections: 9_000_000,
    inactiveConnections: service.destinations[0]!.inactiveConnections,
    health: "up",
    why: "lb2 says down, weight 0, connection refused",
  });
  expect(merged!.destinations[1]!.why).toBe(service.destinations[1]!.why);
});

test("directors that give a destination another weight are told of, with what each says", () => {
  const [service] = fakeServices;
  const slower = { ...service!.destinations[0]!, effectiveWeight: 3, why: "slow start" };
  const [merged] = mergeServices([
    { node: "lb1", answer: [service!] },
    { node: "lb2", answer: [{ ...service!, destinations: [slower] }] },
  ]);
  expect(merged!.destinations[0]!.why).toBe("lb2 says up, weight 3, slow start");
});
