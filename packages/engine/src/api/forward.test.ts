import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LbError } from "@tandem/model";
import { expect, onTestFinished, test, vi } from "vitest";
import type { AuditedCall } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { connectNode } from "./client.ts";
import { nodeDefinition } from "./definition.ts";
import { forwardStream, forwardUnary } from "./forward.ts";
import { decodeCall, encodeCall } from "./forwarded-call.ts";
import type { MethodName } from "./method-traits.ts";
import type { NodeApi } from "./node-api.ts";
import type { PeerCalls } from "./peer-calls.ts";
import { peerNode } from "./peer-node.ts";
import { serveForwarded } from "./serve-forwarded.ts";
import { startApiServer } from "./server.ts";
import {
  createSampleNode,
  sampleConnection,
  sampleEvent,
  sampleServices,
  sampleStatus,
} from "./testing/sample-node.ts";

const forever = new AbortController().signal;
const admin: Caller = { role: "admin", from: "unix socket" };
const viewer: Caller = { name: "bob", role: "view", from: "192.0.2.7:40112" };

/** Calls of `d1` that a node `d2` answers, without anything between them. */
function wayTo(theirs: Partial<NodeApi>, audited: AuditedCall[] = []): PeerCalls {
  const api = createSampleNode({ status: async () => ({ ...sampleStatus, node: "d2" }), ...theirs });
  const audit = {
    around<T>(call: AuditedCall, act: () => Promise<T>): Promise<T> {
      audited.push(call);
      return act();
    },
  };
  return {
    node: "d1",
    peers: () => ["d2"],
    call: (_, request, { signal }) => serveForwarded(request, { api, audit }, { peer: "d1", signal }),
  };
}

/** A client of `d1`'s socket that wants `answering` to answer. */
async function clientOf(peers: PeerCalls | undefined, answering?: string, mine: Partial<NodeApi> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "api-"));
  const socketPath = join(dir, "api.sock");
  const onBug = vi.fn();
  const health = async () => ({ ok: true, why: "ok" });
  const server = await startApiServer({ socketPath, api: createSampleNode(mine), onBug, health, peers });
  const node = connectNode(socketPath, answering === undefined ? {} : { answering });
  onTestFinished(async () => {
    node.close();
    await server.stop();
    await rm(dir, { recursive: true });
    expect(onBug).not.toHaveBeenCalled();
  });
  return node;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("a call for another node is answered by that node, one for this node or for nobody by this one", async () => {
  const peers = wayTo({});
  const nodeOf = async (answering?: string) => (await (await clientOf(peers, answering)).status()).node;
  expect(await nodeOf("d2")).toBe("d2");
  expect(await nodeOf("d1")).toBe(sampleStatus.node);
  expect(await nodeOf()).toBe(sampleStatus.node);
});

test("streams come from the other node, too", async () => {
  const d2 = await clientOf(
    wayTo({
      connections: async function* () {
        for (let i = 0; i < 600; i++) yield sampleConnection(i);
      },
    }),
    "d2",
  );
  const rows = await collect(d2.connections({}));
  expect(rows.length).toBe(600);
  expect(rows[599]).toEqual(sampleConnection(599));
  const watch = { backlog: 5, kinds: [], follow: false };
  expect(await collect(d2.events(watch, forever))).toEqual([sampleEvent]);
  const endless = { ...watch, follow: true };
  expect(await collect(d2.events(endless, AbortSignal.abort()))).toEqual([]);
});

test("the other node gets the request as it was made, and audits who made it and where", async () => {
  const audited: AuditedCall[] = [];
  const zero = vi.fn(async () => {});
  const d2 = await clientOf(wayTo({ zero }, audited), "d2");
  await d2.zero({ service: "tcp/192.0.2.10:80", author: "ops" });
  expect(zero).toHaveBeenCalledWith({ service: "tcp 192.0.2.10:80", author: "ops" });
  expect(audited).toMatchObject([
    { method: "ZeroCounters", author: "ops", caller: { role: "admin", from: "unix socket, by node d1" } },
  ]);
});

test("the other node's failure is the client's, to the letter", async () => {
  const failure = { code: "stale_revision", have: 1, current: 2 } as const;
  const d2 = await clientOf(wayTo({ kill: () => Promise.reject(new LbError(failure)) }), "d2");
  const kill = d2.kill({ filter: { client: "192.0.2.1" }, reset: false, dryRun: false, author: "a" });
  await expect(kill).rejects.toMatchObject({ failure });
});

test("a node that nobody has heard of is refused, with those that are known", async () => {
  const d9 = await clientOf(wayTo({}), "d9");
  await expect(d9.status()).rejects.toThrow(
    'Cannot call another node: its name is "d9", wanted one of d1, d2',
  );
  const alone = await clientOf({ ...wayTo({}), peers: () => [] }, "d9");
  await expect(alone.status()).rejects.toThrow('wanted "d1": no other node was heard of');
  const without = await clientOf(undefined, "d9");
  await expect(without.status()).rejects.toThrow('"d9", wanted none: this director is on its own');
});

test("a node that answers nothing, or nonsense, is a failure of that node", async () => {
  const saying = (...answers: Uint8Array[]): PeerCalls => ({
    ...wayTo({}),
    call: async function* () {
      yield* answers;
    },
  });
  const answerTo = async (peers: PeerCalls) => (await clientOf(peers, "d2")).status();
  await expect(answerTo(saying())).rejects.toThrow(
    'Cannot reach node "d2": it ended the call without an answer',
  );
  for (const bytes of [[], [7], [0, 0xff], [1, 1, 1], [1, ...Buffer.from("{}")]])
    await expect(answerTo(saying(Uint8Array.from(bytes)))).rejects.toThrow("does not know");
});

test("a role that does not suffice is refused before anything is sent, and by the other node as well", async () => {
  const call = vi.fn();
  const request = { service: "tcp 192.0.2.1:80", author: "x" };
  const to = { peers: { ...wayTo({}), call }, node: "d2", caller: viewer, signal: forever };
  await expect(forwardUnary("ZeroCounters", request, to)).rejects.toMatchObject({
    failure: { code: "forbidden" },
  });
  await expect(collect(forwardStream("CapturePackets", { reasons: [], all: false }, to))).rejects.toThrow(
    "bob",
  );
  expect(call).not.toHaveBeenCalled();
  const message = nodeDefinition.ZeroCounters.requestSerialize(request);
  const answers = await collect(asked({ method: "ZeroCounters", caller: viewer, message }));
  expect(answers.map(said)).toEqual([expect.stringContaining('"forbidden"')]);
});

/** What a node with the sample's answers says to a forwarded call. */
const asked = (call: Parameters<typeof encodeCall>[0]) =>
  serveForwarded(encodeCall(call), { api: createSampleNode({}) }, { peer: "d1", signal: forever });
const said = (answer: Uint8Array) => `${answer[0]} ${Buffer.from(answer.subarray(1)).toString()}`;

const unreadable: [what: string, request: Uint8Array, want: string][] = [
  ["nothing", new Uint8Array(0), "it cannot read the request"],
  ["random bytes", Uint8Array.of(0, 0, 0, 9, 1, 2, 3), "it cannot read the request"],
  [
    "no method of this version",
    encodeCall({ method: "Dance", caller: admin, message: new Uint8Array(0) }),
    'no method \\"Dance\\"',
  ],
  [
    "a name that every object has",
    encodeCall({ method: "toString", caller: admin, message: new Uint8Array(0) }),
    'no method \\"toString\\"',
  ],
  [
    "a role that there is not",
    encodeCall({
      method: "GetStatus",
      caller: { ...admin, role: "god" as "admin" },
      message: new Uint8Array(0),
    }),
    "it cannot read the request",
  ],
  [
    "a message that is none",
    encodeCall({ method: "ZeroCounters", caller: admin, message: Uint8Array.of(0xff) }),
    "its encoding",
  ],
];
for (const [what, request, want] of unreadable) {
  test(`a forwarded call with ${what} is answered with a failure`, async () => {
    const answers = await collect(
      serveForwarded(request, { api: createSampleNode({}) }, { peer: "d1", signal: forever }),
    );
    expect(answers.map(said)).toEqual([expect.stringContaining(want)]);
  });
}

test("a peer is a node like any other, and holds whoever calls against his role", async () => {
  const d2 = peerNode(wayTo({}), "d2", viewer);
  expect((await d2.status()).node).toBe("d2");
  expect(await d2.services()).toEqual(sampleServices);
  expect((await collect(d2.connections({ limit: 3 }))).length).toBeGreaterThan(0);
  await expect(d2.zero({ author: "x" })).rejects.toMatchObject({ failure: { code: "forbidden" } });
});

test("a bug is thrown where it is, for the log there", async () => {
  const bug = new TypeError("oops");
  const answers = serveForwarded(
    encodeCall({ method: "GetStatus", caller: admin, message: new Uint8Array(0) }),
    { api: createSampleNode({ status: () => Promise.reject(bug) }) },
    { peer: "d1", signal: forever },
  );
  await expect(collect(answers)).rejects.toBe(bug);
});

test("a call survives its way as it was, and cut at any length it is none or has a shorter message", () => {
  const call = { method: "GetStatus" satisfies MethodName, caller: viewer, message: Uint8Array.of(1, 2, 3) };
  const bytes = encodeCall(call);
  expect(decodeCall(bytes)).toEqual({ ...call, message: Buffer.from(call.message) });
  for (let length = 0; length < bytes.length - 3; length++)
    expect(decodeCall(bytes.subarray(0, length))).toBeUndefined();
});
