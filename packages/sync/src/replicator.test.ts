import { afterEach, beforeEach, expect, test } from "vitest";
import { type RealNode, startRealNode } from "./testing/real-node.ts";
import { createMemoryBus, type MemoryTransport } from "./transport/memory.ts";
import { until } from "./transport/transport.contract.ts";

let transports: MemoryTransport[];
let a: RealNode;
let b: RealNode;

beforeEach(async () => {
  const bus = createMemoryBus();
  transports = ["a", "b"].map((name) => bus.connect(name));
  a = startRealNode("a", transports[0]!);
  b = startRealNode("b", transports[1]!);
  await until("both are synced", () => a.replicator.status().isSynced && b.replicator.status().isSynced);
});

afterEach(async () => {
  a.replicator.close();
  b.replicator.close();
  for (const transport of transports) await transport.close();
});

test("replicator carries connections from one table to the other and measures the lag", async () => {
  await until("the clocks are known", () => b.replicator.status().peers[0]!.clockWidthMs < 1000);
  a.table.seePacket(1, 3);
  await until("it is there", () => b.table.contents().has(1));
  expect(b.table.contents().get(1)).toMatchObject({ owner: "a", state: 3 });
  expect(b.lagsMs).toHaveLength(1);
  expect(b.lagsMs[0]).toBeLessThan(1000);
});

test("replicator's flush resolves once the peer has everything", async () => {
  for (let key = 0; key < 1000; key++) a.table.seePacket(key, 1);
  expect(await a.replicator.flush()).toBe(true);
  expect(b.table.contents().size).toBe(1000);
});

test("replicator's flush is false when the peer is gone, at its timeout or when it is closed", async () => {
  b.replicator.close();
  expect(await a.replicator.flush(50)).toBe(false);
  const pending = a.replicator.flush(60_000);
  a.replicator.close();
  expect(await pending).toBe(false);
  expect(await a.replicator.flush(60_000)).toBe(false);
});

test("replicator tells readiness once, and shows what peers say of themselves", async () => {
  expect([a.readiness, b.readiness]).toEqual([[true], [true]]);
  a.replicator.describe(42, Uint8Array.of(1, 2, 3));
  const seen = () => b.replicator.status().peers[0]!;
  await until("it is seen", () => seen().revision === 42);
  expect([...seen().presence]).toEqual([1, 2, 3]);
  expect(seen()).toMatchObject({ node: "a", state: "live", epoch: a.replicator.status().epoch });
});

test("replicator repairs after a lost connection", async () => {
  transports[0]!.setConnected(false);
  expect(a.replicator.status().isConnected).toBe(false);
  a.table.seePacket(5, 1);
  await new Promise((done) => setTimeout(done, 20)); // the batch goes nowhere
  transports[0]!.setConnected(true);
  await until("it is repaired", () => b.table.contents().has(5));
  expect(b.replicator.status().counts.happened.snapshotsRequested).toBe(1);
});
