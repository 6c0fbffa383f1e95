/** What happens when…: pairs of nodes in virtual time, without chance. */
import { expect, test } from "vitest";
import {
  createSimulatedCluster,
  MODEL_TIMEOUT_MS,
  NO_FAULTS,
  type SimulatedCluster,
  type SimulatedNode,
} from "../testing/index.ts";
import type { Limits } from "./limits.ts";
import type { SyncEffect } from "./sync-state.ts";

function pair(limits: Partial<Limits> = {}): {
  cluster: SimulatedCluster;
  a: SimulatedNode;
  b: SimulatedNode;
} {
  const cluster = createSimulatedCluster({ seed: 1, nodes: ["a", "b"], limits });
  const [a, b] = cluster.nodes as [SimulatedNode, SimulatedNode];
  return { cluster, a, b };
}

/** A pair whose streams are live, `count` connections on `a`. */
function livePair(options: { count?: number; limits?: Partial<Limits> } = {}) {
  const made = pair(options.limits);
  made.cluster.time.run(1000);
  for (let key = 0; key < (options.count ?? 0); key++) made.a.table.seePacket(key, 1);
  made.cluster.time.run(100);
  return made;
}

const ownersOf = (node: SimulatedNode) =>
  Object.fromEntries([...node.table.contents()].map(([key, { owner }]) => [key, owner]));
const follows = (node: SimulatedNode) =>
  node.effects.flatMap((e: SyncEffect) => (e.type === "followed" ? [`${e.from} ${e.event} ${e.to}`] : []));
const readiness = (node: SimulatedNode) =>
  node.effects.flatMap((e: SyncEffect) => (e.type === "readiness" ? [e.isReady] : []));
const stateOf = (node: SimulatedNode) => node.status().peers[0]?.state;

test("two nodes that start together are synced in well under a second", () => {
  const { cluster, a, b } = pair();
  cluster.time.run(500);
  for (const node of [a, b])
    expect(node.status()).toMatchObject({ isReady: true, isSynced: true, isAlone: false });
  expect(follows(b)).toEqual([
    "alone peerSeen joining",
    "joining snapshotStart loading",
    "loading snapshotEnd live",
  ]);
});

test("a node without peers is alone, and ready, after 3 s and not before", () => {
  const { time, nodes } = createSimulatedCluster({ seed: 1, nodes: ["a"] });
  time.run(2900);
  expect(nodes[0]!.status()).toMatchObject({ isReady: false, isAlone: false });
  time.run(200);
  expect(nodes[0]!.status()).toMatchObject({ isReady: true, isAlone: true, isSynced: false });
});

test("a node that cannot reach NATS is alone after 5 s and not before", () => {
  const { time, nodes } = createSimulatedCluster({ seed: 1, nodes: ["a"] });
  nodes[0]!.setConnected(false);
  time.run(4900);
  expect(nodes[0]!.status()).toMatchObject({ isReady: false, isAlone: false });
  time.run(200);
  expect(nodes[0]!.status()).toMatchObject({ isReady: true, isAlone: true });
});

test("a change of a connection is at the peer within 5 ms, and its lag is told", () => {
  const { cluster, a, b } = livePair();
  a.table.seePacket(7, 3);
  cluster.time.run(5);
  expect(b.table.contents().get(7)).toMatchObject({ owner: "a", state: 3 });
  const lags = b.effects.flatMap((e) => (e.type === "lag" ? [e.lagMs] : []));
  expect(lags).toHaveLength(1);
  expect(lags[0]).toBeGreaterThan(0.2);
  expect(lags[0]).toBeLessThan(3);
});

test("the end of a connection is its end at the peer", () => {
  const { cluster, a, b } = livePair({ count: 3 });
  a.table.end(1);
  cluster.time.run(10);
  expect(ownersOf(b)).toEqual({ 0: "a", 2: "a" });
});

test("a packet at the other node moves the connection there", () => {
  const { cluster, a, b } = livePair({ count: 2 });
  b.table.seePacket(1, 1);
  cluster.time.run(10);
  for (const node of [a, b]) expect(ownersOf(node)).toEqual({ 0: "a", 1: "b" });
});

test("a newcomer is asked at once and synced within 50 ms", () => {
  const { cluster, a, b } = pair();
  b.stop();
  cluster.time.run(1100);
  b.start({ isTableKept: false });
  cluster.time.run(50);
  expect([stateOf(a), stateOf(b)]).toEqual(["live", "live"]);
});

test("a late node gets the whole table in chunks, and is not ready before", () => {
  const { cluster, a, b } = pair({ chunkBytes: 600, window: 2 });
  b.stop();
  for (let key = 0; key < 500; key++) a.table.seePacket(key, 1);
  cluster.time.run(5000);
  expect(a.status().isAlone).toBe(true);
  b.start({ isTableKept: false });
  const before = a.effects.length;
  for (let ms = 0; !b.status().isReady; ms++) {
    expect(ms).toBeLessThan(1000);
    expect(stateOf(b)).not.toBe("live");
    cluster.time.run(1);
  }
  expect(b.table.contents().size).toBe(500);
  cluster.time.run(5000);
  expect(a.effects.slice(before).filter((e) => e.type === "readiness")).toEqual([]);
});

test("deltas that come while a snapshot is loaded are applied after it", () => {
  const { cluster, a, b } = pair({ chunkBytes: 600, window: 1 });
  b.stop();
  for (let key = 0; key < 300; key++) a.table.seePacket(key, 1);
  cluster.time.run(3000);
  b.start({ isTableKept: false });
  const toDo = Array.from({ length: 300 }, (_, key) => key);
  for (let ms = 0; ms < 300; ms++) {
    const key = toDo.shift()!;
    if (key % 3 === 0) a.table.end(key);
    else if (key % 3 === 1) a.table.seePacket(key, 9);
    cluster.time.run(1);
  }
  cluster.time.run(1000);
  expect([...b.table.contents().values()].map((c) => c.state).sort()).toEqual(
    [...a.table.contents().values()].map((c) => c.state).sort(),
  );
  expect(b.table.contents().size).toBe(200);
});

test("connections of a node that lost its table in a restart live on, and come back to it", () => {
  const { cluster, a, b } = livePair({ count: 5 });
  a.stop();
  cluster.time.run(3000);
  expect(ownersOf(b)).toEqual({ 0: "a", 1: "a", 2: "a", 3: "a", 4: "a" });
  a.start({ isTableKept: false });
  cluster.time.run(1000);
  for (const node of [a, b]) expect(ownersOf(node)).toEqual({ 0: "b", 1: "b", 2: "b", 3: "b", 4: "b" });
});

test("a node that kept its table in a restart keeps its connections, and what ended meanwhile is forgotten", () => {
  const { cluster, a, b } = livePair({ count: 3 });
  a.stop();
  a.table.end(1);
  cluster.time.run(500);
  a.start({ isTableKept: true });
  cluster.time.run(1000);
  for (const node of [a, b]) expect(ownersOf(node)).toEqual({ 0: "a", 2: "a" });
});

test("a quick restart is noticed by its new epoch, without waiting for silence", () => {
  const { cluster, a, b } = livePair();
  a.stop();
  a.start({ isTableKept: true });
  cluster.time.run(400);
  expect(follows(b).slice(3)).toEqual(["live snapshotStart loading", "loading snapshotEnd live"]);
  expect(readiness(b)).toEqual([true]);
});

test("a peer that dies is lost after 1.5 s, and the survivor stays ready", () => {
  const { cluster, a, b } = livePair({ count: 1 });
  a.stop();
  cluster.time.run(1200);
  expect(stateOf(b)).toBe("live");
  cluster.time.run(500);
  expect(stateOf(b)).toBe("alone");
  cluster.time.run(10_000);
  expect(b.status()).toMatchObject({ isReady: true, isAlone: true });
  expect(readiness(b)).toEqual([true]);
});

test("a lost frame is asked for again and comes in its place", () => {
  const { cluster, a, b } = livePair();
  cluster.setFaults({ ...NO_FAULTS, loss: 1 });
  a.table.seePacket(1, 1);
  cluster.time.run(10);
  cluster.setFaults(NO_FAULTS);
  a.table.seePacket(2, 1);
  cluster.time.run(20);
  expect(ownersOf(b)).toEqual({ 1: "a", 2: "a" });
  expect(follows(b).slice(3)).toEqual(["live gap repairing", "repairing repaired live"]);
  expect(b.status().counts.happened).toMatchObject({ gaps: 1, snapshotsRequested: 1 });
});

test("the loss of a stream's last frame shows in the next hello", () => {
  const { cluster, a, b } = livePair();
  cluster.setFaults({ ...NO_FAULTS, loss: 1 });
  a.table.seePacket(1, 1);
  cluster.time.run(10);
  cluster.setFaults(NO_FAULTS);
  cluster.time.run(300);
  expect(ownersOf(b)).toEqual({ 1: "a" });
});

test("a gap that the peer cannot fill any more leads to a new snapshot", () => {
  const { cluster, a, b } = livePair({ limits: { replayBytes: 500 } });
  cluster.setFaults({ ...NO_FAULTS, loss: 1 });
  for (let key = 0; key < 20; key++) {
    a.table.seePacket(key, 1);
    cluster.time.run(10);
  }
  cluster.setFaults(NO_FAULTS);
  cluster.time.run(500);
  expect(b.table.contents().size).toBe(20);
  expect(follows(b).slice(3)).toContain("repairing gone joining");
  expect(stateOf(b)).toBe("live");
});

test("a long gap is filled burst by burst", () => {
  const { cluster, a, b } = livePair({ limits: { replayFrames: 4 } });
  a.setConnected(false);
  for (let key = 0; key < 50; key++) {
    a.table.seePacket(key, 1);
    cluster.time.run(10);
  }
  a.setConnected(true);
  cluster.time.run(300);
  expect(b.table.contents().size).toBe(50);
  expect(b.status().counts.happened).toMatchObject({ snapshotsRequested: 1, gaps: 1 });
  expect(b.status().counts.happened.replaysRequested).toBeGreaterThan(10);
});

test("an outage of NATS freezes timers, makes nobody unready, and is repaired by replay", () => {
  const { cluster, a, b } = livePair({ count: 3 });
  for (const node of [a, b]) node.setConnected(false);
  a.table.seePacket(3, 1);
  a.table.end(0);
  cluster.time.run(4900);
  expect(stateOf(b)).toBe("live");
  cluster.time.run(5100);
  expect(stateOf(b)).toBe("alone");
  for (const node of [a, b]) node.setConnected(true);
  cluster.time.run(300);
  expect(ownersOf(b)).toEqual({ 1: "a", 2: "a", 3: "a" });
  expect(follows(b).slice(3)).toEqual([
    "live peerLost alone",
    "alone peerResumed repairing",
    "repairing repaired live",
  ]);
  expect([readiness(a), readiness(b)]).toEqual([[true], [true]]);
  expect(b.status().counts.happened.snapshotsRequested).toBe(1);
});

test("records of a peer do not expire while its stream is away, and do afterwards", () => {
  const { cluster, a, b } = livePair({ count: 1 });
  b.setConnected(false);
  cluster.time.run(MODEL_TIMEOUT_MS + 30_000);
  expect([...a.table.contents().keys()]).toEqual([]);
  expect(ownersOf(b)).toEqual({ 0: "a" });
  b.setConnected(true);
  cluster.time.run(2000);
  expect(ownersOf(b)).toEqual({});
});

test("tables that differ are found by their digests, and only what differs is sent", () => {
  const { cluster, b } = livePair({ count: 64 });
  const contents = b.table.contents() as Map<number, unknown>;
  contents.delete(5);
  const before = b.status().counts.happened.recordsReceived;
  cluster.time.run(11_000);
  expect(b.table.contents().size).toBe(64);
  const { happened } = b.status().counts;
  expect(happened.bucketsRepaired).toBe(1);
  expect(happened.recordsReceived - before).toBe(4); // 64 connections in 16 buckets
  expect(follows(b).slice(3)).toEqual([]); // live all the time
});

test("the status of a peer says when tables were compared last, and how much differed then", () => {
  const { cluster, b } = livePair({ count: 64 });
  const compared = () => b.status().peers[0]?.compared;
  expect(compared()).toBeUndefined();
  (b.table.contents() as Map<number, unknown>).delete(5);
  cluster.time.run(10_000);
  expect(compared()?.differing).toBe(1);
  cluster.time.run(10_000);
  expect(compared()?.differing).toBe(0);
  expect(compared()?.msAgo).toBeLessThan(10_000);
});

test("a record that only the follower has is found by digests and forgotten", () => {
  const { cluster, b } = livePair({ count: 4 });
  const contents = b.table.contents() as Map<number, object>;
  contents.set(99, { ...contents.get(1), key: 99 });
  cluster.time.run(11_000);
  expect(ownersOf(b)).toEqual({ 0: "a", 1: "a", 2: "a", 3: "a" });
});

test("flush is acknowledged when the followers' tables have it, in milliseconds", () => {
  const { cluster, a, b } = livePair();
  a.table.seePacket(1, 1);
  cluster.time.run(0.5); // offered, not yet sent
  const flush = a.flush(2000);
  cluster.time.run(10);
  expect(flush.answer).toBe(true);
  expect(ownersOf(b)).toEqual({ 1: "a" });
});

test("flush waits for a follower that misses frames", () => {
  const { cluster, a, b } = livePair();
  cluster.setFaults({ ...NO_FAULTS, loss: 1 });
  a.table.seePacket(1, 1);
  cluster.time.run(1);
  const flush = a.flush(2000);
  cluster.time.run(100);
  expect(flush.answer).toBeUndefined();
  cluster.setFaults(NO_FAULTS);
  while (flush.answer === undefined) cluster.time.run(0.1);
  expect(flush.answer).toBe(true);
  expect(ownersOf(b)).toEqual({ 1: "a" });
});

const unanswered = [
  { name: "there is no peer", prepare: ({ b }: ReturnType<typeof pair>) => b.stop() },
  { name: "the peer is cut off", prepare: ({ b }: ReturnType<typeof pair>) => b.setConnected(false) },
];
for (const { name, prepare } of unanswered) {
  test(`flush is not acknowledged when ${name}: it says so at its deadline`, () => {
    const made = livePair();
    prepare(made);
    const flush = made.a.flush(2000);
    made.cluster.time.run(1900);
    expect(flush.answer).toBeUndefined();
    made.cluster.time.run(200);
    expect(flush.answer).toBe(false);
  });
}

test("a snapshot outlives the loss of its chunks", () => {
  const { cluster, a, b } = pair({ chunkBytes: 600, window: 4 });
  b.stop();
  for (let key = 0; key < 400; key++) a.table.seePacket(key, 1);
  cluster.time.run(3000);
  cluster.setFaults({ loss: 0.2, duplication: 0.1, reordering: 0.1, delayMs: 5 });
  b.start({ isTableKept: false });
  cluster.time.run(15_000);
  cluster.setFaults(NO_FAULTS);
  cluster.time.run(3000);
  expect(b.table.contents().size).toBe(400);
  expect(stateOf(b)).toBe("live");
});

test("more deltas than can be kept while loading begin the snapshot anew", () => {
  const { cluster, a, b } = pair({ chunkBytes: 600, window: 1, heldBytes: 100 });
  b.stop();
  for (let key = 0; key < 300; key++) a.table.seePacket(key, 1);
  cluster.time.run(3000);
  b.start({ isTableKept: false });
  for (let key = 0; key < 20; key++) {
    a.table.seePacket(key, 2);
    cluster.time.run(5);
  }
  cluster.time.run(2000);
  expect(b.status().counts.refused.overflow).toBeGreaterThan(0);
  expect(follows(b)).toContain("loading stalled joining");
  expect(stateOf(b)).toBe("live");
  expect(b.table.contents().size).toBe(300);
});

test("a peer that is heard but does not answer keeps nobody from serving", () => {
  const { cluster, a, b } = pair();
  cluster.partition([["a"], ["b"]]);
  cluster.time.run(2500);
  expect([a.status().isReady, b.status().isReady]).toEqual([false, false]);
  cluster.time.run(1000);
  expect([a.status().isAlone, b.status().isAlone]).toEqual([true, true]);
});

test("after a partition the later packet wins on both sides, whatever the clocks say", () => {
  const { cluster, a, b } = livePair({ count: 2 });
  cluster.partition([["a"], ["b"]]);
  b.table.seePacket(0, 5);
  cluster.time.run(3000);
  a.table.seePacket(0, 6);
  a.table.seePacket(1, 7);
  cluster.time.run(3000);
  b.table.seePacket(1, 8);
  cluster.time.run(100);
  cluster.partition([]);
  cluster.time.run(1000);
  for (const node of [a, b]) {
    expect(node.table.contents().get(0)).toMatchObject({ owner: "a", state: 6 });
    expect(node.table.contents().get(1)).toMatchObject({ owner: "b", state: 8 });
  }
});
