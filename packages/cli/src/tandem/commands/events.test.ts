import type { EventWatch, NodeEvent } from "@tandem/engine";
import { expect, test } from "vitest";
import { startFakeCluster } from "../../testing/fake-cluster.ts";
import { FAKE_NOW_MS } from "../../testing/fake-status.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

const event = (n: number, change: Partial<NodeEvent> = {}): NodeEvent => ({
  ...{ token: `a1-${n}`, timeMs: FAKE_NOW_MS - 1000 * (100 - n), node: "lb1", kind: "health" },
  ...{
    severity: "warning",
    subject: "tcp a -> b",
    text: `tcp a -> b is down: ${n}`,
    details: { state: "down" },
  },
  ...change,
});

async function run(
  line: string,
  told: NodeEvent[] = [event(1), event(99, { kind: "role", severity: "info" })],
) {
  const asked: EventWatch[] = [];
  const socket = await startFakeDaemon({
    async *events(watch) {
      asked.push(watch);
      yield* told;
    },
  });
  return { ...(await runTandem(socket, line.split(" "))), asked };
}

test("events are lines with time, node, kind and what happened", async () => {
  const { out, asked } = await run("events");
  expect(out).toBe(
    `2026-11-22 18:38:21 UTC  lb1  health       tcp a -> b is down: 1
2026-11-22 18:39:59 UTC  lb1  role         tcp a -> b is down: 99
`,
  );
  expect(asked).toEqual([{ backlog: 50, kinds: [], follow: false }]);
});

test("events asks for as many, and for the kinds that are wanted", async () => {
  const { asked } = await run("events -n 7 --kind health,alarm --kind role");
  expect(asked).toEqual([{ backlog: 7, kinds: ["health", "alarm", "role"], follow: false }]);
});

test("events since a time are all that the node has, from then on", async () => {
  for (const since of ["10s", "2026-11-22T18:39:50Z"]) {
    const { out, asked } = await run(`events --since ${since} --json`);
    expect(JSON.parse(out)).toEqual({ events: [event(99, { kind: "role", severity: "info" })] });
    expect(asked[0]!.backlog).toBe(10_000);
  }
});

test("events says that there are none", async () =>
  expect((await tandem("events")).out).toBe("No events.\n"));

for (const [option, value] of [
  ["--kind", "weather"],
  ["--since", "yesterday"],
  ["--since", "5x"],
  ["--since", "2026-13-45"],
  ["-n", "0"],
] as const)
  test(`events ${option} ${value} is refused`, async () => {
    const { exitCode, err } = await tandem(`events ${option} ${value}`);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(`"${value}", wanted`)]);
    if (option === "--since") expect(err).toContain("or a date such as");
  });

test("events of all nodes are put together by time; a node that does not answer is named", async () => {
  const telling = (...told: NodeEvent[]) => ({
    async *events() {
      yield* told;
    },
  });
  const lb1 = telling(event(1), event(9));
  const lb2 = telling(event(5, { node: "lb2" }));
  const ask = async (directors: Parameters<typeof startFakeCluster>[0]) => {
    const ran = await runTandem(await startFakeCluster(directors), ["--json", "events", "--all-nodes"]);
    const { events } = JSON.parse(ran.out) as { events: NodeEvent[] };
    return { ...ran, tokens: events.map(({ node, token }) => `${node} ${token}`) };
  };
  expect(await ask({ lb1, lb2 })).toMatchObject({
    exitCode: 0,
    tokens: ["lb1 a1-1", "lb2 a1-5", "lb1 a1-9"],
  });
  const half = await ask({ lb1, lb2: "silent" });
  expect(half).toMatchObject({ exitCode: 1, tokens: ["lb1 a1-1", "lb1 a1-9"] });
  expect(half.err).toContain('"lb2"');
});
