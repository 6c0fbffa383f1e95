import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DIRECTION, SCTP_EVENT, TRANSITIONS } from "../core/layout.ts";
import { SctpState, sctp } from "./sctp.ts";
import { packTransitions, transitionAt } from "./transitions.ts";

interface Recorded {
  name: string;
  method: string;
  sysctl?: object;
  steps: { packet: string; state: string | null; seconds: number | null }[];
}
const url = new URL("../../fixtures/kernel-6.1/sctp-flows.jsonl", import.meta.url);
const recorded: Recorded[] = readFileSync(url, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const tables = packTransitions();
const next = (direction: number, event: number, state: number): number =>
  tables[transitionAt(TRANSITIONS.protocols.sctp, direction, event, state)]!;

/** Recorded chunk names → events; what is not here is data. */
const EVENTS: Record<string, number> = {
  INIT: SCTP_EVENT.init,
  INIT_ACK: SCTP_EVENT.initAck,
  COOKIE_ECHO: SCTP_EVENT.cookieEcho,
  COOKIE_ACK: SCTP_EVENT.cookieAck,
  SHUTDOWN: SCTP_EVENT.shutdown,
  SHUTDOWN_ACK: SCTP_EVENT.shutdownAck,
  SHUTDOWN_COMPLETE: SCTP_EVENT.shutdownComplete,
  ERROR: SCTP_EVENT.error,
  ABORT: SCTP_EVENT.abort,
};

/** The state after each packet that the director sees; an INIT on a closed association starts anew. */
function walk({ method, steps }: Recorded): (string | null)[] {
  let state: number = SctpState.none;
  return steps.map(({ packet }) => {
    const [side, chunks] = packet.split(" ");
    if (side === "server" && method !== "NAT") return null;
    const event = EVENTS[chunks!.split("+")[0]!] ?? SCTP_EVENT.data;
    if (state === SctpState.closed && event === SCTP_EVENT.init) state = SctpState.none;
    const input = method === "NAT" ? DIRECTION.input : DIRECTION.inputOnly;
    state = next(side === "server" ? DIRECTION.output : input, event, state);
    return sctp.stateNames[state]!;
  });
}

for (const flow of recorded.filter((f) => f.steps.some((s) => s.state !== null))) {
  test(`sctp goes where the kernel goes: ${flow.name}, ${flow.method}${flow.sysctl ? ", sloppy" : ""}`, () => {
    expect(walk(flow)).toEqual(flow.steps.map((s) => s.state));
    for (const { state, seconds } of flow.steps) {
      if (state) expect(sctp.timeoutSeconds[sctp.stateNames.indexOf(state)]! - 1).toBe(seconds);
    }
  });
}

test("sctp's grid has a cell for every direction, event and state, and each names a state", () => {
  expect(sctp.grid.length).toBe(TRANSITIONS.directions);
  for (const events of sctp.grid) {
    expect(events.length).toBe(Object.keys(SCTP_EVENT).length);
    for (const cells of events) {
      expect(cells.length).toBe(sctp.stateNames.length);
      expect(cells.every((state) => sctp.stateNames[state] !== undefined)).toBe(true);
    }
  }
});

test("sctp: data moves nothing but a new association, whichever side sends it", () => {
  for (const direction of [DIRECTION.input, DIRECTION.output])
    for (let state = 1; state < sctp.stateNames.length; state++)
      expect(next(direction, SCTP_EVENT.data, state)).toBe(state);
});

test("sctp: an abort leaves no association open", () => {
  const left = new Set([SctpState.closed, SctpState.rejected] as number[]);
  for (const direction of Object.values(DIRECTION))
    for (let state = 0; state < sctp.stateNames.length; state++)
      expect(left).toContain(next(direction, SCTP_EVENT.abort, state));
});
