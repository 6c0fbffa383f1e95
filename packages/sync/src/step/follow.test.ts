import { expect, test } from "vitest";
import { type FollowEvent, type FollowState, follow } from "./follow.ts";

const EVENTS: readonly FollowEvent[] = [
  "peerSeen",
  "peerResumed",
  "peerLost",
  "noAnswer",
  "snapshotStart",
  "snapshotEnd",
  "stalled",
  "gap",
  "repaired",
  "gone",
];
/** Every arrow, written a second time: `state event state`. */
const ARROWS = [
  "alone peerSeen joining",
  "alone peerResumed repairing",
  "joining snapshotStart loading",
  "joining noAnswer alone",
  "joining peerLost alone",
  "loading snapshotEnd live",
  "loading stalled joining",
  "loading peerLost alone",
  "live gap repairing",
  "live snapshotStart loading",
  "live peerLost alone",
  "repairing repaired live",
  "repairing gone joining",
  "repairing snapshotStart loading",
  "repairing peerLost alone",
];

for (const state of ["alone", "joining", "loading", "live", "repairing"] as FollowState[]) {
  for (const event of EVENTS) {
    const arrow = ARROWS.find((a) => a.startsWith(`${state} ${event} `));
    const want = arrow?.split(" ")[2] ?? state;
    test(`follow: ${state} on ${event} is ${want}`, () => expect(follow(state, event)).toBe(want));
  }
}
