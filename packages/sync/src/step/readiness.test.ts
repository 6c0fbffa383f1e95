import { expect, test } from "vitest";
import { plainSeal } from "../testing/plain-seal.ts";
import type { FollowState } from "./follow.ts";
import { createPeer } from "./peer.ts";
import { isAlone, isSynced, updateReadiness } from "./readiness.ts";
import { createSyncState, type SyncState } from "./sync-state.ts";

/** A node that has been connected for 10 s, with peers in these states. */
function nodeWith(follows: readonly FollowState[]): SyncState {
  const options = { cluster: "c", node: "n", epoch: "", seal: plainSeal, isTableKept: false };
  const state = createSyncState(options, 0);
  state.isConnected = true;
  for (const [i, follow] of follows.entries())
    state.peers.set(`p${i}`, { ...createPeer(`p${i}`, 0), follow });
  return state;
}

const cases: { peers: FollowState[]; synced: boolean; alone: boolean }[] = [
  { peers: [], synced: false, alone: true },
  { peers: ["alone"], synced: false, alone: true },
  { peers: ["joining"], synced: false, alone: false },
  { peers: ["loading"], synced: false, alone: false },
  { peers: ["repairing"], synced: false, alone: false },
  { peers: ["live"], synced: true, alone: false },
  { peers: ["live", "alone"], synced: true, alone: false },
  { peers: ["live", "loading"], synced: false, alone: false },
  { peers: ["alone", "joining"], synced: false, alone: false },
];
for (const { peers, synced, alone } of cases) {
  test(`a node whose peers are [${peers}] is ${synced ? "" : "not "}synced, ${alone ? "" : "not "}alone`, () => {
    const state = nodeWith(peers);
    expect([isSynced(state), isAlone(state, 10_000)]).toEqual([synced, alone]);
  });
}

test("readiness comes at once and goes after 4 s of neither synced nor alone", () => {
  const state = nodeWith(["loading"]);
  const said: [number, boolean][] = [];
  const look = (nowMs: number, follow: FollowState): void => {
    state.peers.get("p0")!.follow = follow;
    const effects: { type: string; isReady?: boolean }[] = [];
    updateReadiness({ state, nowMs, random: () => new Uint8Array(0), effects: effects as never[] });
    for (const e of effects) said.push([nowMs, e.isReady!]);
  };
  look(10_000, "loading");
  look(11_000, "live");
  look(12_000, "live");
  look(12_001, "repairing");
  look(16_000, "loading");
  look(16_001, "loading");
  look(20_000, "loading");
  look(20_001, "live");
  expect(said).toEqual([
    [11_000, true],
    [16_001, false],
    [20_001, true],
  ]);
});
