import { expect, test } from "vitest";
import { DIRECTION, TRANSITIONS } from "../core/layout.ts";
import { packTransitions, transitionAt } from "./transitions.ts";
import { UdpState, udp } from "./udp.ts";

const tables = packTransitions();
const next = (direction: number, state: number): number =>
  tables[transitionAt(TRANSITIONS.protocols.udp, direction, 0, state)]!;

for (const [name, direction] of Object.entries(DIRECTION)) {
  test(`udp goes from none to single to lasting with ${name}, and stays`, () => {
    expect(next(direction, UdpState.none)).toBe(UdpState.single);
    expect(next(direction, UdpState.single)).toBe(UdpState.lasting);
    expect(next(direction, UdpState.lasting)).toBe(UdpState.lasting);
  });
}

test("udp tells peers only of flows with a second packet, and is never active", () => {
  expect([...udp.savedStates]).toEqual([UdpState.lasting]);
  expect(udp.activeStates.size).toBe(0);
});
