/** What operators do to connections that real clients have: drain, kill, and what the events tell of it. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeEvent, NodeStatus } from "@tandem/engine";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addressOf, nodesOf, PORTS, until } from "../lab/index.ts";
import { echo, echoName } from "./support/echo.ts";
import { connectTcp } from "./support/inside.ts";
import { TANDEM } from "./support/machine.ts";
import {
  createOneDirector,
  DEADLINE_MS,
  type OneDirector,
  SERVICES,
  SETUP_DEADLINE_MS,
  VIP,
} from "./support/one-director.ts";

vi.setConfig({ testTimeout: 60_000 });

let site: OneDirector;
beforeAll(async () => {
  site = await createOneDirector();
}, SETUP_DEADLINE_MS);
afterAll(() => site?.close());

const S2 = addressOf("s2", "inside");

/** A session of the lab's client, and the server that it has come to. */
async function open(): Promise<{ socket: Socket; server: string }> {
  const socket = await connectTcp(site.lab.node("client"), VIP, PORTS.tcpEcho);
  return { socket, server: await echoName(socket) };
}

/** Sessions to each server. */
async function openAll(each = 1): Promise<{ socket: Socket; server: string }[]> {
  const sessions = [];
  for (let i = 0; i < each * nodesOf("server").length; i++) sessions.push(await open());
  return sessions;
}

const portOf = (socket: Socket) => socket.address() as { address: string; port: number };
const clientOf = (socket: Socket) => `${portOf(socket).address}:${portOf(socket).port}`;
const countAt = async (destination: string, ...more: string[]) =>
  (await site.d1.ask<{ count: number }>("connections", "--destination", destination, "--count", ...more))
    .count;

test("a drain under traffic waits until the clients have gone, and breaks nobody", async () => {
  const sessions = await openAll(2);
  const onS2 = sessions.filter(({ server }) => server === "s2");
  expect(onS2).toHaveLength(2);
  const drain = await site.d1.spawn("drain", [...TANDEM, "drain", S2, "--deadline", "30s", "-o", "json"]);
  const exit = once(drain.child, "exit");
  const values = () =>
    drain
      .log()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  await until(() => values().some(({ state, left }) => state === "draining" && left === 2), {
    deadlineMs: DEADLINE_MS,
    what: "the drain tells of two sessions",
  });
  const newcomers = await openAll(2); // new connections, while it drains
  expect(newcomers.map(({ server }) => server)).not.toContain("s2");
  for (const { socket } of sessions) expect(await echo(socket, "go on")).toBe("go on");
  for (const { socket } of onS2) socket.end();
  expect((await exit)[0]).toBe(0);
  expect(values().at(-1)).toMatchObject({ state: "drained", left: 0 });
  for (const { socket, server } of sessions)
    if (server !== "s2") expect(await echo(socket, "go on")).toBe("go on");
  for (const { socket } of [...sessions, ...newcomers]) socket.destroy();
  expect((await site.d1.tandem("drain", S2, "--undo")).code).toBe(0);
});

test("a drain resets who stays beyond the deadline, on both sides", async () => {
  const sessions = await openAll();
  const { socket } = sessions.find(({ server }) => server === "s2")!;
  const failed = once(socket, "error").then(([error]) => (error as NodeJS.ErrnoException).code);
  const established = async () =>
    (await site.lab.node("s2").exec(["ss", "-Htn", "state", "established", `sport = ${PORTS.tcpEcho}`]))
      .stdout;
  const { port } = portOf(socket);
  expect(await established()).toContain(`:${port}`);
  const { code, stdout } = await site.d1.tandem("drain", S2, "--deadline", "1s", "--then", "reset");
  expect(stdout).toContain("The deadline has passed: ended ");
  expect([code, await failed]).toEqual([0, "ECONNRESET"]);
  expect(await established()).not.toContain(`:${port}`);
  for (const other of sessions)
    if (other.socket !== socket) expect(await echo(other.socket, "go on")).toBe("go on");
  for (const other of sessions) other.socket.destroy();
  expect((await site.d1.tandem("drain", S2, "--undo")).code).toBe(0);
});

test("kill --reset tells an idle client and its server at once, and nobody else", async () => {
  const [victim, other] = await openAll();
  const failed = once(victim!.socket, "error").then(([error]) => (error as NodeJS.ErrnoException).code);
  const client = clientOf(victim!.socket);
  const dry = await site.d1.ask<{ killed: number }>("kill", "--client", client, "--dry-run");
  expect(dry.killed).toBe(1);
  const { code } = await site.d1.tandem("kill", "--client", client, "--reset");
  expect([code, await failed]).toEqual([0, "ECONNRESET"]);
  expect(await echo(other!.socket, "go on")).toBe("go on");
  await until(
    async () =>
      (await site.d1.ask<{ count: number }>("connections", "--client", client, "--count")).count === 0,
    {
      deadlineMs: DEADLINE_MS,
      what: "it is gone from the table",
    },
  );
  other!.socket.destroy();
});

test("kill without a word forgets: the client's next packets go nowhere", async () => {
  const [victim, other] = await openAll();
  let heard = false;
  victim!.socket.on("data", () => (heard = true));
  victim!.socket.on("error", () => (heard = true));
  const client = clientOf(victim!.socket);
  expect((await site.d1.tandem("kill", "--client", client)).code).toBe(0);
  victim!.socket.write("hello?");
  expect(await echo(other!.socket, "go on")).toBe("go on");
  await sleep(500);
  expect([heard, await countAt(addressOf(victim!.server as "s1", "inside"), "--client", client)]).toEqual([
    false,
    0,
  ]);
  for (const session of [victim!, other!]) session.socket.destroy();
});

test("events tell what was done, by whom, and go on behind a token", async () => {
  const { events } = await site.d1.ask<{ events: NodeEvent[] }>("events", "-n", "1000");
  expect(events[0]).toMatchObject({ kind: "node", node: expect.any(String) });
  const done = events.filter(({ kind }) => kind === "operator");
  expect(done.map(({ details }) => details.method)).toEqual(
    expect.arrayContaining(["DrainDestination", "KillConnections"]),
  );
  expect(done.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining(["KillConnections", expect.stringMatching(/^revision \d+$/)]),
  );
  const token = events.at(-1)!.token;
  await site.apply(SERVICES.slice(1));
  await site.apply(SERVICES);
  const { stdout } = await site.d1.tandem(
    "watch",
    "--resume",
    token,
    "--kind",
    "document",
    "-c",
    "2",
    "-o",
    "json",
  );
  const told = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as NodeEvent);
  expect(told.map(({ details }) => [details.author, details.state])).toEqual([
    ["test", "running"],
    ["test", "running"],
  ]);
});

test("maintenance of a director on its own outlives the daemon, and a machine that forgets its /run", async () => {
  const on = await site.d1.tandem("maintenance", "on");
  expect([on.code, on.stdout]).toEqual([0, expect.stringContaining("It stands alone")]);
  const readiness = async () =>
    (
      await site.d1.exec([
        "curl",
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "http://127.0.0.1:9110/readyz",
      ])
    ).stdout;
  expect(await readiness()).toBe("503");
  const watch = await site.d1.spawn("watch", [...TANDEM, "watch", "-n", "1", "-o", "json"]);
  await until(() => watch.log().includes("{"), { deadlineMs: DEADLINE_MS, what: "the watch has begun" });
  expect(await site.d1.end("SIGTERM")).toBe(0);
  await site.d1.exec(["sh", "-c", "rm -rf /run/tandem/*"]);
  await site.d1.run(site.documentOf(SERVICES));
  expect((await site.d1.ask<NodeStatus>("status")).maintenance).toBe(true);
  await until(() => watch.log().includes('"kind":"gap"') && watch.log().includes("started"), {
    deadlineMs: DEADLINE_MS,
    what: "the watch goes on, and tells that something is lost",
  });
  site.d1.node.kill("watch", "SIGTERM");
  expect((await site.d1.tandem("maintenance", "off")).code).toBe(0);
  await until(async () => (await readiness()) === "200", {
    deadlineMs: DEADLINE_MS,
    what: "it is ready again",
  });
});
