import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tcpEvent } from "../core/fastpath.ts";
import { DIRECTION, TCP_EVENT, TRANSITIONS } from "../core/layout.ts";
import { TCP_FLAG } from "../packet/parse.ts";
import { TcpState, tcp } from "./tcp.ts";
import { packTransitions, timeoutTicks, transitionAt } from "./transitions.ts";

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
const recorded: Recorded[] = readFileSync(
  new URL("../../fixtures/kernel-6.1/tcp-states.jsonl", import.meta.url),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const tables = packTransitions();
const next = (direction: number, event: number, state: number): number =>
  tables[transitionAt(TRANSITIONS.protocols.tcp, direction, event, state)]!;

test("tcp goes where the kernel goes, and stays as long, for every recorded segment", () => {
  expect(recorded.length).toBeGreaterThan(200);
  const differing = recorded.filter((r) => {
    const [side, letters] = r.packet.split(" ");
    const input = r.method === "DR" ? DIRECTION.inputOnly : DIRECTION.input;
    const event = tcpEvent(flagsOf(letters!));
    // the server's segments do not pass a director that routes directly
    const isUnseen = r.method === "DR" && side === "server";
    const before = tcp.stateNames.indexOf(r.before);
    const after = isUnseen ? before : next(side === "client" ? input : DIRECTION.output, event, before);
    return tcp.stateNames[after] !== r.after || (!isUnseen && tcp.timeoutSeconds[after]! - 1 !== r.seconds);
  });
  expect(differing).toEqual([]);
});

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

test("tcp's grid has a cell for every direction, event and state", () => {
  expect(tcp.grid.length).toBe(TRANSITIONS.directions);
  for (const events of tcp.grid) {
    expect(events.length).toBe(5);
    for (const cells of events) {
      expect(cells.length).toBe(tcp.stateNames.length);
      expect(cells.every((state) => tcp.stateNames[state] !== undefined)).toBe(true);
    }
  }
});

test("a segment without flags closes in every state and direction", () => {
  for (const direction of Object.values(DIRECTION))
    for (let state = 0; state < tcp.stateNames.length; state++)
      expect(next(direction, TCP_EVENT.none, state)).toBe(TcpState.close);
});

test("events and states that no grid names change nothing", () => {
  expect(next(DIRECTION.input, 5, TcpState.established)).toBe(TcpState.established);
  expect(next(DIRECTION.output, TCP_EVENT.rst, 13)).toBe(13);
});

test("timeouts are ticks of 2^20 ns", () => {
  expect(timeoutTicks(6, TcpState.established)).toBe(858_307); // 900 s
  expect(timeoutTicks(6, 15)).toBe(timeoutTicks(6, TcpState.none));
  expect(timeoutTicks(17, 2)).toBe(286_102); // 300 s
});
