import { once } from "node:events";
import { link, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { LbError } from "@tandem/model";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectNode, type RemoteNode } from "./client.ts";
import type { NodeApi } from "./node-api.ts";
import { type ApiServer, startApiServer } from "./server.ts";
import {
  createSampleNode,
  sampleCapture,
  sampleConnection,
  sampleDocument,
  sampleEvent,
  sampleExplanation,
  sampleRevisions,
  sampleServices,
  sampleSpec,
  sampleStatus,
} from "./testing/sample-node.ts";

let dir: string;
let socketPath: string;
let open: { stop(): unknown }[];
let bugs: unknown[];
let raw: Client | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "api-"));
  socketPath = join(dir, "api.sock");
  open = [];
  bugs = [];
});
afterEach(async () => {
  raw?.close();
  raw = undefined;
  for (const o of open.reverse()) await o.stop();
  await rm(dir, { recursive: true });
});

const health = async () => ({ ok: true, why: "ok" });

async function serve(overrides: Partial<NodeApi> = {}): Promise<ApiServer> {
  const onBug = (bug: unknown) => void bugs.push(bug);
  const server = await startApiServer({ socketPath, api: createSampleNode(overrides), onBug, health });
  open.push(server);
  return server;
}

function connect(): RemoteNode {
  const node = connectNode(socketPath);
  open.push({ stop: () => node.close() });
  return node;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("a client is answered what the node says", async () => {
  await serve();
  const node = connect();
  expect(await node.status()).toEqual(sampleStatus);
  expect(await node.services()).toEqual(sampleServices);
  expect(await node.document()).toEqual(sampleDocument);
  expect(await node.drain({ destination: "10.0.0.1", undo: false, author: "a" })).toMatchObject({
    revision: 44,
  });
  expect(await node.switchover({ dryRun: true, force: false, author: "a" })).toMatchObject({
    from: "d1",
    to: "d2",
  });
  expect(await node.kill(kill)).toEqual({ killed: 3 });
  expect(await node.documentText()).toEqual({ revision: 43, text: "# mine\nversion: 1\n" });
  expect(await node.revisions()).toEqual({ revisions: sampleRevisions, incomplete: "NATS is away" });
  expect(await node.rollBack({ revision: 7, author: "a" })).toMatchObject({ revision: 45, changed: true });
  expect(await node.restore(sampleDocument, { author: "a" })).toMatchObject({ revision: 46, changed: true });
  expect(await node.apply(sampleSpec, { author: "a" })).toEqual({
    revision: 43,
    changed: true,
    warnings: ["w"],
  });
  expect(await node.setMaintenance({ on: true, author: "a" })).toEqual({ changed: true });
  expect(await collect(node.events(watch, AbortSignal.timeout(60_000)))).toEqual([sampleEvent]);
  const all = { reasons: [], all: true };
  expect(await collect(node.capture(all, AbortSignal.timeout(60_000)))).toEqual([sampleCapture]);
  const line = { args: ["-L", "-n"], input: "x", author: "a", role: "admin" as const };
  expect(await node.ipvsadm(line)).toEqual({ exitCode: 2, output: "-L -n", errors: "x" });
});

const kill = { filter: { client: "198.51.100.7" }, reset: true, dryRun: false, author: "ops" };
const watch = { backlog: 5, kinds: ["health"], follow: false };

test("the node gets what the client asked for", async () => {
  const asked: unknown[] = [];
  const note =
    <T>(answer: T) =>
    async (...args: unknown[]) => {
      asked.push(args);
      return answer;
    };
  await serve({
    apply: note({ revision: 1, changed: false, warnings: [] }),
    drain: note({ revision: 1, destinations: [] }),
    switchover: note({ steps: [], from: "", to: "" }),
    explain: note(sampleExplanation),
    kill: note({ killed: 0 }),
    zero: note(undefined),
    document: note(sampleDocument),
    documentText: note({ revision: 41 }),
    revisions: note({ revisions: [], incomplete: "" }),
    rollBack: note({ revision: 1, changed: false, warnings: [] }),
    restore: note({ revision: 1, changed: false, warnings: [] }),
    setMaintenance: note({ changed: false }),
    forgetPeer: note(undefined),
    ipvsadm: note({ exitCode: 0, output: "", errors: "" }),
  });
  const node = connect();
  await node.apply(sampleSpec, { expectedRevision: 41, author: "ops", reason: "why", text: "# mine" });
  await node.apply(sampleSpec, { author: "ops", dryRun: true });
  await node.drain({ destination: "10.0.0.1", service: "tcp 192.0.2.10:80", undo: true, author: "ops" });
  await node.switchover({ dryRun: false, force: true, author: "ops" });
  const question = { protocol: "tcp", client: "198.51.100.7", virtual: "192.0.2.10:80", mark: 7 };
  expect(await node.explain({ ...question, interface: "eth0" })).toEqual(sampleExplanation);
  await node.kill(kill);
  await node.zero({ service: "tcp 192.0.2.10:80", author: "ops" });
  await node.document(41);
  await node.documentText(41);
  await node.revisions(10);
  await node.rollBack({ revision: 41, expectedRevision: 42, author: "ops", reason: "too slow" });
  await node.restore(sampleDocument, { author: "ops", text: "# mine" });
  await node.setMaintenance({ on: true, author: "ops" });
  await node.forgetPeer({ peer: "lb3", author: "ops" });
  await node.ipvsadm({ args: ["-R"], input: "-A -t 192.0.2.1:80\n", author: "ops", role: "admin" });
  expect(asked).toEqual([
    [
      sampleSpec,
      { expectedRevision: 41, author: "ops", reason: "why", role: "admin", text: "# mine", dryRun: false },
    ],
    [sampleSpec, { author: "ops", dryRun: true, role: "admin" }],
    [{ destination: "10.0.0.1", service: "tcp 192.0.2.10:80", undo: true, author: "ops" }],
    [{ dryRun: false, force: true, author: "ops" }],
    [{ ...question, interface: "eth0" }],
    [kill],
    [{ service: "tcp 192.0.2.10:80", author: "ops" }],
    [41],
    [41],
    [10],
    [{ revision: 41, expectedRevision: 42, author: "ops", reason: "too slow" }],
    [sampleDocument, { author: "ops", text: "# mine" }],
    [{ on: true, author: "ops" }],
    [{ peer: "lb3", author: "ops" }],
    [{ args: ["-R"], input: "-A -t 192.0.2.1:80\n", author: "ops", role: "admin" }],
  ]);
});

for (const count of [0, 1, 255, 256, 257, 5000]) {
  test(`a list of ${count} connections arrives complete and in order`, async () => {
    await serve();
    const got = await collect(connect().connections(count === 0 ? {} : { limit: count }));
    expect(got).toEqual(Array.from({ length: count }, (_, n) => sampleConnection(n)));
  });
}

test("a client that stops reading ends the listing", async () => {
  const ended = Promise.withResolvers<void>();
  await serve({
    async *connections() {
      try {
        for (let n = 0; ; n++) yield sampleConnection(n);
      } finally {
        ended.resolve();
      }
    },
  });
  for await (const _ of connect().connections({})) break;
  await ended.promise;
  expect(bugs).toEqual([]);
});

test("a failure of the node arrives as the same failure", async () => {
  const failure = { code: "stale_revision", have: 1, current: 2 } as const;
  await serve({
    apply: async () => {
      throw new LbError(failure);
    },
    // biome-ignore lint/correctness/useYield: it fails before the first
    async *connections() {
      throw new LbError(failure);
    },
  });
  const node = connect();
  await expect(node.apply(sampleSpec, { author: "a" })).rejects.toMatchObject({ failure });
  await expect(collect(node.connections({}))).rejects.toMatchObject({ failure });
  expect(bugs).toEqual([]);
});

test("a bug in the node is reported and does not end the server", async () => {
  const bug = new TypeError("x is undefined");
  await serve({
    status: async () => {
      throw bug;
    },
  });
  const node = connect();
  await expect(node.status()).rejects.toThrow("internal error, see the daemon's log");
  expect(bugs).toEqual([bug]);
  expect(await node.services()).toEqual(sampleServices);
});

const garbage = [
  { name: "a truncated message", method: "DrainDestination", bytes: [0x0a, 0x05, 0x31] },
  { name: "an unknown wire type", method: "ApplyDocument", bytes: [0x0f] },
  { name: "a truncated filter", method: "ListConnections", bytes: [0x0a, 0x7f] },
  { name: "an endless varint", method: "SwitchOver", bytes: new Array<number>(12).fill(0xff) },
  { name: "no arguments", method: "DrainDestination", bytes: [] },
  { name: "no version and no author", method: "ApplyDocument", bytes: [] },
];
for (const { name, method, bytes } of garbage) {
  test(`a ${method} of ${name} is answered INVALID_ARGUMENT`, async () => {
    await serve();
    const error = await sendRaw(method, Buffer.from(bytes));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(bugs).toEqual([]);
    expect(await connect().services()).toEqual(sampleServices);
  });
}

/** Sends bytes as the request. Resolves with the error, or without a code if it was answered. */
async function sendRaw(method: string, bytes: Buffer): Promise<Partial<ServiceError>> {
  raw ??= new Client(`unix:${socketPath}`, credentials.createInsecure());
  const same = (b: Buffer) => b;
  const stream = raw.makeServerStreamRequest(`/tandem.v1.Node/${method}`, same, same, bytes);
  return new Promise((resolve) => {
    stream
      .on("data", () => {})
      .once("end", () => resolve({}))
      .once("error", resolve);
  });
}

test("only the owner can connect", async () => {
  await serve();
  expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
  expect(await readdir(dir)).toEqual(["api.sock"]);
});

test("a socket that nobody answers on is replaced", async () => {
  const dead = createServer().listen(join(dir, "dead.sock"));
  await once(dead, "listening");
  await closeLeaving(dead);
  await serve();
  expect(await connect().status()).toEqual(sampleStatus);
});

/** A server unlinks the path it was bound to when it closes: another name survives it, as a killed daemon's socket does. */
async function closeLeaving(dead: NetServer): Promise<void> {
  await link(join(dir, "dead.sock"), socketPath);
  await new Promise((closed) => dead.close(closed));
}

test("a socket that somebody answers on is left alone", async () => {
  await serve();
  await expect(serve()).rejects.toThrow(`Cannot listen on "${socketPath}": another daemon listens there`);
  expect(await connect().status()).toEqual(sampleStatus);
});

test("a file that is no socket is left alone", async () => {
  await writeFile(socketPath, "precious");
  await expect(serve()).rejects.toThrow("it is there and is no socket");
});

test("a path too long for a socket is refused in words", async () => {
  socketPath = join(dir, "x".repeat(100));
  await expect(serve()).rejects.toThrow("the path is longer than 93 bytes");
});

test("stopping takes the socket away, but not a successor's", async () => {
  const first = await serve();
  await first.stop();
  expect(await readdir(dir)).toEqual([]);
  const second = await serve();
  await rm(socketPath);
  await serve();
  await second.stop();
  expect(await connect().status()).toEqual(sampleStatus);
});

test("stopping ends calls that never end", async () => {
  const arrived = Promise.withResolvers<void>();
  const server = await serve({
    status() {
      arrived.resolve();
      return new Promise(() => {});
    },
  });
  const failed = expect(connect().status()).rejects.toThrow("Cannot reach the daemon");
  await arrived.promise;
  await server.stop();
  await failed;
});

test("stopping ends watches, and with them their connections, which would keep the process alive", async () => {
  const begun = Promise.withResolvers<void>();
  const server = await serve({
    async *events() {
      yield sampleEvent;
      begun.resolve();
      await new Promise(() => {});
    },
  });
  const mute = createConnection(socketPath).resume();
  const muteEnded = once(mute, "close");
  const ended = expect(
    collect(connect().events({ ...watch, follow: true }, new AbortController().signal)),
  ).rejects.toThrow("Cannot reach");
  await begun.promise;
  await server.stop();
  await Promise.all([ended, muteEnded]);
});

test("a call that is being carried out when the server stops is answered", async () => {
  const arrived = Promise.withResolvers<void>();
  const may = Promise.withResolvers<void>();
  const server = await serve({
    async status() {
      arrived.resolve();
      await may.promise;
      return sampleStatus;
    },
  });
  const answer = connect().status();
  await arrived.promise;
  const stopped = server.stop();
  setTimeout(may.resolve, 50);
  expect(await answer).toEqual(sampleStatus);
  await stopped;
});

test("connections that nobody hangs up are bounded, and leave the server to those that come after they are gone", async () => {
  await serve();
  const idle = Array.from({ length: 300 }, () => createConnection(socketPath).on("error", () => {}));
  open.push({ stop: () => idle.map((socket) => socket.destroy()) });
  const hungUp = () => idle.filter((socket) => socket.closed || socket.readableEnded).length;
  for (const socket of idle) socket.resume();
  await expect.poll(hungUp, { timeout: 20_000 }).toBe(300 - 256);
  for (const socket of idle) socket.destroy();
  await expect
    .poll(
      () =>
        connect()
          .status()
          .catch(() => undefined),
      { timeout: 20_000 },
    )
    .toEqual(sampleStatus);
});
