/** What a node answers: snapshots at the asker's pace, replays, and its own digest. */
import { expect, test } from "vitest";
import { createFollower, frameOf, LIFE, type Listener, OURS } from "../testing/listener.ts";
import type { Frame } from "../wire/seal.ts";

const CHALLENGE = "cc".repeat(16);
const some = (n: number): Uint8Array => new Uint8Array(n);

/** Node `b`, asked by `a` for a snapshot of `buckets` with two chunks under way at once. */
function asked(buckets: readonly number[] = []): Listener {
  const b = createFollower();
  const request = { challenge: CHALLENGE, target: OURS, window: 2, buckets };
  b.hear(frameOf("snapshotRequest", request, { sequence: 3 }));
  return b;
}
const credit = (b: Listener, next: number, sequence: number, challenge = CHALLENGE) =>
  b.hear(frameOf("credit", { challenge, next, window: 2 }, { sequence }));
/** The table answers the latest question with a piece of the table. */
const read = (b: Listener, count: number, next: number | null) =>
  b.take({ type: "owned", request: b.state.lastQuestion, records: some(count), count, next });
const chunksIn = (frames: readonly Frame[]) =>
  frames.flatMap((f) =>
    f.kind === "snapshotChunk" ? [{ ...f.body, records: f.body.records.length, to: f.header.count }] : [],
  );

test("a snapshot is read piece by piece, as far as the asker's window goes", () => {
  const b = asked();
  b.take({ type: "offered", records: some(1), count: 1 });
  b.wait(50); // stream number 1
  const first = read(b, 5, 70);
  expect(chunksIn(first.frames)).toMatchObject([
    { challenge: CHALLENGE, base: 1, chunk: 0, isLast: false, isTableKept: false, records: 5 },
  ]);
  expect(first.calls).toMatchObject([{ type: "readOwned", bucket: null, cursor: 70 }]);
  b.take({ type: "offered", records: some(1), count: 1 });
  b.wait(50);
  const second = read(b, 5, 90);
  expect(chunksIn(second.frames)).toMatchObject([{ base: 1, chunk: 1 }]); // the base is that of the first
  expect(second.calls).toEqual([]);
  expect(credit(b, 1, 4).calls).toMatchObject([{ type: "readOwned", cursor: 90 }]);
  expect(chunksIn(read(b, 3, null).frames)).toMatchObject([{ chunk: 2, isLast: true, records: 3 }]);
  expect(b.state.sessions.size).toBe(1);
  credit(b, 3, 5);
  expect(b.state.sessions.size).toBe(0);
});

test("an empty table is one empty chunk, and empty pieces are none", () => {
  const b = asked();
  expect(chunksIn(read(b, 0, 40).frames)).toEqual([]);
  expect(chunksIn(read(b, 0, null).frames)).toMatchObject([{ chunk: 0, isLast: true, records: 0 }]);
});

test("a snapshot of buckets reads one after the other", () => {
  const b = asked([4, 9]);
  const second = read(b, 2, null);
  expect(chunksIn(second.frames)).toMatchObject([{ chunk: 0, isLast: false }]);
  expect(second.calls).toMatchObject([{ type: "readOwned", bucket: 9, cursor: null }]);
  expect(chunksIn(read(b, 2, null).frames)).toMatchObject([{ chunk: 1, isLast: true }]);
});

test("the same question or credit again brings the chunks that were not confirmed again", () => {
  const b = asked();
  read(b, 5, 70);
  read(b, 5, 90);
  const request = { challenge: CHALLENGE, target: OURS, window: 2, buckets: [] };
  const again = b.hear(frameOf("snapshotRequest", request, { sequence: 4 }));
  expect(chunksIn(again.frames)).toMatchObject([{ chunk: 0 }, { chunk: 1 }]);
  expect(again.calls).toEqual([]);
  expect(chunksIn(credit(b, 1, 5).frames)).toEqual([]);
  expect(chunksIn(credit(b, 1, 6).frames)).toMatchObject([{ chunk: 1 }]);
});

test("a credit for another snapshot is refused", () => {
  const b = asked();
  read(b, 5, 70);
  credit(b, 1, 4, LIFE[0]);
  expect(b.state.counts.refused.unasked).toBe(1);
  expect(b.state.sessions.get("a")?.chunks.size).toBe(1);
});

test("no asker makes a node keep more chunks than its own window", () => {
  const b = asked();
  b.hear(frameOf("credit", { challenge: CHALLENGE, next: 0, window: 60_000 }, { sequence: 4 }));
  for (let piece = 1; piece < 20; piece++) read(b, 5, piece);
  expect(b.state.sessions.get("a")?.chunks.size).toBe(b.state.limits.window);
});

test("a new challenge replaces the snapshot under way, whose answers are dropped", () => {
  const b = asked();
  const old = b.state.lastQuestion;
  const request = { challenge: LIFE[0], target: OURS, window: 2, buckets: [] };
  b.hear(frameOf("snapshotRequest", request, { sequence: 4 }));
  const late = b.take({ type: "owned", request: old, records: some(1), count: 1, next: null });
  expect(late.effects).toEqual([]);
  expect(chunksIn(read(b, 2, null).frames)).toMatchObject([{ challenge: LIFE[0], chunk: 0 }]);
});

test("a snapshot whose asker fell silent is forgotten after 10 s", () => {
  const b = asked();
  read(b, 5, 70);
  b.wait(9900);
  expect(b.state.sessions.size).toBe(1);
  b.wait(300);
  expect(b.state.sessions.size).toBe(0);
});

test("frames are sent again as they were, and what is gone is said to be", () => {
  const b = createFollower();
  const sent = [1, 2, 3].map((n) => {
    b.take({ type: "offered", records: some(n), count: n });
    return b.wait(50).effects.find((e) => e.type === "publish")!;
  });
  const replay = (first: number, last: number, sequence: number) =>
    b.hear(frameOf("replayRequest", { target: OURS, first, last }, { sequence }));
  const again = replay(2, 3, 3).effects.flatMap((e) => (e.type === "publish" ? [e] : []));
  expect(again.map((e) => e.frame)).toEqual(sent.slice(1).map((e) => e.frame));
  expect(again.map((e) => e.subject)).toEqual(["tandem.c.peer.a", "tandem.c.peer.a"]);
  expect(replay(0, 1, 4).frames).toMatchObject([{ kind: "replayGone", body: { oldest: 1 } }]);
});

test("a digest follows what was offered before it", () => {
  const b = createFollower();
  const { calls } = b.wait(11_000);
  expect(calls).toMatchObject([{ type: "setPeerLive", live: false }, { type: "digestOwned" }]);
  b.take({ type: "offered", records: some(1), count: 1 });
  const { frames } = b.take({
    type: "digest",
    request: b.state.lastQuestion,
    buckets: Uint32Array.of(7, 8),
  });
  expect(frames.map((f) => [f.kind, f.header.sequence])).toEqual([
    ["delta", 1],
    ["digest", 2],
  ]);
});
