/** What a follower does when frames are lost, exactly: what it asks, when again, and when it gives up. */
import { expect, test } from "vitest";
import {
  BASE,
  chunk,
  createFollower,
  createListener,
  frameOf,
  HELLO,
  LIFE,
  type Listener,
  NO_RECORDS,
} from "../testing/listener.ts";
import type { Kind } from "../wire/header.ts";

const delta = (sequence: number): Uint8Array => frameOf("delta", NO_RECORDS, { sequence });
const kindsSent = (deeds: { frames: readonly { kind: Kind }[] }) =>
  deeds.frames.map((f) => f.kind).filter((kind) => kind !== "hello");
const stateOf = (b: Listener) => b.state.peers.get("a")!.follow;
/** The peer lives, and has nothing new. Control numbers rise with each. */
const liveOn = (b: Listener, sequence: number, head = BASE) =>
  b.hear(frameOf("hello", { ...HELLO, head }, { sequence }));

test("a snapshot request is sent again, with the same challenge, until there is no answer for 3 s", () => {
  const b = createListener();
  b.hear(frameOf("hello", HELLO));
  const first = b.challenge();
  expect(kindsSent(b.wait(600))).toEqual(["snapshotRequest", "snapshotRequest"]);
  expect(b.challenge()).toBe(first);
  b.hear(frameOf("hello", HELLO, { sequence: 2 }));
  b.wait(1000);
  b.hear(frameOf("hello", HELLO, { sequence: 3 }));
  b.wait(1300);
  expect(stateOf(b)).toBe("joining");
  b.wait(200);
  expect(stateOf(b)).toBe("alone");
  b.hear(frameOf("hello", HELLO, { sequence: 4 }));
  expect(stateOf(b)).toBe("alone"); // it is not asked again at once
});

test("a credit is sent again while chunks do not come, and the snapshot is begun anew after 3 s", () => {
  const b = createListener();
  b.hear(frameOf("hello", HELLO));
  const first = b.challenge();
  b.hear(frameOf("snapshotChunk", chunk(first, { isLast: false }), { sequence: 2 }));
  b.take({ type: "applied", token: 1 });
  const again = b.wait(300);
  expect(again.frames.filter((f) => f.kind === "credit")).toMatchObject([
    { body: { challenge: first, next: 1 } },
  ]);
  for (const sequence of [3, 4, 5]) {
    liveOn(b, sequence);
    b.wait(950);
  }
  expect(stateOf(b)).toBe("joining");
  expect(b.challenge()).not.toBe(first);
});

test("a replay request is sent again, and given up after 3 s for a snapshot", () => {
  const b = createFollower();
  const asked = b.hear(delta(BASE + 3));
  expect(asked.frames).toMatchObject([
    { kind: "replayRequest", body: { target: LIFE[0], first: BASE + 1, last: BASE + 2 } },
  ]);
  expect(stateOf(b)).toBe("repairing");
  expect(kindsSent(b.wait(300))).toEqual(["replayRequest"]);
  for (const sequence of [3, 4, 5]) {
    liveOn(b, sequence, BASE + 3);
    b.wait(950);
  }
  expect(stateOf(b)).toBe("joining");
});

test("a replay that is gone at the peer leads to a snapshot at once", () => {
  const b = createFollower();
  b.hear(delta(BASE + 3));
  b.hear(frameOf("replayGone", { oldest: BASE + 1 }, { sequence: 3 }));
  expect(stateOf(b)).toBe("repairing"); // that is what we asked for: it is there
  const { frames } = b.hear(frameOf("replayGone", { oldest: BASE + 2 }, { sequence: 4 }));
  expect(frames).toMatchObject([{ kind: "snapshotRequest", body: { buckets: [] } }]);
  expect(stateOf(b)).toBe("joining");
});

test("what was held before a snapshot is forgotten with it", () => {
  const b = createFollower();
  b.hear(delta(BASE + 3));
  b.hear(frameOf("replayGone", { oldest: BASE + 3 }, { sequence: 3 }));
  b.hear(frameOf("snapshotChunk", chunk(b.challenge(), { base: BASE + 5 }), { sequence: 4 }));
  b.take({ type: "applied", token: b.state.lastToken });
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", next: BASE + 6 });
  expect(b.state.peers.get("a")!.held.sizeBytes()).toBe(0);
  expect(b.state.peers.get("a")!.held.first()).toBeUndefined();
});

test("the table hears that a stream is live when it is, and that it is not with every gap and cut", () => {
  const b = createFollower();
  const said = [
    b.hear(delta(BASE + 2)),
    b.hear(delta(BASE + 1)),
    b.take({ type: "disconnected" }),
    b.take({ type: "connected" }),
    b.wait(1600),
  ].map(({ calls }) => calls.flatMap((c) => (c.type === "setPeerLive" ? [c.live] : [])));
  expect(said).toEqual([[false], [true], [false], [true], [false]]);
});

/** A follower whose digest of `a` differs in bucket 1, and its question. */
function differing(): Listener {
  const b = createFollower();
  const { calls } = b.hear(
    frameOf("digest", { buckets: Uint32Array.of(1, 2) }, { sequence: BASE + 1, count: 2 }),
  );
  expect(calls).toMatchObject([{ type: "digestOf", peer: "a" }]);
  const request = b.state.lastQuestion;
  const { frames } = b.take({ type: "digest", request, buckets: Uint32Array.of(1, 3) });
  expect(frames).toMatchObject([{ kind: "snapshotRequest", body: { buckets: [1] } }]);
  return b;
}

test("a stream waits while what differs is loaded, and stays live", () => {
  const b = differing();
  const begun = b.hear(
    frameOf("snapshotChunk", chunk(b.challenge(), { base: BASE + 1, isLast: true }), { sequence: 3 }),
  );
  expect(begun.calls).toMatchObject([{ type: "beginReload", buckets: [1] }, { type: "apply" }]);
  expect(b.hear(delta(BASE + 2)).calls).toEqual([]);
  const ended = b.take({ type: "applied", token: b.state.lastToken });
  expect(ended.calls).toMatchObject([{ type: "apply" }, { type: "endReload", unmentioned: "forget" }]);
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", next: BASE + 3 });
});

test("an answer that is older than what was applied meanwhile is too late", () => {
  const b = differing();
  b.hear(delta(BASE + 2));
  const { calls } = b.hear(
    frameOf("snapshotChunk", chunk(b.challenge(), { base: BASE + 1 }), { sequence: 3 }),
  );
  expect(calls).toEqual([]);
  expect(b.state.counts.refused.too_late).toBe(1);
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", join: undefined });
});

test("a comparison that gets stuck is given up after 3 s, and the stream goes on", () => {
  const b = differing();
  const part = chunk(b.challenge(), { base: BASE + 1, isLast: false });
  b.hear(frameOf("snapshotChunk", part, { sequence: 3 }));
  b.hear(delta(BASE + 2));
  for (const sequence of [4, 5, 6]) {
    liveOn(b, sequence, BASE + 2);
    b.wait(1050);
  }
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", join: undefined, next: BASE + 3 });
});

test("digests of another shape are not compared", () => {
  const b = createFollower();
  b.hear(frameOf("digest", { buckets: Uint32Array.of(1, 2) }, { sequence: BASE + 1, count: 2 }));
  const request = b.state.lastQuestion;
  expect(b.take({ type: "digest", request, buckets: Uint32Array.of(1) }).effects).toEqual([]);
});
