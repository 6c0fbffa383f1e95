import { expect, test } from "vitest";
import type { CapturedPacket, CaptureFilter } from "./core/capture/captured.ts";
import { createCaptured } from "./core/capture/credit.ts";
import { type CapturedBatch, createCaptures } from "./engine-captures.ts";
import type { ForwarderOrder } from "./forwarder-protocol.ts";

const packet = (more: Partial<CapturedPacket>): CapturedPacket => ({
  ...createCaptured(),
  path: "fast",
  interface: "eth0",
  ...more,
});
const dropped: CaptureFilter = { reasons: new Set(["mid_stream"]) };
const ofOne: CaptureFilter = { reasons: new Set(["forwarded", "mid_stream"]), service: 1 };

function start() {
  const orders: ForwarderOrder[] = [];
  const captures = createCaptures((order) => orders.push(order));
  const filters = () => orders.filter((o) => o.type === "capture").map((o) => o.filter);
  return { captures, orders, filters };
}

test("the forwarder is told one capture's own filter, the widest of several, and the end of the last", () => {
  const { captures, filters } = start();
  const stop = captures.start(ofOne, () => {});
  const stopOther = captures.start(dropped, () => {});
  stop();
  stop();
  stopOther();
  const both = { reasons: new Set(["forwarded", "mid_stream"]) };
  expect(filters()).toEqual([ofOne, both, dropped, undefined]);
});

test("each capture is told what its own filter shows, and all of them what was lost", () => {
  const { captures, orders } = start();
  const told = { drops: [] as CapturedBatch[], one: [] as CapturedBatch[] };
  captures.start(dropped, (batch) => told.drops.push(batch));
  captures.start(ofOne, (batch) => told.one.push(batch));
  const drop = packet({ reason: "mid_stream", service: 2 });
  const pass = packet({ reason: "forwarded", service: 1 });
  captures.take({ packets: [drop, pass], lost: 0 });
  captures.take({ packets: [pass], lost: 3 });
  expect(told.drops).toEqual([
    { packets: [drop], lost: 0 },
    { packets: [], lost: 3 },
  ]);
  expect(told.one).toEqual([
    { packets: [pass], lost: 0 },
    { packets: [pass], lost: 3 },
  ]);
  expect(orders.filter((o) => o.type === "captured_taken")).toHaveLength(2);
});

test("a batch that arrives after the last capture has ended is taken, and shown to nobody", () => {
  const { captures, orders } = start();
  const told: CapturedBatch[] = [];
  captures.start(dropped, (batch) => told.push(batch))();
  captures.take({ packets: [packet({ reason: "mid_stream" })], lost: 0 });
  expect(told).toEqual([]);
  expect(orders.at(-1)).toEqual({ type: "captured_taken" });
});
