/** The lab itself: plain routing, faults, NATS, and that nothing of it stays behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  ADDRESSES,
  addressOf,
  createLab,
  type NodeName,
  nodesOf,
  type OwnLab,
  PORTS,
  startTraffic,
  until,
} from "../lab/index.ts";
import { KEEPER_FILE, type KeeperMessage } from "../lab/keeper.ts";
import { findLab } from "../lab/lab.ts";
import { type ProcessId, stateOf } from "../lab/process.ts";
import { NODE_NAMES } from "../lab/topology.ts";

/** Asks for a server's name over HTTP, TCP and UDP at argv[1], and prints the three answers as JSON. */
const ASK = `
  const [host] = process.argv.slice(1);
  const dgram = require("node:dgram"), net = require("node:net");
  setTimeout(() => process.exit(1), 1500);
  const is6 = host.includes(":");
  const http = fetch("http://" + (is6 ? "[" + host + "]" : host) + ":${PORTS.http}/").then((r) => r.text());
  const tcp = new Promise((resolve) => {
    let got = "";
    const socket = net.connect(${PORTS.tcpEcho}, host, () => socket.write("name?\\nhello\\n"));
    socket.on("data", (bytes) => { got += bytes; if (got.endsWith("hello\\n")) resolve(got); });
  });
  const udp = new Promise((resolve) => {
    const socket = dgram.createSocket(is6 ? "udp6" : "udp4").on("message", (bytes) => resolve(String(bytes)));
    socket.connect(${PORTS.udpEcho}, host, () => socket.send("hello"));
  });
  Promise.all([http, tcp, udp]).then((all) => { console.log(JSON.stringify(all)); process.exit(0); }, () => process.exit(1));
`;

/** What a server that serves answers to ASK. */
const answersOf = (server: string) => [`${server}\n`, `${server}\nhello\n`, `${server} hello`];

async function ask(lab: OwnLab, host: string): Promise<string[] | "unreachable"> {
  const asked = await lab.node("client").exec([process.execPath, "-e", ASK, host], { allowFailure: true });
  return asked.code === 0 ? JSON.parse(asked.stdout) : "unreachable";
}

const askAll = (lab: OwnLab, family: 4 | 6 = 4) =>
  Promise.all(nodesOf("server").map((s) => ask(lab, addressOf(s, "inside", family))));
const allAnswers = nodesOf("server").map(answersOf);
const noAnswers = nodesOf("server").map(() => "unreachable");

/** Run a module in a node and parse what it prints. */
async function evaluate(lab: OwnLab, node: NodeName, script: string): Promise<unknown> {
  const ran = await lab.node(node).exec([process.execPath, "--input-type=module", "-e", script]);
  return JSON.parse(ran.stdout);
}

describe("lab", () => {
  let lab: OwnLab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.routeThrough("d1");
  });
  afterAll(() => lab?.down());

  test("client reaches every server through either director", async () => {
    for (const family of [4, 6] as const) expect(await askAll(lab, family)).toEqual(allAnswers);
    await lab.routeThrough("d2");
    await lab.cut("d1");
    for (const family of [4, 6] as const) expect(await askAll(lab, family)).toEqual(allAnswers);
    await lab.heal("d1");
    await lab.routeThrough("d1");
  });

  test("a cut link carries nothing, and a healed one carries all again", async () => {
    await lab.cut("d1", "eth1");
    expect(await askAll(lab)).toEqual(noAnswers);
    await lab.heal("d1", "eth1");
    expect(await askAll(lab)).toEqual(allAnswers);
  });

  test("a partition parts exactly the nodes it names", async () => {
    await lab.partition(["s1"], ["d1", "d2"]);
    expect(await askAll(lab)).toEqual(["unreachable", answersOf("s2"), answersOf("s3")]);
    await lab.healPartitions();
    expect(await askAll(lab)).toEqual(allAnswers);
  });

  test("a direct-routed request goes in through the director and its reply out past it", async () => {
    const vip = ADDRESSES.directRouteVip;
    expect(await ask(lab, vip)).toBe("unreachable"); // no server answers ARP for it
    // What a director does for direct routing, done by routes: hand the packet to a server's MAC address as it is.
    await lab.node("d1").exec(["ip", "route", "add", vip, "via", addressOf("s2", "inside")]);
    await lab.node("client").exec(["ip", "route", "add", vip, "via", addressOf("d1", "outside")]);
    expect(await ask(lab, vip)).toEqual(answersOf("s2"));
    const route = (from: string) =>
      lab.node("s2").exec(["ip", "route", "get", addressOf("client", "outside"), "from", from]);
    expect((await route(vip)).stdout).toContain("dev eth1");
    expect((await route(addressOf("s2", "inside"))).stdout).toContain(
      `via ${ADDRESSES.insideGateway} dev eth0`,
    );
    await lab.node("client").exec(["ip", "route", "del", vip]);
    await lab.node("d1").exec(["ip", "route", "del", vip]);
  });

  test("a killed node has no process left, a stopped one answers again when continued", async () => {
    await lab.node("d2").spawn("family", ["sh", "-c", "sleep 1000 & (sleep 1000 & sleep 1000) & wait"]);
    await until(() => lab.node("d2").processes().length >= 4, {
      deadlineMs: 5_000,
      what: "the family lives",
    });
    await lab.killAll("d2");
    expect(lab.node("d2").processes()).toEqual([]);

    await lab.killAll("s3");
    lab.stop("s1");
    expect(await askAll(lab)).toEqual(["unreachable", answersOf("s2"), "unreachable"]);
    await lab.restore("s1");
    await lab.restore("s3");
    expect(await askAll(lab)).toEqual(allAnswers);
  });

  test("a server's health check fails and recovers on request, and nothing else does", async () => {
    const url = (path: string) => `http://${addressOf("s1", "inside")}:${PORTS.http}${path}`;
    const codes = () =>
      evaluate(
        lab,
        "client",
        `const codes = ["/health", "/"].map(async (path) => (await fetch("${url("")}" + path)).status);
         console.log(JSON.stringify(await Promise.all(codes)));`,
      );
    expect(await codes()).toEqual([200, 200]);
    lab.setHealth("s1", false);
    expect(await codes()).toEqual([503, 200]);
    lab.setHealth("s1", true);
    expect(await codes()).toEqual([200, 200]);
  });

  test("the NATS servers form one JetStream cluster that survives the loss of one", async () => {
    const [n1, n2, n3] = nodesOf("nats").map((n) => `${addressOf(n, "management")}:${PORTS.nats}`);
    const put = `import { connect } from "@nats-io/transport-node"; import { Kvm } from "@nats-io/kv";
      const connection = await connect({ servers: "${n1}" });
      const store = await new Kvm(connection).create("lab", { replicas: 3 });
      console.log(await store.put("greeting", "hello")); await connection.close();`;
    const get = `import { connect } from "@nats-io/transport-node"; import { Kvm } from "@nats-io/kv";
      const connection = await connect({ servers: ["${n2}", "${n3}"] });
      const entry = await (await new Kvm(connection).open("lab")).get("greeting");
      console.log(JSON.stringify(entry.string())); await connection.close();`;
    expect(await evaluate(lab, "d1", put)).toBe(1);
    await lab.killAll("n1");
    const answered = () => evaluate(lab, "d2", get).catch(() => undefined);
    expect(await until(answered, { deadlineMs: 30_000, what: "two servers answer" })).toBe("hello");
    await lab.start("n1");
    const clusterSize = () =>
      evaluate(
        lab,
        "n1",
        `const reply = await fetch("http://${addressOf("n1", "management")}:${PORTS.natsMonitor}/jsz");
         console.log(JSON.stringify((await reply.json()).meta_cluster?.cluster_size ?? 0));`,
      );
    expect(await until(clusterSize, { deadlineMs: 30_000, what: "n1 knows the cluster" })).toBe(3);
  });

  test("the traffic generator sees an outage, and what it does to whom", async () => {
    const targets = (port: number) => nodesOf("server").map((s) => ({ host: addressOf(s, "inside"), port }));
    const traffic = await startTraffic(lab, {
      tcp: { targets: targets(PORTS.tcpEcho), sessions: 30 },
      udp: { targets: targets(PORTS.udpEcho), flows: 6 },
      probe: targets(PORTS.udpEcho)[0]!,
      http: { targets: targets(PORTS.http), everyMs: 20, timeoutMs: 3_000 },
    });
    expect(traffic.started.sessions.before).toBe(30);
    const flowing = async () => {
      const { sessions, udp, http } = await traffic.peek();
      return sessions.lines >= 60 && udp.replies >= 12 && http.ok >= 3;
    };
    await traffic.step("outage");
    await until(flowing, { deadlineMs: 20_000, what: "all traffic flows", everyMs: 100 });

    await lab.cut("d1", "eth0");
    await until(async () => (await traffic.peek()).outageMs > 300, {
      deadlineMs: 20_000,
      what: "the probe is silent",
    });
    await lab.heal("d1", "eth0");
    await until(async () => (await traffic.peek()).sessions.lines >= 120, {
      deadlineMs: 20_000,
      what: "lines flow",
    });
    const outage = await traffic.step("kill");
    expect(outage.outageMs).toBeGreaterThan(300);
    expect(outage.gapMs.worst).toBeGreaterThan(200);
    expect(outage.sessions).toMatchObject({ before: 30, after: 30, lost: 0, why: {} });
    expect(outage.udp).toMatchObject({ flows: 6, moved: 0, lost: 0, wrong: 0 });
    expect(outage.http.failures).toEqual([]);

    await lab.killAll("s3");
    const refused = async () => (await traffic.peek()).http.failed > 0;
    await until(refused, { deadlineMs: 20_000, what: "requests to s3 fail", everyMs: 100 });
    const killed = await traffic.step("end");
    expect(killed.sessions).toMatchObject({ before: 30, after: 20, lost: 10 });
    expect(Object.keys(killed.http.servers)).not.toContain("s3");
    expect(killed.http.failures[0]!.startedMs).toBeLessThan(Date.now());
    await traffic.stop();
    await lab.restore("s3");
  });
});

/** What a run is seen by: its processes, and the places it must leave. */
function tracesOf(lab: { run: string; dir: string }): string[] {
  const namespaces = readdirSync("/run/netns").filter((name) => name.includes(lab.run));
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(lab.run));
  return [...namespaces, ...mounts, ...(existsSync(lab.dir) ? [lab.dir] : [])];
}

describe("the end of a lab", () => {
  test("down leaves nothing behind", async () => {
    const lab = await createLab();
    onTestFinished(lab.down);
    await lab.node("d1").spawn("left", ["sh", "-c", "sleep 1000 & wait"]);
    const processes = NODE_NAMES.flatMap((name) => lab.node(name).processes());
    expect(processes.length).toBeGreaterThan(6);
    expect(tracesOf(lab).length).toBeGreaterThan(10);
    await lab.down();
    expect(tracesOf(lab)).toEqual([]);
    expect(processes.filter((id) => stateOf(id) !== "ended")).toEqual([]);
  });

  test("a lab whose keeper was killed is cleared away by the next one", async () => {
    const { keeper, crashed, processes } = await crash();
    expect(keeper.signalCode).toBe("SIGKILL");
    expect(processes.every((id) => stateOf(id) === "running")).toBe(true);
    expect(findLab()).toBeUndefined();
    const next = await createLab();
    onTestFinished(next.down);
    expect(tracesOf(crashed)).toEqual([]);
    expect(processes.filter((id) => stateOf(id) !== "ended")).toEqual([]);
  });
});

/** Bring a lab up in another process, and kill that. */
async function crash(): Promise<{
  keeper: ChildProcess;
  crashed: { run: string; dir: string };
  processes: ProcessId[];
}> {
  const keeper = spawn(process.execPath, [KEEPER_FILE], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  await new Promise<void>((resolve, reject) => {
    keeper.on("message", (message: KeeperMessage) => message.kind === "up" && resolve());
    keeper.on("exit", reject);
  });
  const { lab } = findLab()!;
  const processes = NODE_NAMES.flatMap((name) => lab.node(name).processes());
  const ended = new Promise((resolve) => keeper.once("exit", resolve));
  keeper.kill("SIGKILL");
  await ended;
  return { keeper, crashed: { run: lab.run, dir: lab.dir }, processes };
}
