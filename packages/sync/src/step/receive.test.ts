/** What a node believes: frames of an honest peer, and everything else, which is counted and changes nothing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAesGcmSeal } from "../aes-gcm-seal.ts";
import { decodeHeader, type FrameHeader, type Kind } from "../wire/header.ts";
import type { Bodies } from "../wire/message.ts";
import { openFrame, sealFrame } from "../wire/seal.ts";
import { REFUSALS, type Refusal } from "./counts.ts";
import { statusOf } from "./status.ts";
import { step } from "./step.ts";
import { createSyncState, type SyncEffect, type SyncEvent, type SyncState } from "./sync-state.ts";

const key = new Uint8Array(32).fill(1);
const seal = createAesGcmSeal(new Map([[1, key]]), 1);
const LIFE = ["a1".repeat(16), "a2".repeat(16), "a3".repeat(16)] as const;
const OURS = "bb".repeat(16);
const NOBODY = "00".repeat(16);
const NO_RECORDS = { records: new Uint8Array(0) };
const HELLO: Bodies["hello"] = {
  isAckWanted: false,
  head: 10,
  acknowledgements: [],
  presence: new Uint8Array(0),
};
const BASE = 10;

/** A frame of node `a` in its first life, unless said otherwise. */
function frameOf<K extends Kind>(kind: K, body: Bodies[K], change: Partial<FrameHeader> = {}): Uint8Array {
  const header = {
    keyId: 1,
    count: 0,
    revision: 0,
    sequence: 1,
    atUs: 0,
    epoch: LIFE[0],
    node: "a",
    ...change,
    kind,
  };
  return sealFrame(seal, header, body);
}

interface Listener {
  readonly state: SyncState;
  take(event: SyncEvent, nowMs?: number): SyncEffect[];
  hear(frame: Uint8Array): SyncEffect[];
  /** The challenge of its latest request for a snapshot. */
  challenge(): string;
}

/** Node `b`, connected, knowing nobody. */
function listener(): Listener {
  const options = { cluster: "c", node: "b", epoch: OURS, seal, isTableKept: false };
  const state = createSyncState(options, 0);
  let dice = 0;
  let challenge = NOBODY;
  const take = (event: SyncEvent, nowMs = 100): SyncEffect[] => {
    const effects = step(state, event, nowMs, (n) => new Uint8Array(n).fill(++dice));
    for (const e of effects) challenge = (e.type === "publish" && challengeIn(e.frame)) || challenge;
    return effects;
  };
  take({ type: "connected" }, 0);
  return { state, take, hear: (frame) => take({ type: "received", frame }), challenge: () => challenge };
}

function challengeIn(bytes: Uint8Array): string | undefined {
  const header = decodeHeader(bytes) as FrameHeader;
  const frame = openFrame(seal, header, bytes);
  return typeof frame === "object" && frame.kind === "snapshotRequest" ? frame.body.challenge : undefined;
}

const chunk = (
  challenge: string,
  change: Partial<Bodies["snapshotChunk"]> = {},
): Bodies["snapshotChunk"] => ({
  challenge,
  base: BASE,
  chunk: 0,
  isLast: true,
  isTableKept: true,
  ...NO_RECORDS,
  ...change,
});

/** Node `b` follows the first life of `a`, which has used the control numbers 1 and 2 and stream numbers up to 10. */
function follower(): Listener {
  const b = listener();
  b.hear(frameOf("hello", HELLO));
  b.hear(frameOf("snapshotChunk", chunk(b.challenge()), { sequence: 2 }));
  b.take({ type: "applied", token: 1 });
  expect(b.state.peers.get("a")?.follow).toBe("live");
  return b;
}

/** A follower that saw `a` come back in a second life, with the same numbers. */
function followerOfSecondLife(): Listener {
  const b = follower();
  b.hear(frameOf("hello", HELLO, { epoch: LIFE[1] }));
  b.hear(frameOf("snapshotChunk", chunk(b.challenge()), { sequence: 2, epoch: LIFE[1] }));
  b.take({ type: "applied", token: 2 });
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", epoch: LIFE[1] });
  return b;
}

const next = frameOf("delta", NO_RECORDS, { sequence: BASE + 1 });
const cases: { name: string; node?: () => Listener; frame: (b: Listener) => Uint8Array; want: Refusal }[] = [
  { name: "no frame", frame: () => new Uint8Array(5), want: "malformed" },
  { name: "a frame of another version", frame: () => next.with(2, 9), want: "version" },
  { name: "a frame of an unknown key", frame: () => next.with(3, 9), want: "unknown_key" },
  { name: "a frame that was changed", frame: () => next.with(next.length - 1, 0), want: "forged" },
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
    name: "the stream of a former life",
    node: followerOfSecondLife,
    frame: () => next,
    want: "retired_epoch",
  },
  {
    name: "a hello of a former life",
    node: followerOfSecondLife,
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
for (const { name, node = follower, frame, want } of cases) {
  test(`${name} is refused as ${want} and changes nothing`, () => {
    const b = node();
    const bytes = frame(b);
    const { counts: _, ...before } = structuredClone(statusOf(b.state, 100));
    const refusedBefore = b.state.counts.refused[want];
    expect(b.hear(bytes)).toEqual([]);
    const { counts, ...after } = statusOf(b.state, 100);
    expect(after).toEqual(before);
    expect(counts.refused[want]).toBe(refusedBefore + 1);
  });
}

test("a stream frame is not followed before its snapshot begins", () => {
  const b = listener();
  b.hear(frameOf("hello", HELLO));
  b.hear(next);
  expect(b.state.counts.refused.foreign_epoch).toBe(1);
});

test("a hello that may be a recording makes a node ask, with a challenge, and nothing more", () => {
  const b = follower();
  const effects = b.hear(frameOf("hello", HELLO, { epoch: LIFE[1] }));
  expect(effects.map((e) => e.type)).toEqual(["publish"]);
  expect(b.state.peers.get("a")).toMatchObject({ follow: "live", epoch: LIFE[0] });
});

test("an answer to an old challenge is not believed", () => {
  const b = listener();
  b.hear(frameOf("hello", HELLO));
  const old = b.challenge();
  b.take({ type: "tick" }, 3200); // no answer: alone
  b.take({ type: "tick" }, 13_300);
  b.take({ type: "received", frame: frameOf("hello", HELLO, { sequence: 2 }) }, 13_400);
  expect(b.challenge()).not.toBe(old);
  b.take({ type: "received", frame: frameOf("snapshotChunk", chunk(old), { sequence: 3 }) }, 13_401);
  expect(b.state.counts.refused.unasked).toBe(1);
  expect(b.state.peers.get("a")?.epoch).toBeUndefined();
});

test("chunks are taken in order only", () => {
  const b = listener();
  b.hear(frameOf("hello", HELLO));
  const part = (n: number) => chunk(b.challenge(), { chunk: n, isLast: false });
  for (const [sequence, n] of [2, 4, 3].map((n, i) => [i + 2, n - 2] as const)) {
    b.hear(frameOf("snapshotChunk", part(n), { sequence }));
  }
  expect(b.state.peers.get("a")?.join?.next).toBe(2);
  expect(b.state.counts.refused.unasked).toBe(1);
});

test("a peer beyond the most that are kept is refused, unless one never answered", () => {
  const b = follower();
  const names = Array.from({ length: b.state.limits.maxPeers - 1 }, (_, i) => `n${i}`);
  for (const node of names) b.hear(frameOf("hello", HELLO, { node }));
  b.hear(frameOf("hello", HELLO, { node: "late" }));
  expect(b.state.counts.refused.too_many_peers).toBe(1);
  b.take({ type: "tick" }, 10_000); // the others did not answer
  b.take({ type: "received", frame: frameOf("hello", HELLO, { node: "late" }) }, 10_001);
  expect([...b.state.peers.keys()]).toContain("late");
  expect(b.state.peers.size).toBe(b.state.limits.maxPeers);
});

test("random bytes, and random changes of honest frames, are refused without an exception", () => {
  const b = follower();
  const honest = [next, frameOf("hello", HELLO, { sequence: 3 }), frameOf("snapshotChunk", chunk(NOBODY))];
  fc.assert(
    fc.property(fc.constantFrom(...honest), fc.array(fc.tuple(fc.nat(90), fc.nat(255))), (frame, changes) => {
      const bytes = frame.slice();
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const isChanged = bytes.some((byte, i) => byte !== frame[i]);
      if (isChanged) expect(b.hear(bytes)).toEqual([]);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => b.hear(junk).length === 0));
  const refused = REFUSALS.reduce((sum, reason) => sum + b.state.counts.refused[reason], 0);
  expect(refused).toBeGreaterThan(100);
});
