/** Node `b`, and frames of node `a` made by hand: for what must happen exactly so. */
import type { ReplicaCall } from "@tandem/model";
import { createAesGcmSeal } from "../aes-gcm-seal.ts";
import { step } from "../step/step.ts";
import { createSyncState, type SyncEffect, type SyncEvent, type SyncState } from "../step/sync-state.ts";

import { decodeHeader, type FrameHeader, type Kind } from "../wire/header.ts";
import type { Bodies } from "../wire/message.ts";
import { type Frame, openFrame, sealFrame } from "../wire/seal.ts";

const seal = createAesGcmSeal(new Map([[1, new Uint8Array(32).fill(1)]]), 1);

/** Epochs of `a`, one after the other; the epoch of `b`; and one, or a challenge, that nobody has. */
export const LIFE = ["a1".repeat(16), "a2".repeat(16)] as const;
export const OURS = "bb".repeat(16);
export const NOBODY = "00".repeat(16);

/** The last stream number of `a` that a follower has. */
export const BASE = 10;
export const NO_RECORDS = { records: new Uint8Array(0) };
export const HELLO: Bodies["hello"] = {
  isAckWanted: false,
  head: BASE,
  acknowledgements: [],
  presence: new Uint8Array(0),
};

/** The only chunk of a snapshot, unless changed. */
export function chunk(challenge: string, change: Partial<Bodies["snapshotChunk"]> = {}) {
  return { challenge, base: BASE, chunk: 0, isLast: true, isTableKept: true, ...NO_RECORDS, ...change };
}

/** A frame of `a` in its first life, unless changed. */
export function frameOf<K extends Kind>(
  kind: K,
  body: Bodies[K],
  change: Partial<FrameHeader> = {},
): Uint8Array {
  const fixed = { keyId: 1, count: 0, revision: 0, sequence: 1, atUs: 0, epoch: LIFE[0], node: "a" };
  return sealFrame(seal, { ...fixed, ...change, kind }, body);
}

/** What a node did. */
export interface Deeds {
  readonly effects: readonly SyncEffect[];
  readonly frames: readonly Frame[];
  readonly calls: readonly ReplicaCall[];
}

/** Node `b`. Its clock stands still but for `wait`. */
export interface Listener {
  readonly state: SyncState;
  take(event: SyncEvent): Deeds;
  hear(frame: Uint8Array): Deeds;
  /** Let time pass, with a tick every 50 ms. */
  wait(ms: number): Deeds;
  /** The challenge of its latest request for a snapshot. */
  challenge(): string;
}

/** Node `b`, connected, knowing nobody. */
export function createListener(): Listener {
  const options = { cluster: "c", node: "b", epoch: OURS, seal, isTableKept: false };
  const state = createSyncState(options, 0);
  let nowMs = 0;
  let dice = 0;
  let challenge = NOBODY;
  const take = (event: SyncEvent): Deeds => {
    const deeds = deedsOf(step(state, event, nowMs, (n) => new Uint8Array(n).fill(++dice)));
    for (const f of deeds.frames) if (f.kind === "snapshotRequest") challenge = f.body.challenge;
    return deeds;
  };
  take({ type: "connected" });
  nowMs = 100;
  return {
    state,
    take,
    hear: (frame) => take({ type: "received", frame }),
    wait(ms) {
      const effects: SyncEffect[] = [];
      for (const endMs = nowMs + ms; nowMs < endMs; ) {
        nowMs = Math.min(endMs, nowMs + 50);
        effects.push(...take({ type: "tick" }).effects);
      }
      return deedsOf(effects);
    },
    challenge: () => challenge,
  };
}

/** `b` follows the first life of `a`, which has used the control numbers 1 and 2 and stream numbers up to `BASE`. */
export function createFollower(): Listener {
  const b = createListener();
  b.hear(frameOf("hello", HELLO));
  load(b, { sequence: 2 });
  return b;
}

/** `b` follows the second life of `a`, with the same numbers. */
export function createFollowerOfSecondLife(): Listener {
  const b = createFollower();
  b.hear(frameOf("hello", HELLO, { epoch: LIFE[1] }));
  load(b, { sequence: 2, epoch: LIFE[1] });
  return b;
}

/** `a` answers the latest request of `b` with a snapshot of one chunk, which the table confirms. */
export function load(
  b: Listener,
  header: Partial<FrameHeader>,
  body: Partial<Bodies["snapshotChunk"]> = {},
): Deeds {
  b.hear(frameOf("snapshotChunk", chunk(b.challenge(), body), header));
  return b.take({ type: "applied", token: b.state.lastToken });
}

function deedsOf(effects: readonly SyncEffect[]): Deeds {
  const frames = effects.flatMap((e) => (e.type === "publish" ? [opened(e.frame)] : []));
  return { effects, frames, calls: effects.flatMap((e) => (e.type === "table" ? [e.call] : [])) };
}

function opened(bytes: Uint8Array): Frame {
  return openFrame(seal, decodeHeader(bytes) as FrameHeader, bytes) as Frame;
}
