import type { EventWatch, NodeEvent } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { createEventLog } from "../../node/events/event-log.ts";
import { runTandem, startFakeDaemon } from "../../testing/run-tandem.ts";

/** A daemon with a stream of events; every watch that follows ends after `endsAfter` of them, as if the daemon had been restarted. */
async function watched(line: string, act: (tell: (text: string) => void) => void, endsAfter = Infinity) {
  const log = createEventLog({ node: "lb1", epoch: "a1", now: () => 0 });
  const tell = (text: string, kind: "health" | "alarm" = "health") =>
    log.tell({ kind, severity: "info", subject: "", text, details: {} });
  tell("start");
  tell("before", "alarm");
  const asked: EventWatch[] = [];
  const socket = await startFakeDaemon({
    async *events(watch, signal) {
      asked.push(watch);
      if (watch.follow && asked.filter(({ follow }) => follow).length === 1) act(tell);
      let left = endsAfter;
      for await (const event of log.watch(watch, signal)) {
        yield event;
        if (watch.follow && --left === 0) throw new LbError({ code: "unavailable", what: "it", why: "gone" });
      }
    },
  });
  const ran = await runTandem(socket, line.split(" "));
  const events: NodeEvent[] = line.includes("json")
    ? ran.out
        .trimEnd()
        .split("\n")
        .map((text) => JSON.parse(text))
    : [];
  return { ...ran, asked, texts: events.map((event) => event.text) };
}

const tellAll =
  (...texts: string[]) =>
  (tell: (text: string) => void) => {
    for (const text of texts) tell(text);
  };

test("watch shows what happens from now on, one line of JSON each, and ends after as many as are wanted", async () => {
  const { texts, exitCode, err } = await watched("watch -o json -c 2", tellAll("1", "2", "3"));
  expect([texts, exitCode, err]).toEqual([["1", "2"], 0, ""]);
});

test("watch begins with a backlog, without a hole or anything twice behind it", async () => {
  const { texts } = await watched("watch -o json -n 5 -c 4", tellAll("1", "2"));
  expect(texts).toEqual(["start", "before", "1", "2"]);
});

test("watch goes on by itself with what happened while the daemon was away", async () => {
  const { texts, err, asked } = await watched("watch -o json -c 3", tellAll("1", "2", "3"), 1);
  expect(texts).toEqual(["1", "2", "3"]);
  expect(err).toContain("The daemon does not answer: waiting for it\nThe daemon answers again\n");
  expect(asked.filter(({ follow }) => follow).map(({ resumeToken }) => resumeToken)).toEqual([
    "a1-2",
    "a1-3",
    "a1-4",
  ]);
});

test("watch that resumes elsewhere is told of the gap", async () => {
  const { out } = await watched("watch --resume b2-7 -c 2", () => {});
  expect(out.split("\n").map((line) => line.slice(25))).toEqual([
    "lb1  gap          Events before this are lost: the daemon was started anew since",
    "lb1  health       start",
    "",
  ]);
});

test("watch shows the kinds that are wanted", async () => {
  const { texts } = await watched("watch -o json -k alarm -n 9 -c 1", () => {});
  expect(texts).toEqual(["before"]);
});

test("watch fails where there is no daemon, or no such token", async () => {
  expect(await runTandem("/nowhere/api.sock", ["watch"])).toMatchObject({ exitCode: 1 });
  const { exitCode, err } = await watched("watch --resume nonsense", () => {});
  expect([exitCode, err]).toEqual([2, expect.stringContaining('resume token is "nonsense"')]);
});
