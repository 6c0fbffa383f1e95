import type { Engine } from "@tandem/engine";
import { expect, test } from "vitest";
import { createPulse } from "./pulse.ts";

const SILENT = ["The forwarder does not answer: new connections wait"];

function setUp(ask: () => Promise<{ faults: string[] }>, beside: string[] = []) {
  const logged: unknown[] = [];
  const log = {
    warn: ({ faults }: { faults: string[] }) => logged.push(faults),
    info: (text: string) => logged.push(text),
  };
  const deadline = Promise.withResolvers<void>();
  const engine = { ask } as unknown as Engine;
  const around = { log: log as never, faultsBeside: () => beside };
  const pulse = createPulse(engine, around, () => deadline.promise);
  return { pulse, logged, pass: deadline.resolve };
}

test("a forwarder that answers has a pulse, with what it says is wrong", async () => {
  let faults: string[] = [];
  const { pulse } = setUp(async () => ({ faults }));
  expect(await pulse.take()).toEqual({ isAlive: true, faults: [] });
  faults = ['Cannot find network interface "eth1"'];
  expect(await pulse.take()).toEqual({ isAlive: true, faults });
});

test("a pulse has what is wrong beside the forwarder, too", async () => {
  const { pulse } = setUp(async () => ({ faults: ["a"] }), ["b"]);
  expect(await pulse.take()).toEqual({ isAlive: true, faults: ["a", "b"] });
});

test("a forwarder that is gone has none", async () => {
  const { pulse } = setUp(() => Promise.reject(new Error("gone")));
  expect(await pulse.take()).toEqual({ isAlive: false, faults: SILENT });
});

test("a forwarder that does not answer in time has none", async () => {
  const { pulse, pass } = setUp(() => new Promise(() => {}));
  const taken = pulse.take();
  pass();
  expect(await taken).toEqual({ isAlive: false, faults: SILENT });
});

test("a change of pulse is logged once, its end too", async () => {
  let faults: string[] = [];
  const { pulse, logged } = setUp(async () => ({ faults }));
  for (const now of [[], [], ["a"], ["a"], ["a", "b"], [], []]) {
    faults = now;
    await pulse.take();
  }
  expect(logged).toEqual([["a"], ["a", "b"], "can forward again"]);
});

test("a pulse does not wait for its deadline once it is answered", async () => {
  const ended: boolean[] = [];
  const engine = { ask: async () => ({ faults: [] }) } as unknown as Engine;
  const wait = (_: number, signal: AbortSignal) => {
    signal.addEventListener("abort", () => ended.push(true));
    return new Promise<void>(() => {});
  };
  const log = { info() {}, warn() {} } as never;
  await createPulse(engine, { log, faultsBeside: () => [] }, wait).take();
  expect(ended).toEqual([true]);
});
