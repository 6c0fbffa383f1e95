import { LbError } from "@tandem/model";
import { expect, onTestFinished, test, vi } from "vitest";
import { createAesGcmSeal } from "./aes-gcm-seal.ts";
import { createNodeCalls, type NodeCallsOptions } from "./node-calls.ts";
import { createMemoryBus } from "./transport/memory.ts";

const forever = new AbortController().signal;
const text = (s: string) => new TextEncoder().encode(s);

/** Two nodes; `b` answers as `serve` does. Impatient, for tests in real time. */
function createPair(serve: NodeCallsOptions["serve"], options: { key?: number } = {}) {
  const bus = createMemoryBus();
  const onBug = vi.fn();
  const start = (node: string, key: number) => {
    const transport = bus.connect(node);
    const seal = createAesGcmSeal(new Map([[0, new Uint8Array(32).fill(key)]]), 0);
    const limits = { tickMs: 10, silenceMs: 200, partBytes: 1000 };
    const calls = createNodeCalls({ cluster: "test", node, seal, transport, serve, onBug, limits });
    onTestFinished(() => calls.close());
    return { calls, transport };
  };
  return { a: start("a", 1), b: start("b", options.key ?? 1), onBug };
}

async function collect(answers: AsyncIterable<Uint8Array>): Promise<string[]> {
  const all: string[] = [];
  for await (const bytes of answers) all.push(new TextDecoder().decode(bytes));
  return all;
}

test("node calls bring a request there and its answers back, large ones, too", async () => {
  const large = "x".repeat(100_000);
  const { a } = createPair(async function* (request, { peer }) {
    yield text(`${peer} says ${new TextDecoder().decode(request).length}`);
    yield text(large);
  });
  const answers = await collect(a.calls.call("b", text(large), { signal: forever }));
  expect(answers).toEqual(["a says 100000", large]);
});

test("node calls take answers no faster than they are read", async () => {
  let given = 0;
  const { a } = createPair(async function* () {
    for (; given < 1000; given++) yield text(String(given));
  });
  for await (const _ of a.calls.call("b", text(""), { signal: forever })) {
    await new Promise((done) => setTimeout(done, 20));
    expect(given).toBeLessThan(40);
    if (given > 20) break;
  }
});

test("node calls end the callee's work when nobody waits any more", async () => {
  const ended = Promise.withResolvers<void>();
  const { a } = createPair(async function* (_, { signal }) {
    yield text("first");
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    ended.resolve();
  });
  const giveUp = new AbortController();
  const read = async () => {
    for await (const _ of a.calls.call("b", text(""), { signal: giveUp.signal })) giveUp.abort();
  };
  await expect(read()).rejects.toThrow("aborted");
  await ended.promise;
});

test("node calls fail when the callee does, and tell of the bug there", async () => {
  const bug = new Error("oops");
  const { a, onBug } = createPair(async function* () {
    yield text("first");
    throw bug;
  });
  const failure = await collect(a.calls.call("b", text(""), { signal: forever })).catch((e: unknown) => e);
  expect(String(failure)).toContain('Cannot reach node "b": it failed, see its log');
  expect(onBug).toHaveBeenCalledWith(bug);
});

test("node calls give up a node that is not there, and say which", async () => {
  const { a } = createPair(async function* () {});
  const failure = await collect(a.calls.call("c", text(""), { signal: forever })).catch((e: unknown) => e);
  expect(failure).toBeInstanceOf(LbError);
  expect(String(failure)).toContain('Cannot reach node "c": it does not answer');
});

test("node calls fail at once while NATS is away", async () => {
  const { a } = createPair(async function* () {});
  a.transport.setConnected(false);
  const failure = await collect(a.calls.call("b", text(""), { signal: forever })).catch((e: unknown) => e);
  expect(String(failure)).toContain("NATS is away, and this node answers for itself alone");
});

test("node calls of a node with another key are refused, counted and not carried out", async () => {
  const serve = vi.fn(async function* () {});
  const { a, b } = createPair(serve, { key: 2 });
  await expect(collect(a.calls.call("b", text(""), { signal: forever }))).rejects.toThrow("does not answer");
  expect(serve).not.toHaveBeenCalled();
  expect(b.calls.refused().forged).toBeGreaterThan(0);
});

test("node calls keep to a deadline", async () => {
  const { a } = createPair(async function* (_, { signal }) {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  });
  const answers = a.calls.call("b", text(""), { signal: forever, timeoutMs: 50 });
  await expect(collect(answers)).rejects.toThrow("no answer in time");
});
