/** What people see: pictures of synthetic moments. */
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { createPaint } from "../../packages/cli/src/tandem/format.ts";
import { formatScene } from "./format-scene.ts";
import { createLineView } from "./line-view.ts";
import { createLiveView } from "./live-view.ts";
import { reportOf } from "./report.ts";
import type { Scene } from "./scene.ts";
import { formatSummary } from "./summary.ts";
import { service, siteView, stepWindow, summary, windowsWith } from "./testing.ts";

const plain = createPaint(false);

const scene: Scene = {
  elapsedMs: 42_300,
  sessions: 1000,
  move: "d2 serves alone",
  steps: [
    { title: "nothing happens", state: "done", traffic: summary() },
    { title: "the active director dies", state: "running" },
    { title: "it returns", state: "waiting" },
  ],
  previous: {
    atMs: 9_000,
    traffic: summary(),
    site: siteView(null, { role: "active" }, [
      { ...service(), traffic: { ...service().traffic, inBytes: 0 } },
    ]),
  },
  sample: {
    atMs: 11_000,
    traffic: summary(),
    site: siteView(null, { role: "active", sync: "alone" }, [service([1, 0, 1])]),
  },
};

test("live view shows steps, directors, services with weights and rates, and what became of the sessions", () => {
  expect(formatScene(scene, plain).join("\n")).toMatchInlineSnapshot(`
    "Tandem demo  42 s

       STEP
    ✓  1 nothing happens           0 lost, worst gap 12.3 ms, outage 3 ms
    ▶  2 the active director dies  d2 serves alone
       3 it returns

    DIRECTOR  ROLE             SYNC   CONNECTIONS      LAG  NATS
    d1        does not answer
    d2        active           alone        1,203  1.25 ms  connected

    SERVICE               METHOD      NEW/S   IN/S  OUT/S  S1             S2             S3
    tcp 10.77.0.100:7000  masquerade      0  2 KiB    0 B  weight 1 · 30  weight 0 · 31  weight 1 · 32

    1,000 of 1,000 sessions alive
    in this step: worst gap 12.3 ms, outage 3 ms; 200 UDP flows, 0 moved, 0 lost; HTTP 200 ok, 0 failed"
  `);
});

test("live view says when nobody is active, and shows what it can before the first sample", () => {
  const lines = formatScene({ ...scene, sample: { ...scene.sample!, site: siteView(null, null) } }, plain);
  expect(lines).toContain("no director, or more than one, is active");
  expect(formatScene({ ...scene, sample: undefined, previous: undefined }, plain)).toHaveLength(6);
});

/** A screen that keeps what is written to it. */
function screen(rows: number, columns: number) {
  const written: string[] = [];
  return { rows, columns, written, write: (text: string) => written.push(text) };
}

test("live view draws over its last picture", () => {
  const terminal = screen(50, 200);
  const view = createLiveView(terminal, plain);
  view.draw(scene);
  view.draw({ ...scene, sample: undefined });
  const height = formatScene(scene, plain).length;
  expect(terminal.written[0]).toMatch(/^\rTandem demo/);
  expect(terminal.written[1]).toMatch(new RegExp(`^\\x1b\\[${height}A\\rTandem demo`));
  expect(terminal.written[1]!.endsWith("\x1b[J")).toBe(true);
});

test("live view fits the screen", () => {
  const terminal = screen(5, 30);
  createLiveView(terminal, createPaint(true)).draw(scene);
  const lines = stripVTControlCharacters(terminal.written[0]!).replace("\r", "").trimEnd().split("\n");
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(30);
});

test("live view tells what it has no picture for yet, and then lets the picture tell", () => {
  const terminal = screen(50, 200);
  const view = createLiveView(terminal, plain);
  view.tell("bringing up the lab");
  view.draw(scene);
  view.tell("step 2");
  expect(terminal.written).toHaveLength(2);
  expect(terminal.written[0]).toBe("bringing up the lab\n");
});

test("line view tells at once, and how it stands after 5 s of silence", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const view = createLineView(
    (line) => lines.push(line),
    () => nowMs,
  );
  view.tell("step 1");
  for (nowMs = 500; nowMs <= 11_000; nowMs += 500) view.draw(scene);
  const status =
    "1000 of 1000 sessions alive, worst gap 12 ms; d1 does not answer; d2 active, alone, revision 3, nats connected";
  expect(lines).toEqual(["   0.0 s  step 1\n", `   5.0 s      ${status}\n`, `  10.0 s      ${status}\n`]);
});

test("summary shows every step with its bounds, and the verdict", () => {
  const windows = windowsWith();
  expect(formatSummary(reportOf({ sessions: 1000, windows }), windows, plain)).toMatchInlineSnapshot(`
    "                             baseline  server-fails  director-killed  director-returns  daemon-restarted       nats-away
    lasted                           10 s          10 s             10 s              10 s              10 s            10 s
    active at the end                  d1            d1               d2                d1                d1              d1
    sessions alive                  1,000         1,000            1,000             1,000             1,000           1,000
    UDP flows                         200           200              200               200               200             200
    HTTP answered                     200           200              200               200               200             200
    replication lag, p50           1.5 ms        1.5 ms                -            1.5 ms            1.5 ms          1.5 ms
    replication lag, p99             7 ms          7 ms                -              7 ms              7 ms            7 ms
    sessions lost                       0             0                0                 0                 0               0
    UDP flows moved                     0             0                0                 0                 0               0
    UDP flows lost                      0             0                0                 0                 0               0
    worst gap                     12.3 ms       12.3 ms    12.3 ms ≤ 500   12.3 ms ≤ 112.4    12.3 ms ≤ 62.4  12.3 ms ≤ 62.4
    p99 gap                        8.0 ms        8.0 ms     8.0 ms ≤ 350            8.0 ms            8.0 ms          8.0 ms
    outage                         3.0 ms        3.0 ms     3.0 ms ≤ 200            3.0 ms            3.0 ms          3.0 ms
    HTTP failed                         0             0                0                 0                 0               0
    HTTP failed, not in flight                                         0
    HTTP to the failed server                         0
    samples voided              0.0 % ≤ 1     0.0 % ≤ 1        0.0 % ≤ 1         0.0 % ≤ 1         0.0 % ≤ 1       0.0 % ≤ 1

    All 32 targets met: 1,000 sessions went through all this, none was lost.
    "
  `);
});

test("summary names every target that was missed", () => {
  const windows = windowsWith("director-killed", { outageMs: 250 });
  const text = formatSummary(reportOf({ sessions: 1000, windows }), windows, plain);
  expect(text).toContain("250.0 ms ≤ 200");
  expect(text).toMatch(
    /1 of 32 targets missed:\n {2}director-killed: outage, ms: 250, wanted at most 200\n$/,
  );
});

test("summary says what could not be completed", () => {
  const windows = [stepWindow("baseline")];
  const failure = { step: "baseline" as const, why: "Cannot go on: the daemon on d1 ended by itself" };
  const text = formatSummary(reportOf({ sessions: 1000, windows, failure }), windows, plain);
  expect(text).toContain("Not completed: baseline: Cannot go on: the daemon on d1 ended by itself\n");
  expect(text).toMatch(/by itself\n32 of 32 targets not measured.\n$/);
});
