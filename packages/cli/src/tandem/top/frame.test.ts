import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { fakeServices, markedService } from "../../testing/fake-services.ts";
import { healthyStatus, troubledStatus } from "../../testing/fake-status.ts";
import { manyServices } from "../../testing/many-services.ts";
import { createPaint } from "../format.ts";
import { drawFrame, pageOf, type Size, short } from "./frame.ts";
import { readKeys } from "./keys.ts";
import { INITIAL, press, type TopState } from "./state.ts";

const plain = createPaint(false);
const SMALL: Size = { columns: 80, rows: 24 };

const told: TopState = { ...INITIAL, services: fakeServices, node: healthyStatus };
const frame = (keys: string, state: TopState = told, size: Size = SMALL): string[] =>
  drawFrame(
    readKeys(keys).reduce((s, key) => press(s, key, pageOf(size)), state),
    size,
    plain,
  );

test("a frame of three services, one of them open, sorted by what comes in", () => {
  expect(frame("\rsss").slice(0, 10)).toEqual([
    "lb1 active  SAFE: all is well; lb2 could take over",
    "3 services  1 of 4 down  21 new/s  630 pkt/s  402k B/s in  14.5M B/s out",
    "SERVICE/DESTINATION        NEW/S  PKT/S  vIN/S  OUT/S  ACTIVE   WEIGHT  HEALTH",
    "> - tcp 192.0.2.10:80         21    630   402k  14.5M      8k           1/3     ",
    "      10.0.0.1:8080            7    210   134k   4.8M      4k       10  up",
    "      10.0.0.2:8080            7    210   134k   4.8M      12     0/10  DOWN",
    "      10.0.0.3:8080            7    210   134k   4.8M      4k     0/10  up",
    "  + udp [2001:db8::10]:53      0      0      0      0       0           1/1",
    "    tcp 192.0.2.10:8443        0      0      0      0       0           0/0",
    "",
  ]);
});

test("a wide frame tells schedulers, and why a weight is what it is", () => {
  const wide = frame("\r", told, { columns: 140, rows: 12 });
  expect(wide[2]).toMatch(/HEALTH {3}SCHEDULER\/WHY$/);
  expect(wide[5]).toMatch(/DOWN {5}check failed 3 times: connection refused$/);
  expect(wide).toHaveLength(12);
});

const sizes: Size[] = [
  SMALL,
  { columns: 200, rows: 50 },
  { columns: 40, rows: 10 },
  { columns: 12, rows: 3 },
];
const manyNames = Array.from({ length: 30 }, (_, i) => `lb${i}`);
const states: [name: string, state: TopState][] = [
  ["three services", told],
  ["1,000 services", { ...told, services: manyServices(1000) }],
  ["a mark's service", { ...told, services: [markedService] }],
  ["trouble", { ...told, node: troubledStatus }],
  ["nothing yet", INITIAL],
  ["a gap", { ...told, gap: `Cannot reach ${"the node ".repeat(20)}`, absent: manyNames }],
  ["a problem", { ...told, problem: `Cannot reach ${"the daemon ".repeat(20)}` }],
];
for (const { columns, rows } of sizes) {
  for (const [name, state] of states) {
    test(`a frame of ${name} fits ${columns}x${rows} whatever is pressed`, () => {
      for (const keys of ["", "a", "a\u001b[F", "?", "/x", "/1", "p", "sssr"]) {
        const lines = frame(keys, state, { columns, rows });
        expect(lines).toHaveLength(rows);
        expect(lines.filter((line) => line.length > columns)).toEqual([]);
      }
    });
  }
}

test("the chosen row is always on the screen", () => {
  let state: TopState = { ...told, services: manyServices(1000) };
  for (const key of [..."jjjjjjjjjj", "pageDown", "pageDown", "end", "pageUp", "home", "a", "end"]) {
    state = press(state, key, pageOf(SMALL));
    expect(drawFrame(state, SMALL, plain).filter((line) => line.startsWith(">"))).toHaveLength(1);
  }
});

const footers: { keys: string; says: string }[] = [
  { keys: "", says: "3 rows, by document   q quit  ? help  / filter  s sort  Enter open  p pause" },
  {
    keys: "/53\rsr",
    says: '1 row with "53" (Esc: all), by new/s, reversed   q quit  ? help  / filter  s so…',
  },
  { keys: "/80", says: "/80_  (Enter: keep, Esc: all)" },
];
for (const { keys, says } of footers) {
  test(`after ${JSON.stringify(keys)} the last line is "${says}"`, () =>
    expect(frame(keys).at(-1)).toBe(says));
}

test("before the first answer there are no figures: zeros would be wrong", () => {
  const text = frame("", INITIAL).join("\n");
  expect(text).toMatch(/^tandem top: asking the daemon\n\n/);
  expect(text).not.toMatch(/\d/);
});

test("who is missing stands on top beside the verdict, and why at the bottom", () => {
  const gap = 'Cannot reach node "lb2": it does not answer';
  const lines = frame("", { ...told, others: ["lb3"], absent: ["lb2"], gap, node: troubledStatus });
  expect(lines[0]).toMatch(/^lb2 active, with lb3, without lb2 {2}UNSAFE: NATS/);
  expect(lines.at(-1)).toBe(gap);
});

test("what goes wrong, and a pause, stand on top", () => {
  expect(frame("", { ...told, problem: "Cannot reach the daemon" })[0]).toBe("Cannot reach the daemon");
  expect(frame("p")[0]).toMatch(/^lb1 active, PAUSED {2}SAFE/);
  expect(frame("", { ...told, node: troubledStatus })[0]).toMatch(
    /^lb2 active {2}UNSAFE: NATS cannot be reached/,
  );
});

test("a filter that nothing matches says so", () =>
  expect(frame("/zz\r")[3]).toBe('No service matches "zz".'));

test("the chosen row is inverse where there is colour, as wide as the terminal", () => {
  const row = drawFrame(told, SMALL, createPaint(true, 80))[3]!;
  expect(row.startsWith("\u001b[7m> ")).toBe(true);
  expect(stripVTControlCharacters(row)).toHaveLength(80);
});

const quantities: [n: number, text: string][] = [
  [0, "0"],
  [0.26, "0.3"],
  [9.94, "9.9"],
  [21.4, "21"],
  [999, "999"],
  [999.6, "1k"],
  [12_345, "12.3k"],
  [999_949, "1M"],
  [14_463_000, "14.5M"],
  [2 ** 53, "9P"],
];
for (const [n, text] of quantities) test(`${n} is ${text} in short`, () => expect(short(n)).toBe(text));
