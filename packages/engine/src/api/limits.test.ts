import { once } from "node:events";
import { Client, credentials, status } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { nodeDefinition as node } from "./definition.ts";
import { callRaw, framed } from "./testing/raw-http2.ts";
import { sampleConnection, sampleStatus } from "./testing/sample-node.ts";
import { serveSample } from "./testing/served.ts";

const drainRequest = framed(node.DrainDestination.requestSerialize({ destination: "10.0.0.1", author: "a" }));

function clientOf(target: string): Client {
  const client = new Client(target, credentials.createInsecure());
  onTestFinished(() => client.close());
  return client;
}

test("a change whose deadline has passed is not begun", async () => {
  let begun = 0;
  const drain = async () => {
    begun++;
    return { revision: 1, destinations: [] };
  };
  const { socketPath } = await serveSample({ drain });
  const late = await callRaw(socketPath, "DrainDestination", drainRequest, { "grpc-timeout": "1n" });
  expect(late.status).toBe(status.DEADLINE_EXCEEDED);
  expect(begun).toBe(0);
  const inTime = await callRaw(socketPath, "DrainDestination", drainRequest, { "grpc-timeout": "10S" });
  expect([inTime.status, begun]).toEqual([status.OK, 1]);
});

test("a call that takes longer than its deadline is answered DEADLINE_EXCEEDED, and the server goes on", async () => {
  const done = Promise.withResolvers<typeof sampleStatus>();
  const { socketPath } = await serveSample({ status: () => done.promise });
  const { GetStatus } = node;
  const asked = callRaw(socketPath, "GetStatus", framed(GetStatus.requestSerialize({})), {
    "grpc-timeout": "20m",
  });
  expect((await asked).status).toBe(status.DEADLINE_EXCEEDED);
  done.resolve(sampleStatus);
  expect((await callRaw(socketPath, "DrainDestination", drainRequest)).status).toBe(status.OK);
});

test("a watch ends at its deadline, at both ends", async () => {
  const ended = Promise.withResolvers<void>();
  const { target } = await serveSample({
    // biome-ignore lint/correctness/useYield: nothing happens
    async *events(_, signal) {
      await once(signal, "abort");
      ended.resolve();
    },
  });
  const { path, requestSerialize, responseDeserialize } = node.WatchEvents;
  const deadline = Date.now() + 100;
  const watch = clientOf(target).makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    {},
    { deadline },
  );
  const [error] = await once(watch.resume(), "error").catch((e) => [e]);
  expect(error.code).toBe(status.DEADLINE_EXCEEDED);
  await ended.promise;
});

test("a reader that does not read holds the listing up instead of piling it up", async () => {
  let given = 0;
  const { target } = await serveSample({
    async *connections() {
      for (;;) yield sampleConnection(given++);
    },
  });
  const { path, requestSerialize, responseDeserialize } = node.ListConnections;
  const listing = clientOf(target).makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
  onTestFinished(() => listing.cancel());
  listing.on("error", () => {}).once("data", () => listing.pause());
  let before = 0;
  const hasStopped = () => {
    const isStill = before > 0 && given === before;
    before = given;
    return isStill;
  };
  await expect.poll(hasStopped, { interval: 100, timeout: 30_000 }).toBe(true);
  expect(given).toBeLessThan(50_000);
});

test("a message that is too long is refused before it is read", async () => {
  const { socketPath } = await serveSample();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(0x7fff_ffff, 1);
  expect((await callRaw(socketPath, "ApplyDocument", head)).status).toBe(status.RESOURCE_EXHAUSTED);
});

test("a client has 32 calls at a time, and the next ones wait their turn", async () => {
  let begun = 0;
  const gate = Promise.withResolvers<void>();
  const { target } = await serveSample({
    async status() {
      begun++;
      await gate.promise;
      return sampleStatus;
    },
  });
  const client = clientOf(target);
  const { path, requestSerialize, responseDeserialize } = node.GetStatus;
  const ask = () =>
    new Promise((done) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error) => done(error)),
    );
  const first = ask(); // with its answer comes what the server allows
  await expect.poll(() => begun).toBe(1);
  const asked = [first, ...Array.from({ length: 40 }, ask)];
  await expect.poll(() => begun, { interval: 100 }).toBe(32);
  gate.resolve();
  expect(await Promise.all(asked)).toEqual(asked.map(() => null));
});
