import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DIRECTION, TCP_EVENT, TRANSITIONS } from "../core/layout.ts";
import { tcpEvent } from "../core/packet-event.ts";
import { TCP_FLAG } from "../packet/parse.ts";
import { TcpState, tcp } from "./tcp.ts";
import { packTransitions, transitionAt } from "./transitions.ts";

const FLAGS: Record<string, number> = {
  S: TCP_FLAG.syn,
  A: TCP_FLAG.ack,
  F: TCP_FLAG.fin,
  R: TCP_FLAG.rst,
  P: TCP_FLAG.psh,
};
const flagsOf = (letters: string): number =>
  letters === "(none)" ? 0 : [...letters].reduce((bits, letter) => bits | FLAGS[letter]!, 0);

interface Recorded {
  method: string;
  recipe: string;
  before: string;
  packet: string;
  after: string;
  seconds: number;
}
function readRecorded(file: string): Recorded[] {
  const url = new URL(`../../fixtures/kernel-6.1/${file}.jsonl`, import.meta.url);
  const lines = readFileSync(url, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

const nextIn = (isSecure: boolean) => {
  const tables = packTransitions(isSecure);
  return (direction: number, event: number, state: number): number =>
    tables[transitionAt(TRANSITIONS.protocols.tcp, direction, event, state)]!;
};
const next = nextIn(false);

/** The recorded segments after which we are elsewhere than the kernel, or stay for another time. */
function differing(recorded: Recorded[], step: typeof next): Recorded[] {
  return recorded.filter((r) => {
    const [side, letters] = r.packet.split(" ");
    const input = r.method === "DR" ? DIRECTION.inputOnly : DIRECTION.input;
    const event = tcpEvent(flagsOf(letters!));
    // the server's segments do not pass a director that routes directly
    const isUnseen = r.method === "DR" && side === "server";
    const before = tcp.stateNames.indexOf(r.before);
    const after = isUnseen ? before : step(side === "client" ? input : DIRECTION.output, event, before);
    return tcp.stateNames[after] !== r.after || (!isUnseen && tcp.timeoutSeconds[after]! - 1 !== r.seconds);
  });
}

for (const [file, isSecure] of [
  ["tcp-states", false],
  ["tcp-states-secure", true],
] as const) {
  test(`tcp goes where the kernel goes, and stays as long, for every segment of ${file}`, () => {
    const recorded = readRecorded(file);
    expect(recorded.length).toBeGreaterThan(200);
    expect(differing(recorded, nextIn(isSecure))).toEqual([]);
  });
}

const events: [string, number][] = [
  ["SR", TCP_EVENT.rst],
  ["SFA", TCP_EVENT.syn],
  ["FA", TCP_EVENT.fin],
  ["PA", TCP_EVENT.ack],
  ["P", TCP_EVENT.none],
];
for (const [letters, event] of events) {
  test(`tcp takes ${letters} for event ${event}`, () => expect(tcpEvent(flagsOf(letters))).toBe(event));
}

for (const [name, grid] of Object.entries({ normal: tcp.grid, secure: tcp.secureGrid! })) {
  test(`tcp's ${name} grid has a cell for every direction, event and state`, () => {
    expect(grid.length).toBe(TRANSITIONS.directions);
    for (const events of grid) {
      expect(events.length).toBe(5);
      for (const cells of events) {
        expect(cells.length).toBe(tcp.stateNames.length);
        expect(cells.every((state) => tcp.stateNames[state] !== undefined)).toBe(true);
      }
    }
  });
}

test("a segment without flags closes in every state and direction", () => {
  for (const direction of Object.values(DIRECTION))
    for (let state = 0; state < tcp.stateNames.length; state++)
      expect(next(direction, TCP_EVENT.none, state)).toBe(TcpState.close);
});

test("events and states that no grid names change nothing", () => {
  expect(next(DIRECTION.input, 5, TcpState.established)).toBe(TcpState.established);
  expect(next(DIRECTION.output, TCP_EVENT.rst, 13)).toBe(13);
});
