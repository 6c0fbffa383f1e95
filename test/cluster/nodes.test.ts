/** Two directors, asked through the socket of one: what the other answers, and what is said when it cannot. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConnectionStatus, NodeStatus, ServiceStatus } from "@tandem/engine";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Cluster, createCluster } from "../demo/cluster.ts";
import type { Director } from "../demo/director.ts";
import { ADDRESSES, addressOf, createLab, nodesOf, type OwnLab, PORTS, until } from "../lab/index.ts";
import { echo } from "./support/echo.ts";
import { connectTcp } from "./support/inside.ts";
import { startPair } from "./support/pair.ts";

const DEADLINE_MS = 25_000;
/** Another lab may hold the lock. */
const SETUP_DEADLINE_MS = 600_000;
/** A node that says nothing is given up after 3 s; the rest is a busy machine's. */
const BOUNDED_MS = 20_000;
vi.setConfig({ testTimeout: 60_000 });

const TANDEM = fileURLToPath(new URL("../../packages/cli/src/tandem/main.ts", import.meta.url));
const NATS = nodesOf("nats").map((n) => `${addressOf(n, "management")}:${PORTS.nats}`);
const OPEN = 6;

let lab: OwnLab;
let cluster: Cluster;
let d1: Director;
let d2: Director;
const sockets: Socket[] = [];

beforeAll(async () => {
  lab = await createLab();
  cluster = createCluster(lab);
  ({ d1, d2 } = cluster.directors);
  await startPair(cluster);
  for (let i = 0; i < OPEN; i++) {
    sockets.push(await connectTcp(lab.node("client"), ADDRESSES.natVip, PORTS.tcpEcho));
    await echo(sockets.at(-1)!, "hello");
  }
}, SETUP_DEADLINE_MS);

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  cluster?.close();
  await lab?.down();
});

const becomes = (what: string, holds: () => Promise<boolean>) =>
  until(holds, { deadlineMs: DEADLINE_MS, what, everyMs: 50 });

const bothLive = () =>
  becomes("both are live", async () => {
    const views = await Promise.all([d1.view(), d2.view()]);
    return views.every(({ status }) => status?.sync === "live" && status.nats === "connected");
  });

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly tookMs: number;
}

/** The command line, on the socket of `d1`. */
function tandem(...argv: string[]): Promise<Ran> {
  const socket = join(lab.dir, "d1", "run", "api.sock");
  const beganMs = performance.now();
  return new Promise((resolve) => {
    execFile(process.execPath, [TANDEM, "-s", socket, ...argv], (error, out, err) =>
      resolve({ exitCode: Number(error?.code ?? 0), out, err, tookMs: performance.now() - beganMs }),
    );
  });
}

async function told<T>(...argv: string[]): Promise<T> {
  const { out, err } = await tandem("--json", ...argv);
  expect(err).toBe("");
  return JSON.parse(out) as T;
}

test("the other director's status and services come through the one at hand", async () => {
  const status = await told<NodeStatus>("--node", "d2", "status");
  expect(status).toMatchObject({ node: "d2", role: "standby", sync: "live" });
  const theirs = await told<ServiceStatus[]>("--node", "d2", "services");
  const ours = await told<ServiceStatus[]>("services");
  expect(theirs.map((s) => s.id)).toEqual(ours.map((s) => s.id));
  // what it counted itself: nothing went through it
  expect(Math.max(...theirs.map((s) => s.traffic.inPackets))).toBe(0);
  expect(Math.max(...ours.map((s) => s.traffic.inPackets))).toBeGreaterThan(0);
});

test("services of all directors are added up", async () => {
  const { services, nodes } = await told<{ services: ServiceStatus[]; nodes: { node: string }[] }>(
    "services",
    "--all-nodes",
  );
  expect(nodes.map(({ node }) => node)).toEqual(["d1", "d2"]);
  const active = services.flatMap((s) => s.destinations.map((d) => d.activeConnections));
  expect(active.reduce((n, each) => n + each, 0)).toBe(OPEN);
});

test("each connection of the cluster is listed once, with its owner; the standby's own table has it, too", async () => {
  const clients = sockets.map((s) => `${s.localAddress}:${s.localPort}`).sort();
  const clientsIn = (rows: ConnectionStatus[]) => rows.map((row) => row.client).sort();
  type Listed = { connections: ConnectionStatus[] };
  const all = await told<Listed>("connections", "--all-nodes");
  expect(clientsIn(all.connections)).toEqual(clients);
  expect(new Set(all.connections.map((row) => row.owner))).toEqual(new Set(["d1"]));
  const theirs = await told<Listed>("--node", "d2", "connections");
  expect(clientsIn(theirs.connections)).toEqual(clients);
});

test("ipvsadm lists the whole cluster, in its own words", async () => {
  const { exitCode, out, err } = await tandem("ipvsadm", "-Ln", "--stats", "--all-nodes");
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  expect(out).toBe((await tandem("ipvsadm", "-Ln", "--stats")).out); // nothing went through d2
  const { out: listed } = await tandem("ipvsadm", "-Lnc", "--all-nodes");
  expect(listed.match(/ESTABLISHED/g)?.length).toBe(OPEN);
});

test("a change is carried out by the director that it is for", async () => {
  const inPackets = async (...node: string[]) =>
    (await told<ServiceStatus[]>(...node, "services")).reduce((n, s) => n + s.traffic.inPackets, 0);
  expect(await tandem("--node", "d2", "ipvsadm", "-Z")).toMatchObject({ exitCode: 0, err: "" });
  expect(await inPackets()).toBeGreaterThan(0);
  expect(await tandem("ipvsadm", "-Z")).toMatchObject({ exitCode: 0, err: "" });
  expect(await inPackets()).toBe(0);
});

test("what one director owns is killed through the other, and gone from both; its client hears of it", async () => {
  const victim = await connectTcp(lab.node("client"), ADDRESSES.natVip, PORTS.tcpEcho);
  await echo(victim, "hello");
  const failed = once(victim, "error").then(([error]) => (error as NodeJS.ErrnoException).code);
  const which = ["--client", `${victim.localAddress}:${victim.localPort}`] as const;
  const countOn = async (node: string) =>
    (await told<{ count: number }>("--node", node, "connections", ...which, "--count")).count;
  await becomes("both have it", async () => (await countOn("d1")) === 1 && (await countOn("d2")) === 1);
  expect(await told("--node", "d2", "kill", ...which, "--reset")).toMatchObject({ killed: 1 });
  expect(await failed).toBe("ECONNRESET");
  await becomes("none has it", async () => (await countOn("d1")) === 0 && (await countOn("d2")) === 0);
  expect(await echo(sockets[0]!, "go on")).toBe("go on");
});

test("a director is drained: the other one serves every connection; and back", async () => {
  const drained = await tandem("drain", "director");
  expect([drained.exitCode, drained.out]).toEqual([0, expect.stringContaining("this one can be stopped")]);
  for (const socket of sockets) expect(await echo(socket, "go on")).toBe("go on");
  const { out } = await tandem("--node", "d2", "events", "--kind", "role");
  expect(out).toContain("d2 is active, was standby");
  expect(await tandem("drain", "director", "--undo")).toMatchObject({ exitCode: 0 });
  await becomes("d1 is active again", async () => (await d1.view()).status?.role === "active");
  await bothLive();
  for (const socket of sockets) expect(await echo(socket, "go on")).toBe("go on");
});

test("a director that nobody knows is refused, with those that are known", async () => {
  const { exitCode, err } = await tandem("--node", "d9", "status");
  expect(exitCode).toBe(2);
  expect(err).toContain('is "d9", wanted one of d1, d2');
});

/** Records the frames of calls until there are some and then for a second more, and plays them all again. */
const REPLAYER = `
  import { createNatsTransport } from "@tandem/sync";
  const transport = createNatsTransport({ servers: JSON.parse(process.argv[1]), name: "recorder" });
  await transport.connection();
  const frames = [];
  for (const node of ["d1", "d2"]) {
    const subject = "tandem.demo.call." + node;
    transport.subscribe(subject, (frame) => frames.push({ subject, frame: frame.slice() }));
  }
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  while (frames.length === 0) await sleep(50);
  await sleep(1000);
  const recorded = [...frames];
  for (const { subject, frame } of recorded) transport.publish(subject, frame);
  await sleep(500);
  console.log(recorded.length);
  process.exit(0);
`;

/** Frames of calls that changed nothing on `d2`, by reason. */
async function refused(): Promise<Record<string, number>> {
  const script = "console.log(await (await fetch('http://127.0.0.1:9110/metrics')).text())";
  const argv = [process.execPath, "--input-type=module", "-e", script];
  const { stdout } = await lab.node("d2").exec(argv);
  const rows = stdout.matchAll(/^tandem_call_refused_frames_total{reason="([^"]*)"} (\S+)$/gm);
  return Object.fromEntries([...rows].map(([, reason, count]) => [reason!, Number(count)]));
}

test("calls that are recorded and played again are counted and not carried out", async () => {
  const before = await refused();
  const argv = [process.execPath, "--input-type=module", "-e", REPLAYER, JSON.stringify(NATS)];
  let isDone = false;
  const replayed = lab
    .node("d2")
    .exec(argv)
    .finally(() => {
      isDone = true;
    });
  // what comes before it listens is not recorded
  while (!isDone) expect(await tandem("--node", "d2", "ipvsadm", "-Z")).toMatchObject({ exitCode: 0 });
  expect(Number((await replayed).stdout)).toBeGreaterThan(5);
  const after = await refused();
  expect(after.unknown_call).toBeGreaterThan(before.unknown_call!);
  expect(after.forged).toBe(before.forged);
});

test("a director whose daemon is gone is given up in bounded time, and said to be silent; back, it answers again", async () => {
  await d2.killDaemon();
  const one = await tandem("--node", "d2", "services");
  expect(one).toMatchObject({ exitCode: 1, out: "" });
  expect(one.err).toBe('error: Cannot reach node "d2": it does not answer\n');
  expect(one.tookMs).toBeLessThan(BOUNDED_MS);
  const all = await tandem("connections", "--all-nodes");
  expect(all.exitCode).toBe(1);
  expect(all.err).toBe('Cannot reach node "d2": it does not answer\n');
  expect(all.out).toContain("ESTABLISHED");
  await d2.start();
  await bothLive();
  expect(await told<NodeStatus>("--node", "d2", "status")).toMatchObject({ node: "d2" });
});

test("without NATS the director at hand answers for itself, and says so", async () => {
  await Promise.all(nodesOf("nats").map((name) => lab.killAll(name)));
  await becomes("d1 sees that NATS is away", async () => (await d1.view()).status?.nats === "disconnected");
  const all = await tandem("services", "--all-nodes");
  expect(all.err).toBe('NATS cannot be reached: "d1" answers for itself alone\n');
  expect(all.out).toContain("tcp ");
  const one = await tandem("--node", "d2", "services");
  expect(one).toMatchObject({ exitCode: 1, out: "" });
  expect(one.err).toContain("NATS is away, and this node answers for itself alone");
  expect(one.tookMs).toBeLessThan(BOUNDED_MS);
  await Promise.all(nodesOf("nats").map((name) => lab.start(name)));
  await bothLive();
  expect(await told<NodeStatus>("--node", "d2", "status")).toMatchObject({ node: "d2" });
});
