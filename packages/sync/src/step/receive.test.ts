/** What a node believes: frames of an honest peer, and everything else, which is counted and changes nothing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BASE,
  chunk,
  createFollower,
  createFollowerOfSecondLife,
  createListener,
  frameOf,
  HELLO,
  LIFE,
  type Listener,
  load,
  NO_RECORDS,
  NOBODY,
} from "../testing/listener.ts";
import { REFUSALS, type Refusal } from "./counts.ts";
import { statusOf } from "./status.ts";

const next = frameOf("delta", NO_RECORDS, { sequence: BASE + 1 });
const cases: { name: string; node?: () => Listener; frame: () => Uint8Array; want: Refusal }[] = [
  { name: "no frame", frame: () => new Uint8Array(5), want: "malformed" },
  { name: "a frame of another version", frame: () => next.with(2, 9), want: "version" },
  { name: "a frame of an unknown key", frame: () => next.with(3, 9), want: "unknown_key" },
  {
    name: "a frame that was changed",
    frame: () => next.with(next.length - 1, next.at(-1)! ^ 1),
    want: "forged",
  },
  { name: "a header that was changed", frame: () => next.with(11, 9), want: "forged" },
  {
    name: "a body that is not of its kind",
    frame: () => frameOf("digest", { buckets: new Uint32Array(2) }, { sequence: 11, count: 3 }),
    want: "malformed",
  },
  {
    name: "our own name in another's mouth",
    frame: () => frameOf("hello", HELLO, { node: "b" }),
    want: "own_name",
  },
  {
    name: "a stream frame that is applied already",
    frame: () => frameOf("delta", NO_RECORDS, { sequence: BASE }),
    want: "duplicate",
  },
  { name: "a control frame again", frame: () => frameOf("hello", HELLO, { sequence: 2 }), want: "replayed" },
  {
    name: "a hello of another life again",
    node: () => {
      const b = createFollower();
      b.hear(frameOf("hello", HELLO, { epoch: LIFE[1] }));
      return b;
    },
    frame: () => frameOf("hello", HELLO, { epoch: LIFE[1] }),
    want: "replayed",
  },
  {
    name: "the stream of an epoch that answered nothing",
    frame: () => frameOf("delta", NO_RECORDS, { epoch: LIFE[1], sequence: 11 }),
    want: "foreign_epoch",
  },
  {
    name: "the stream of a node that answered nothing",
    frame: () => frameOf("delta", NO_RECORDS, { node: "c", sequence: 11 }),
    want: "foreign_epoch",
  },
  {
    name: "the stream of a node that was asked and has not answered",
    node: () => {
      const b = createListener();
      b.hear(frameOf("hello", HELLO));
      return b;
    },
    frame: () => next,
    want: "foreign_epoch",
  },
  {
    name: "the stream of a former life",
    node: createFollowerOfSecondLife,
    frame: () => next,
    want: "retired_epoch",
  },
  {
    name: "a hello of a former life",
    node: createFollowerOfSecondLife,
    frame: () => frameOf("hello", HELLO, { sequence: 9 }),
    want: "retired_epoch",
  },
  {
    name: "a snapshot that nobody asked for",
    frame: () => frameOf("snapshotChunk", chunk(NOBODY), { sequence: 3 }),
    want: "unasked",
  },
  {
    name: "a request to a former life of ours",
    frame: () => frameOf("replayRequest", { target: NOBODY, first: 1, last: 2 }, { sequence: 3 }),
    want: "wrong_target",
  },
  {
    name: "a snapshot request to a former life of ours",
    frame: () =>
      frameOf(
        "snapshotRequest",
        { challenge: NOBODY, target: NOBODY, window: 1, buckets: [] },
        { sequence: 3 },
      ),
    want: "wrong_target",
  },
  {
    name: "a credit for no snapshot",
    frame: () => frameOf("credit", { challenge: NOBODY, next: 0, window: 1 }, { sequence: 3 }),
    want: "unasked",
  },
];
for (const { name, node = createFollower, frame, want } of cases) {
  test(`${name} is refused as ${want} and changes nothing`, () => {
    const b = node();
    const { counts: _, ...before } = structuredClone(statusOf(b.state, 100));
    const refusedBefore = b.state.counts.refused[want];
    expect(b.hear(frame()).effects).toEqual([]);
    const { counts, ...after } = statusOf(b.state, 100);
    expect(after).toEqual(before);
    expect(counts.refused[want]).toBe(refusedBefore + 1);
  });
}

test("a hello that may be a recording makes a node ask that epoch, with a challenge, and nothing more", () => {
  const b = createFollower();
  const { effects, frames } = b.hear(frameOf("hello", HELLO, { epoch: LIFE[1] }));
  expect(frames.map((f) => f.kind)).toEqual(["snapshotRequest"]);
  expect(frames[0]).toMatchObject({ body: { target: LIFE[1], buckets: [] } });
  expect(effects).toHaveLength(1);
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", epoch: LIFE[0] });
});

test("the peer's own voice ends the suspicion that it restarted", () => {
  const b = createFollower();
  b.hear(frameOf("hello", HELLO, { epoch: LIFE[1] }));
  b.hear(frameOf("hello", HELLO, { sequence: 3 }));
  const { frames } = b.wait(300);
  expect(frames.filter((f) => f.kind === "snapshotRequest")).toMatchObject([{ body: { target: LIFE[0] } }]);
  load(b, { sequence: 4 });
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", epoch: LIFE[0], join: undefined });
});

test("recordings keep nobody alive", () => {
  const b = createFollower();
  const events: string[] = [];
  for (let sequence = 1; sequence < 20; sequence++) {
    events.push(...b.wait(100).effects.flatMap((e) => (e.type === "followed" ? [e.event] : [])));
    b.hear(frameOf("hello", HELLO, { epoch: LIFE[1], sequence }));
  }
  expect(events).toEqual(["peerLost"]);
});

test("what was held of a former life is not applied to the next", () => {
  const b = createFollower();
  b.hear(frameOf("delta", NO_RECORDS, { sequence: BASE + 2 })); // early, and held
  b.hear(frameOf("hello", HELLO, { epoch: LIFE[1] }));
  const { calls } = load(b, { sequence: 2, epoch: LIFE[1] }, { base: BASE + 1 });
  expect(calls.map((c) => c.type)).toEqual(["endReload", "setPeerLive"]);
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", next: BASE + 2 });
});

test("an answer to an old challenge is not believed", () => {
  const b = createListener();
  b.hear(frameOf("hello", HELLO));
  const old = b.challenge();
  b.wait(14_000); // no answer: alone, and time to ask again
  b.hear(frameOf("hello", HELLO, { sequence: 2 }));
  expect(b.challenge()).not.toBe(old);
  b.hear(frameOf("snapshotChunk", chunk(old), { sequence: 3 }));
  expect(b.state.counts.refused.unasked).toBe(1);
  expect(b.state.peers.get("a")?.epoch).toBeUndefined();
});

test("a life that was not heard of before is asked at once, though the last one did not answer", () => {
  const b = createListener();
  for (const sequence of [1, 2, 3, 4]) {
    b.hear(frameOf("hello", HELLO, { sequence }));
    b.wait(1000);
  }
  expect(b.hear(frameOf("hello", HELLO, { sequence: 5 })).frames).toEqual([]);
  const { frames } = b.hear(frameOf("hello", HELLO, { epoch: LIFE[1] }));
  expect(frames).toMatchObject([{ kind: "snapshotRequest", body: { target: LIFE[1] } }]);
});

test("chunks are taken in order only", () => {
  const b = createListener();
  b.hear(frameOf("hello", HELLO));
  for (const [i, number] of [0, 2, 1].entries()) {
    const part = chunk(b.challenge(), { chunk: number, isLast: false });
    b.hear(frameOf("snapshotChunk", part, { sequence: 2 + i }));
  }
  expect(b.state.peers.get("a")?.join?.next).toBe(2);
  expect(b.state.counts.refused.unasked).toBe(1);
});

test("a peer beyond the most that are kept is refused, unless one never answered", () => {
  const b = createFollower();
  const names = Array.from({ length: b.state.limits.maxPeers - 1 }, (_, i) => `n${i}`);
  for (const node of names) b.hear(frameOf("hello", HELLO, { node }));
  b.hear(frameOf("hello", HELLO, { node: "late" }));
  expect(b.state.counts.refused.too_many_peers).toBe(1);
  b.wait(4000); // the others do not answer
  b.hear(frameOf("hello", HELLO, { node: "late" }));
  expect([...b.state.peers.keys()]).toContain("late");
  expect(b.state.peers.size).toBe(b.state.limits.maxPeers);
});

test("random bytes, and random changes of honest frames, are refused without an exception", () => {
  const b = createFollower();
  const honest = [
    next,
    frameOf("hello", HELLO, { sequence: 3 }),
    frameOf("snapshotChunk", chunk(NOBODY), { sequence: 4 }),
  ];
  const anyChange = fc.array(fc.tuple(fc.nat(90), fc.nat(255)));
  fc.assert(
    fc.property(fc.constantFrom(...honest), anyChange, (frame, changes) => {
      const bytes = frame.slice();
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      if (bytes.some((byte, i) => byte !== frame[i])) expect(b.hear(bytes).effects).toEqual([]);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => b.hear(junk).effects.length === 0));
  const refused = REFUSALS.reduce((sum, reason) => sum + b.state.counts.refused[reason], 0);
  expect(refused).toBeGreaterThan(100);
});
