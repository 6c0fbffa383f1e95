import type { EventWatch, NodeEvent } from "@tandem/engine";
import { expect, test } from "vitest";
import type { Happening } from "./event-details.ts";
import { createEventLog } from "./event-log.ts";

const happening = (text: string, kind: "health" | "alarm" = "health"): Happening => ({
  ...{ kind, severity: "info", subject: "", text, details: {} },
});
const ALL: EventWatch = { backlog: 100, kinds: [], follow: false };

function setUp(capacity = 4) {
  let timeMs = 0;
  const log = createEventLog({ node: "lb1", epoch: "a1", now: () => ++timeMs, capacity });
  const tell = (...texts: string[]) => {
    for (const text of texts) log.tell(happening(text));
  };
  return { log, tell, ending: new AbortController() };
}

async function all(events: AsyncIterable<NodeEvent>): Promise<string[]> {
  return (await Array.fromAsync(events)).map((e) => e.text);
}

test("an event has place, time and node", async () => {
  const { log, tell, ending } = setUp();
  tell("up");
  expect(await Array.fromAsync(log.watch(ALL, ending.signal))).toEqual([
    {
      ...{ token: "a1-1", timeMs: 1, node: "lb1", kind: "health", severity: "info" },
      ...{ subject: "", text: "up", details: {} },
    },
  ]);
});

test("a watch that follows waits for what comes, and ends when nobody wants it any more", async () => {
  const { log, tell, ending } = setUp();
  tell("1");
  const watch = log.watch({ ...ALL, follow: true }, ending.signal);
  expect((await watch.next()).value).toMatchObject({ text: "1" });
  const coming = watch.next();
  tell("2", "3");
  expect((await coming).value).toMatchObject({ text: "2" });
  expect((await watch.next()).value).toMatchObject({ text: "3" });
  const last = watch.next();
  ending.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});

test("a watcher that sleeps is told what it missed, and goes on with what is kept", async () => {
  const { log, tell, ending } = setUp();
  const watch = log.watch({ ...ALL, follow: true }, ending.signal);
  const first = watch.next();
  tell("1", "2", "3", "4", "5", "6", "7");
  expect((await first).value).toMatchObject({
    kind: "gap",
    token: "a1-3",
    severity: "warning",
    text: "3 events before this are lost: more happened since than the node keeps",
    details: { because: "overrun", lost: "3" },
  });
  expect((await watch.next()).value).toMatchObject({ text: "4" });
  ending.abort();
});

test("a gap comes to whoever watches, whatever kinds it asked for", async () => {
  const { log, tell, ending } = setUp();
  tell("1");
  log.tell(happening("2", "alarm"));
  const watch: EventWatch = { backlog: 0, resumeToken: "b2-9", kinds: ["alarm"], follow: false };
  expect(await all(log.watch(watch, ending.signal))).toEqual([
    "Events before this are lost: the daemon was started anew since",
    "2",
  ]);
});

test("a watch that goes on from a gap's token misses nothing twice", async () => {
  const { log, tell, ending } = setUp();
  tell("1", "2", "3", "4", "5", "6");
  const [gap] = await Array.fromAsync(log.watch({ ...ALL, backlog: 0, resumeToken: "a1-1" }, ending.signal));
  const again = { ...ALL, backlog: 0, resumeToken: gap!.token };
  expect(await all(log.watch(again, ending.signal))).toEqual(["3", "4", "5", "6"]);
});
