/** Requests that nobody in his right mind sends, to a real server: never a crash, never INTERNAL, nothing carried out of what is refused. */
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import type protobuf from "protobufjs";
import { expect, onTestFinished, test } from "vitest";
import { createRandom, type Random } from "../core/random.ts";
import { connectNode } from "./client.ts";
import { encodeSpec } from "./convert-document.ts";
import { nodeDefinition as node } from "./definition.ts";
import { METHOD_TRAITS, type MethodName } from "./method-traits.ts";
import type { NodeApi } from "./node-api.ts";
import { filled } from "./testing/filled-message.ts";
import { callRaw, framed } from "./testing/raw-http2.ts";
import { reflect } from "./testing/reflecting-client.ts";
import { createSampleNode, sampleSpec, sampleStatus } from "./testing/sample-node.ts";
import { serveSample } from "./testing/served.ts";

const ROUNDS = 40;
const newSeed = () => Math.trunc(Math.random() * 2 ** 32);

const NAMES = Object.keys(METHOD_TRAITS) as MethodName[];

/** A good request of each method, to begin with. */
async function goodRequests(target: string): Promise<(name: MethodName) => Buffer> {
  const { root } = await reflect(target, "v1");
  const { methods } = root.lookupService("tandem.v1.Node");
  const encoded = NAMES.map((name) => {
    const type = (methods[name]!.resolve() as protobuf.Method).resolvedRequestType!;
    return [name, Buffer.from(type.encode(type.fromObject(filled(type))).finish())] as const;
  });
  const document = { ...encodeSpec(sampleSpec), author: "fuzz" };
  const requests = new Map([
    ...encoded,
    ["ApplyDocument", node.ApplyDocument.requestSerialize(document)] as const,
  ]);
  return (name) => requests.get(name)!;
}

/** Ways to spoil a message. */
const SPOIL: readonly ((bytes: Buffer, random: Random, other: Buffer) => Buffer)[] = [
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  (bytes, random) => change(bytes, random, () => random(256)),
  (bytes, random) => change(bytes, random, (byte) => byte ^ (1 << random(8))),
  (bytes, random) =>
    spliced(bytes, random, Buffer.from(Array.from({ length: random(20) }, () => random(256)))),
  (bytes, random) => spliced(bytes, random, field(1 + random(20), 2, Buffer.alloc(random(300_000), "x"))),
  (bytes, random) =>
    spliced(bytes, random, field(1 + random(20), random(8), Buffer.from("\ud83d\ude00\u0000\n\u202e"))),
  (bytes, random) => Buffer.concat([bytes, field(1 + random(20), random(8), Buffer.alloc(random(12), 0xff))]),
  (_bytes, _random, other) => other,
];

function change(bytes: Buffer, random: Random, to: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let n = random(4); n >= 0 && copy.length > 0; n--) {
    const at = random(copy.length);
    copy[at] = to(copy[at]!);
  }
  return copy;
}

function spliced(bytes: Buffer, random: Random, more: Buffer): Buffer {
  const at = random(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}

/** A field of protobuf: its number and wire type, a length (which not every type has), bytes. */
function field(number: number, wireType: number, bytes: Buffer): Buffer {
  const length = [];
  for (let left = bytes.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | wireType, ...length]), bytes]);
}

/** What of a node only looks, whatever it is asked. */
const LOOKS: readonly string[] = [
  "status",
  "services",
  "connections",
  "document",
  "documentText",
  "revisions",
  "explain",
  "events",
  "capture",
  "ipvsadm",
];

/** The sample node, which counts what it carries out. */
function countingNode() {
  const counts = { carriedOut: 0 };
  const counted = Object.entries(createSampleNode()).map(([name, act]) => [
    name,
    (...args: unknown[]) => {
      if (!LOOKS.includes(name)) counts.carriedOut++;
      return (act as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  return { counts, overrides: Object.fromEntries(counted) as Partial<NodeApi> };
}

const maintenance = framed(node.SetMaintenance.requestSerialize({ on: true, author: "fuzz" }));

/** Sends bytes as the request. Resolves with the status; 0: it was answered. */
function send(client: Client, name: MethodName, bytes: Buffer): Promise<number> {
  const same = (b: Buffer) => b;
  const stream = client.makeServerStreamRequest(`/tandem.v1.Node/${name}`, same, same, bytes);
  return new Promise((resolve) => {
    stream
      .on("data", () => {})
      .once("end", () => resolve(status.OK))
      .once("error", (error: ServiceError) => resolve(error.code));
  });
}

test("spoilt requests are answered or refused, and what is refused is not carried out", async () => {
  const seed = newSeed();
  const random = createRandom(seed);
  const { counts, overrides } = countingNode();
  const { target, socketPath } = await serveSample(overrides);
  const client = new Client(target, credentials.createInsecure());
  onTestFinished(() => client.close());
  const good = await goodRequests(target);
  let expected = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of NAMES) {
      const other = good(NAMES[random(NAMES.length)]!);
      const bytes = SPOIL[random(SPOIL.length)]!(good(name), random, other);
      const code = await send(client, name, bytes);
      const context = `seed ${seed}, round ${round}, ${name} of ${bytes.subarray(0, 200).toString("hex")}`;
      expect([status.OK, status.INVALID_ARGUMENT], context).toContain(code);
      if (METHOD_TRAITS[name].effect === "changes" && code === status.OK) expected++;
      expect(counts.carriedOut, context).toBe(expected);
    }
  }
  expect(expected, `seed ${seed}`).toBeGreaterThan(0); // else the requests are spoilt too much
  await assertServes(socketPath);
});

async function assertServes(socketPath: string): Promise<void> {
  const after = connectNode(socketPath);
  onTestFinished(() => after.close());
  expect((await after.status()).node).toBe(sampleStatus.node);
}

/** Headers that make no sense, one at a time. */
const HEADERS: readonly object[] = [
  { ":path": "/tandem.v1.Node/NoSuchMethod" },
  { ":path": "/constructor" },
  { ":path": "/%ff%00" },
  { ":path": "*" },
  { ":method": "GET" },
  { "content-type": "text/plain" },
  { "content-type": "application/grpc+json" },
  { "grpc-encoding": "brotli" },
  { "grpc-timeout": "99999999H" },
  { "tandem-node": "\u00ff" },
  { "tandem-failure": "x".repeat(8000) },
  { "tandem-failure-bin": "&&&" },
  { "grpc-status-details-bin": "\u0001" },
];
for (const headers of HEADERS) {
  test(`a call with ${JSON.stringify(headers).slice(0, 50)} is no bug and no end`, async () => {
    const { socketPath } = await serveSample();
    const { status: code } = await callRaw(socketPath, "SetMaintenance", maintenance, headers);
    expect(code).not.toBe(status.INTERNAL);
    expect(code).not.toBe(status.UNKNOWN);
    await assertServes(socketPath);
  });
}

/** Bodies that are no one message. */
const BODIES: readonly [what: string, body: Buffer][] = [
  ["nothing", Buffer.alloc(0)],
  ["half a frame's head", Buffer.from([0, 0])],
  ["a frame that is longer than it is", Buffer.from([0, 0, 0, 1, 0, 1, 2])],
  ["two messages", Buffer.concat([maintenance, maintenance])],
  ["a message and a half", Buffer.concat([maintenance, Buffer.from([0, 0, 0])])],
];
for (const [what, body] of BODIES) {
  test(`a call of ${what} changes nothing`, async () => {
    const { counts, overrides } = countingNode();
    const { socketPath } = await serveSample(overrides);
    const answer = await callRaw(socketPath, "SetMaintenance", body);
    expect(answer.status).not.toBe(status.INTERNAL);
    if (answer.status !== status.OK) expect(counts.carriedOut).toBe(0);
    await assertServes(socketPath);
  });
}

test("a client that hangs up in the middle of a request changes nothing", async () => {
  const { counts, overrides } = countingNode();
  const { socketPath } = await serveSample(overrides);
  const session = connectHttp2("http://localhost", { createConnection: () => connect(socketPath) });
  const stream = session.request({
    ":method": "POST",
    ":path": "/tandem.v1.Node/SetMaintenance",
    "content-type": "application/grpc",
  });
  stream.on("error", () => {});
  await new Promise((written) => stream.write(maintenance.subarray(0, 6), written));
  session.destroy();
  await assertServes(socketPath);
  expect(counts.carriedOut).toBe(0);
});

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** HTTP/2 frames with random contents: 3 bytes of length, type, flags, 4 bytes of stream. RFC 9113 §4.1. */
function randomFrames(random: Random): Buffer {
  const frames = Array.from({ length: 1 + random(8) }, () => {
    const payload = Buffer.from(Array.from({ length: random(64) }, () => random(256)));
    const head = Buffer.from([
      0,
      0,
      random(3) === 0 ? random(256) : payload.length,
      random(12),
      random(256),
      0,
      0,
      0,
      random(6),
    ]);
    return Buffer.concat([head, payload]);
  });
  return Buffer.concat(frames);
}

test("garbage on the socket ends its connection and nothing else", async () => {
  const seed = newSeed();
  const random = createRandom(seed);
  const { counts, overrides } = countingNode();
  const { socketPath } = await serveSample(overrides);
  const kinds: (() => Buffer)[] = [
    () => Buffer.from(Array.from({ length: random(200) }, () => random(256))),
    () => Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    () => Buffer.concat([Buffer.from(PREFACE), randomFrames(random)]),
    () =>
      Buffer.concat([Buffer.from(PREFACE), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), randomFrames(random)]),
    () => Buffer.from(PREFACE.slice(0, random(PREFACE.length))),
  ];
  for (let round = 0; round < 60; round++) {
    const socket = connect(socketPath).on("error", () => {});
    await once(socket, "connect");
    socket.write(kinds[round % kinds.length]!());
    await lingering(socket, random(3));
  }
  expect(counts.carriedOut, `seed ${seed}`).toBe(0);
  await assertServes(socketPath);
});

/** Leaves a connection by hanging up, by ending it, or after what comes back. */
async function lingering(socket: Socket, how: number): Promise<void> {
  if (how === 1) socket.end();
  if (how === 2)
    await Promise.race([once(socket, "data"), once(socket, "close"), new Promise((r) => setTimeout(r, 20))]);
  if (how !== 1) socket.destroy();
}
