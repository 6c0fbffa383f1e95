import type { ConnectionFilter, ConnectionStatus } from "@tandem/engine";
import { expect, test } from "vitest";
import { fakeConnection } from "../../testing/fake-connections.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("connections shows as many as asked for, and that there are more", async () => {
  expect((await tandem("connections -n 2")).out).toBe(
    `PROTO  STATE        CLIENT              VIRTUAL        DESTINATION    METHOD      IDLE   EXPIRES IN  OWNER        IN       OUT
tcp    ESTABLISHED  198.51.100.0:40000  192.0.2.10:80  10.0.0.1:8080  masquerade   3 s  14 min 59 s  lb1         0 B       0 B
tcp    ESTABLISHED  198.51.100.1:40001  192.0.2.10:80  10.0.0.2:8080  masquerade   3 s  14 min 58 s  lb1    1.31 KiB  46.9 KiB
There are more: these are the first 2 connections; see --limit
`,
  );
});

test("connections tells templates and held connections from others, with what they hang on", async () => {
  async function* connections() {
    const controller = "198.51.100.0:0 -> 0.0.0.7:0";
    yield {
      ...fakeConnection(0),
      protocol: "any",
      state: "ASSURED",
      client: "198.51.100.0:0",
      template: true,
      mark: 7,
    };
    yield {
      ...fakeConnection(1),
      method: "full-nat",
      local: "192.0.2.9:1024",
      held: true,
      mark: 7,
      controller,
    };
  }
  const socket = await startFakeDaemon({ connections });
  expect((await runTandem(socket, ["connections"])).out).toMatchInlineSnapshot(`
    "PROTO  STATE               CLIENT              VIRTUAL        DESTINATION    METHOD      LOCAL           MARK  IDLE   EXPIRES IN  OWNER  CONTROLLER                         IN       OUT
    any    template            198.51.100.0        mark 7         10.0.0.1:8080  masquerade                     7   3 s  14 min 59 s  lb1                                      0 B       0 B
    tcp    ESTABLISHED (held)  198.51.100.1:40001  192.0.2.10:80  10.0.0.2:8080  full-nat    192.0.2.9:1024     7   3 s  14 min 58 s  lb1    198.51.100.0:0 -> 0.0.0.7:0  1.31 KiB  46.9 KiB
    "
  `);
});

test("connections passes its filters on, and does not claim more when there are none", async () => {
  const { out } = await tandem("connections --client 198.51.100.103");
  expect(out.trimEnd().split("\n")).toHaveLength(2);
  expect(out).not.toContain("There are more");
  expect((await tandem("connections --client 203.0.113.1")).out).toBe("No connections.\n");
});

test("connections asks for what its filters say, times as they are typed", async () => {
  let asked: ConnectionFilter = {};
  const socket = await startFakeDaemon({
    async *connections(filter) {
      asked = filter;
      yield fakeConnection(0);
    },
  });
  const line =
    "connections --service tcp/192.0.2.10:80 --destination 10.0.0.1 --state established,fin_wait --state close --idle-min 1.5m --idle-max 2h --owner lb2 -n 5";
  await runTandem(socket, line.split(" "));
  expect(asked).toEqual({
    service: "tcp 192.0.2.10:80",
    destination: "10.0.0.1",
    states: ["ESTABLISHED", "FIN_WAIT", "CLOSE"],
    minIdleSeconds: 90,
    maxIdleSeconds: 7200,
    owner: "lb2",
    limit: 6,
  });
});

test("connections counts all that there are, and sorts them before it cuts", async () => {
  expect((await tandem("connections --count -n 3")).out).toBe("150\n");
  expect(JSON.parse((await tandem("connections --count --json")).out)).toEqual({ count: 150 });
  const sorted = JSON.parse((await tandem("connections --sort out -n 3 --json")).out);
  expect(sorted.connections.map((c: ConnectionStatus) => c.outBytes)).toEqual(
    [149, 148, 147].map((n) => 48_000 * n),
  );
  expect(sorted.more).toBe(true);
  const byName = JSON.parse((await tandem("connections --sort destination -n 1 --json")).out);
  expect(byName.connections[0].destination).toBe("10.0.0.1:8080");
});

test("connections sorts more than it keeps", async () => {
  async function* connections() {
    for (let n = 0; n < 5000; n++) yield { ...fakeConnection(0), idleSeconds: (n * 7919) % 5000 };
  }
  const socket = await startFakeDaemon({ connections });
  const { out } = await runTandem(socket, "connections --sort idle -n 4 --json".split(" "));
  expect(JSON.parse(out).connections.map((c: ConnectionStatus) => c.idleSeconds)).toEqual([
    4999, 4998, 4997, 4996,
  ]);
});

for (const [option, value, want] of [
  ["--idle-min", "soon", "a span of time such as 90s, 10m, 2h or 1d"],
  ["--sort", "luck", "one of idle, expires, in, out, client, destination, state"],
  ["--state", "estblished", 'state is "estblished", wanted one of none, established, syn_sent'],
] as const)
  test(`connections ${option} ${value} is refused`, async () => {
    const { err, exitCode } = await runTandem(await startFakeDaemon(), ["connections", option, value]);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(want)]);
  });

test("connections in 80 columns shows both ends' ports, and no longer line", async () => {
  async function* connections() {
    yield { ...fakeConnection(0), state: "ASSURED", virtual: "192.0.2.100:7000", template: true };
  }
  const { out } = await runTandem(await startFakeDaemon({ connections }), ["connections"], {
    isTTY: true,
    columns: 80,
    env: { NO_COLOR: "1" },
  });
  expect(out).toContain("192.0.2.100:7000  10.0.0.1:8080");
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});
