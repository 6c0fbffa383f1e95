import { LbError } from "@tandem/model";
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
  /** Of the last order, as it stands on what the forwarder sends from then on. */
  const number = () => orders.findLast((o) => o.type === "capture")!.number;
  return { captures, orders, filters, number };
}

/** Whoever looks, and what he was told. */
function listen() {
  const told: (CapturedBatch | LbError)[] = [];
  return {
    told,
    tell: (batch: CapturedBatch) => told.push(batch),
    fail: (error: LbError) => told.push(error),
  };
}

test("the forwarder is told one capture's own filter, the widest of several, and the end of the last", () => {
  const { captures, filters } = start();
  const stop = captures.start(ofOne, listen());
  const stopOther = captures.start(dropped, listen());
  stop();
  stop();
  stopOther();
  const both = { reasons: new Set(["forwarded", "mid_stream"]) };
  expect(filters()).toEqual([ofOne, both, dropped, undefined]);
});

test("each capture is told what its own filter shows, and all of them what was lost", () => {
  const { captures, orders, number } = start();
  const [drops, one] = [listen(), listen()];
  captures.start(dropped, drops);
  captures.start(ofOne, one);
  const drop = packet({ reason: "mid_stream", service: 2 });
  const pass = packet({ reason: "forwarded", service: 1 });
  captures.take({ packets: [drop, pass], lost: 0, number: number() });
  captures.take({ packets: [pass], lost: 3, number: number() });
  expect(drops.told).toEqual([
    { packets: [drop], lost: 0 },
    { packets: [], lost: 3 },
  ]);
  expect(one.told).toEqual([
    { packets: [pass], lost: 0 },
    { packets: [pass], lost: 3 },
  ]);
  expect(orders.filter((o) => o.type === "captured_taken")).toHaveLength(2);
});

test("a capture hears nothing of what was under way when it began, and goes on hearing when others begin and end", () => {
  const { captures, number } = start();
  const [first, second] = [listen(), listen()];
  captures.start(dropped, first);
  const before = number();
  const stopSecond = captures.start(dropped, second);
  const batch = { packets: [packet({ reason: "mid_stream" })], lost: 3 };
  captures.take({ ...batch, number: before });
  expect([first.told, second.told]).toEqual([[batch], []]);
  captures.take({ ...batch, number: number() });
  expect([first.told, second.told]).toEqual([[batch, batch], [batch]]);
  stopSecond();
  captures.take({ ...batch, number: number() });
  expect([first.told.length, second.told.length]).toEqual([3, 1]);
});

test("a batch that arrives after the last capture has ended is taken, and shown to nobody", () => {
  const { captures, orders, number } = start();
  const one = listen();
  captures.start(dropped, one)();
  captures.take({ packets: [packet({ reason: "mid_stream" })], lost: 0, number: number() });
  expect(one.told).toEqual([]);
  expect(orders.at(-1)).toEqual({ type: "captured_taken" });
});

test("all captures fail once the forwarder is gone, those that begin later as well, and nothing is ordered any more", () => {
  const { captures, orders } = start();
  const [first, second, late] = [listen(), listen(), listen()];
  const stops = [captures.start(dropped, first), captures.start(ofOne, second)];
  const gone = new LbError({ code: "unavailable", what: "the forwarder", why: "it has ended" });
  captures.fail(gone);
  stops.push(captures.start(dropped, late));
  for (const stop of stops) stop();
  expect([first.told, second.told, late.told]).toEqual([[gone], [gone], [gone]]);
  expect(orders).toHaveLength(2);
});
