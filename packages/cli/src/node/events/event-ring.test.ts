import type { EventKind, NodeEvent } from "@tandem/engine";
import { expect, test } from "vitest";
import { type Cursor, createEventRing, type EventRing } from "./event-ring.ts";

const happening = (text: string, kind: EventKind = "health"): Omit<NodeEvent, "token"> => ({
  ...{ timeMs: 0, node: "lb1", kind, severity: "info", subject: "" },
  ...{ text, details: {} },
});

function ringOf(
  count: number,
  { epoch = "a1", capacity = 4, kind = (_: number): EventKind => "health" } = {},
) {
  const ring = createEventRing({ epoch, capacity });
  for (let n = 1; n <= count; n++) ring.append(happening(`${n}`, kind(n)));
  return ring;
}

const texts = (ring: EventRing, from: Cursor) => ring.read(from).events.map((e) => e.text);
const begin = (ring: EventRing, of: { resumeToken?: string; backlog?: number; kinds?: string[] } = {}) =>
  ring.begin({ backlog: 0, kinds: [], ...of });

test("an event's token is the ring's epoch and its number", () => {
  const ring = ringOf(2);
  expect(ring.append(happening("3")).token).toBe("a1-3");
});

test("a watch begins with what comes, or with the latest that it asks for", () => {
  const ring = ringOf(6);
  const wanted: [backlog: number, want: string[]][] = [
    [0, []],
    [2, ["5", "6"]],
    [4, ["3", "4", "5", "6"]],
    [9, ["3", "4", "5", "6"]], // no gap: it asked for the latest, not for all
  ];
  for (const [backlog, want] of wanted) {
    const cursor = begin(ring, { backlog });
    expect([texts(ring, cursor), ring.read(cursor).gap]).toEqual([want, undefined]);
  }
});

test("a backlog of some kinds goes back until it has so many of them", () => {
  const ring = ringOf(8, { capacity: 8, kind: (n) => (n % 4 === 0 ? "role" : "health") });
  expect(texts(ring, begin(ring, { backlog: 2, kinds: ["role"] }))[0]).toBe("4");
  expect(texts(ring, begin(ring, { backlog: 5, kinds: ["peer"] }))[0]).toBe("1");
});

const resumed: [name: string, token: string, want: object][] = [
  ["of the last event goes on with what comes", "a1-6", { events: [], gap: undefined }],
  ["goes on behind its event", "a1-4", { events: ["5", "6"], gap: undefined }],
  ["whose next event is just there misses none", "a1-2", { events: ["3", "4", "5", "6"], gap: undefined }],
  [
    "whose next event is forgotten misses it, and goes on with the oldest",
    "a1-1",
    { events: ["3", "4", "5", "6"], gap: { because: "overrun", lost: 1, token: "a1-2" } },
  ],
  [
    "of another start of the daemon misses nobody knows what, and gets all that there is",
    "b2-4",
    { events: ["3", "4", "5", "6"], gap: { because: "restart", lost: undefined, token: "a1-2" } },
  ],
];
for (const [name, resumeToken, want] of resumed) {
  test(`a token ${name}`, () => {
    const ring = ringOf(6);
    const { gap, events } = ring.read(begin(ring, { resumeToken }));
    expect({ gap, events: events.map((e) => e.text) }).toEqual(want);
  });
}

for (const resumeToken of ["", "a1", "a1-", "-4", "a1-x", "A1-4", "a1-4 ", "a1-7", `a1-${"9".repeat(16)}`]) {
  test(`the token ${JSON.stringify(resumeToken)} is refused`, () => {
    expect(() => begin(ringOf(6), { resumeToken })).toThrow(
      `Cannot watch events: resume token is ${JSON.stringify(resumeToken)}, wanted the token of an event`,
    );
  });
}

test("an empty ring has nothing, and tells a token of another start that something is lost", () => {
  const ring = createEventRing({ epoch: "a1", capacity: 4 });
  expect(ring.read(begin(ring, { backlog: 4 }))).toMatchObject({ gap: undefined, events: [] });
  const { gap, next } = ring.read(begin(ring, { resumeToken: "b2-1" }));
  expect(gap).toEqual({ because: "restart", lost: undefined, token: "a1-0" });
  expect(ring.read(next)).toMatchObject({ gap: undefined, events: [] });
});

test("readers see every event once and in order, or are told how many they missed", () => {
  const seed = Date.now() % 2 ** 31;
  let state = seed;
  const below = (n: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % n;
  for (let round = 0; round < 20; round++) {
    const capacity = 1 + below(400);
    const ring = createEventRing({ epoch: "a1", capacity });
    const readers = Array.from({ length: 3 }, () => ({ cursor: begin(ring), seen: 0 }));
    let appended = 0;
    for (let step = 0; step < 200; step++) {
      for (let n = below(300); n > 0; n--) ring.append(happening(`${++appended}`));
      const reader = readers[below(3)]!;
      if (below(4) === 0) reader.cursor = begin(ring, { resumeToken: `a1-${reader.seen}` });
      const { gap, events, next } = ring.read(reader.cursor);
      if (gap) reader.seen += gap.lost!;
      const due = events.map(() => `${++reader.seen}`);
      expect(
        events.map((e) => e.text),
        `seed ${seed}`,
      ).toEqual(due);
      expect(events.length, `seed ${seed}`).toBeLessThanOrEqual(256);
      reader.cursor = next;
    }
  }
});
