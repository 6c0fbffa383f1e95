/** One director as its operator has it: from `tandem run` to `tandem run --cleanup`, with everything that may be typed wrong in between. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionStatus, NodeStatus, ServiceStatus } from "@tandem/engine";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ADDRESSES, addressOf, createLab, nodesOf, type OwnLab, PORTS, until } from "../lab/index.ts";
import { echo, echoName } from "./support/echo.ts";
import { connectTcp } from "./support/inside.ts";
import { createMachine, type Machine, runArguments, TANDEM } from "./support/machine.ts";
import { readCounters } from "./support/stack.ts";

const VIP = ADDRESSES.natVip;
const DEADLINE_MS = 10_000;
/** Another lab may hold the lock. */
const SETUP_DEADLINE_MS = 600_000;
vi.setConfig({ testTimeout: 30_000 });

const servers = nodesOf("server");
const check = {
  type: "http",
  path: "/health",
  port: PORTS.http,
  interval: 0.2,
  timeout: 0.2,
  rise: 1,
  fall: 1,
};
const service = {
  ...{ protocol: "tcp", address: VIP, port: PORTS.tcpEcho, scheduler: "rr", check },
  destinations: servers.map((s) => ({ address: addressOf(s, "inside"), port: PORTS.tcpEcho })),
};

let lab: OwnLab;
let d1: Machine;
const directory = mkdtempSync(join(tmpdir(), "tandem-standalone-"));
const document = join(directory, "tandem.json");

beforeAll(async () => {
  lab = await createLab();
  d1 = await createMachine(lab.node("d1"));
  writeFileSync(document, JSON.stringify({ version: 1, services: [service] }, null, 2));
}, SETUP_DEADLINE_MS);
afterAll(async () => {
  await lab?.down();
  rmSync(directory, { recursive: true });
});

const status = () => d1.ask<NodeStatus>("status");
const isWell = () =>
  until(async () => (await d1.tandem("status")).code === 0, { deadlineMs: DEADLINE_MS, what: "all is well" });

/** The name of the server that a new connection comes to, and the connection. */
async function open(): Promise<{ socket: Socket; server: string }> {
  const socket = await connectTcp(lab.node("client"), VIP, PORTS.tcpEcho);
  return { socket, server: await echoName(socket) };
}

/** The servers that so many new connections come to. */
async function serversOf(connections: number): Promise<string[]> {
  const seen = new Set<string>();
  for (let i = 0; i < connections; i++) {
    const { socket, server } = await open();
    socket.destroy();
    seen.add(server);
  }
  return [...seen].sort();
}

test("a missing capability is one line that names it and what to do, and exit code 2", async () => {
  const without = ["setpriv", "--bounding-set=-bpf,-sys_admin,-perfmon", "--inh-caps=-all"];
  const { code, stdout, stderr } = await d1.exec([...without, ...TANDEM, ...runArguments(document)]);
  expect([code, stdout]).toEqual([2, ""]);
  const lines = stderr.trim().split("\n");
  expect(lines.length).toBeLessThanOrEqual(2); // one for each capability
  expect(lines[0]).toMatch(/^error: Cannot run here: .*CAP_BPF/);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("a document with mistakes is told in one go at the start, and nothing is left", async () => {
  const broken = join(directory, "broken.yaml");
  writeFileSync(broken, "version: 1\nservices:\n  - protocol: tcp\n    adress: 10.0.0.1\n    port: 70000\n");
  const { code, stderr } = await d1.tandem(...runArguments(broken));
  expect(code).toBe(1);
  for (const place of [`${broken}:4:5: `, `${broken}:5:11: `]) expect(stderr).toContain(place);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect((await d1.tandem(...runArguments(document), "--cleanup")).code).toBe(0);
});

test("an interface that is typed and not there is refused in one line that names those that are", async () => {
  const { code, stdout, stderr } = await d1.tandem("run", "--interface", "eth9", "--document", document);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(
    /^error: Cannot run: --interface is "eth9", which this machine lacks, wanted one of .*eth0.*\n$/,
  );
});

test("an interface of the file is waited for: a director is not ready to serve before it is there", async () => {
  const config = join(directory, "node.yaml");
  writeFileSync(config, JSON.stringify({ interfaces: [{ name: "eth0" }, { name: "eth9" }], document }));
  const daemon = await d1.spawn("daemon", [...TANDEM, "run", "--config", config]);
  const said = () => [...daemon.log().matchAll(/"msg":"(.*?)"/g)].map(([, message]) => message);
  const says = (message: string) =>
    until(() => said().includes(message), { deadlineMs: DEADLINE_MS, what: `it says "${message}"` });
  await says("not ready to serve");
  expect(said()[0]).toBe("cannot forward");
  expect(said()).not.toContain("forwarding");
  expect(said()).not.toContain("ready to serve");
  await d1.node.exec(["ip", "link", "add", "eth9", "type", "veth", "peer", "name", "peer9"]);
  await says("ready to serve");
  expect(said().indexOf("can forward again")).toBeLessThan(said().indexOf("ready to serve"));
  const ended = once(daemon.child, "exit");
  d1.node.kill("daemon", "SIGTERM");
  await ended;
  await d1.node.exec(["ip", "link", "delete", "eth9"]);
  expect((await d1.tandem("run", "--config", config, "--cleanup")).code).toBe(0);
});

test("a director on its own serves its document, and says that all is well", async () => {
  await d1.run(document);
  await lab.routeThrough("d1");
  await d1.node.exec(["ip", "address", "add", `${VIP}/24`, "dev", "eth0"]);
  await isWell();
  expect(await serversOf(6)).toEqual(servers);
  expect(await status()).toMatchObject({
    role: "standalone",
    revision: 1,
    sync: "off",
    nats: "off",
    alarms: [],
  });
  const { connections } = await d1.ask<{ connections: ConnectionStatus[] }>("connections");
  expect(connections.length).toBe(6);
});

test("a second daemon is refused in one line, and disturbs nobody", async () => {
  const { code, stderr } = await d1.tandem(...runArguments(document));
  expect(code).toBe(1);
  const lines = stderr
    .trim()
    .split("\n")
    .filter((line) => line.startsWith("error:"));
  expect(lines).toEqual([expect.stringContaining("another process holds")]);
  expect((await d1.tandem(...runArguments(document), "--cleanup")).code).toBe(1);
  expect(await serversOf(3)).toEqual(servers);
  expect((await d1.tandem("status")).code).toBe(0);
});

test("a document with mistakes is refused whole, each at its place, and the running one stays", async () => {
  const text = `version: 1
services:
  - protocol: tcp
    address: ${VIP}
    port: 7000
    destinations:
      - { address: 10.78.0.11, wieght: 3 }
      - { address: nowhere }
  - protocol: icmp
    address: ${VIP}
    port: 70000
`;
  const file = join(directory, "mistakes.yaml");
  writeFileSync(file, text);
  const { code, stdout, stderr } = await d1.tandem("apply", "-f", file);
  expect([code, stdout]).toEqual([1, ""]);
  const places = ["7:32", "8:20", "9:15", "11:11"];
  for (const place of places) expect(stderr).toContain(`${file}:${place}: `);
  expect(stderr).toContain("4 mistakes");
  expect((await status()).revision).toBe(1);
  expect(await serversOf(3)).toEqual(servers);
});

test("a tunnel that its way has no room for is refused; one whose way becomes narrow is told, and in nobody's way", async () => {
  const route = (verb: string, mtu: number) =>
    d1.node.exec(["ip", "route", verb, "10.9.0.0/24", "dev", "eth1", "mtu", `${mtu}`]);
  const tunnelled = {
    ...{ protocol: "tcp", address: "2001:db8:99::1", port: 80, method: "tunnel" },
    destinations: [{ address: "10.9.0.1" }],
  };
  const file = join(directory, "tunnel.json");
  writeFileSync(file, JSON.stringify({ version: 1, services: [service, tunnelled] }));
  const apply = (...more: string[]) => d1.tandem("apply", "-f", file, ...more);
  const { revision } = await status();

  await route("add", 1299);
  for (const more of [["--dry-run"], []]) {
    const { code, stdout, stderr } = await apply(...more);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("services[1].destinations[0]: ");
    expect(stderr).toContain("room for packets of 1279: ipip takes 20 of the path MTU of 1299");
  }
  expect((await d1.tandem("doctor", "--document", file)).stdout).toContain("room for packets of 1279");
  expect((await status()).revision).toBe(revision);

  await route("change", 1300);
  const applied = await apply();
  expect([applied.code, applied.stderr]).toEqual([0, ""]);
  expect(applied.stdout).toContain('warning: The tunnel of "tcp [2001:db8:99::1]:80 -> 10.9.0.1:80"');
  expect((await status()).alarms).toEqual([]);

  await route("change", 1299); // which is looked at every 5 s
  await until(async () => (await status()).alarms.length > 0, {
    deadlineMs: DEADLINE_MS,
    what: "it is told",
  });
  expect((await status()).alarms).toEqual([expect.stringContaining("room for packets of 1279")]);
  expect((await apply()).stdout).toContain("warning: ");
  expect((await d1.tandem("apply", "-f", document)).code).toBe(0);
  await d1.node.exec(["ip", "route", "delete", "10.9.0.0/24"]);
  await isWell();
}, 90_000);

test("a drained server keeps its connections and gets no new ones, until it is undone", async () => {
  const opened = [await open(), await open(), await open()];
  const { socket } = opened.find(({ server }) => server === "s2")!;
  const s2 = addressOf("s2", "inside");
  const weightIs = (weight: number) =>
    until(
      async () => {
        const [row] = await d1.ask<ServiceStatus[]>("services");
        return row!.destinations.find((d) => d.address === s2)!.effectiveWeight === weight;
      },
      { deadlineMs: DEADLINE_MS, what: `s2 has weight ${weight}` },
    );
  expect((await d1.tandem("drain", s2)).code).toBe(0);
  await weightIs(0);
  expect(await serversOf(6)).toEqual(["s1", "s3"]);
  expect(await echo(socket, "still here")).toBe("still here");
  expect((await d1.tandem("drain", s2, "--undo")).code).toBe(0);
  await weightIs(1);
  expect(await serversOf(6)).toEqual(servers);
  expect((await d1.tandem("drain", "10.9.9.9")).code).toBe(1);
  for (const { socket } of opened) socket.destroy();
});

test("a change by mistake stands in the history with who made it, and is taken back", async () => {
  const opened = await open();
  const s1 = addressOf("s1", "inside");
  const { code, stdout } = await d1.tandem("set", s1, "weight=0", "--reason", "the wrong server");
  expect(code).toBe(0);
  expect(stdout).toMatch(/: 1 change/);
  await until(async () => (await serversOf(6)).join() === "s2,s3", {
    deadlineMs: DEADLINE_MS,
    what: "s1 is out",
  });
  const { stdout: history } = await d1.tandem("history", "-n", "1");
  expect(history).toContain("weight 1 → 0  the wrong server\n");
  expect((await d1.tandem("rollback", "previous", "--dry-run")).stdout).toContain("weight 0 → 1");
  expect((await d1.tandem("rollback", "previous")).code).toBe(0);
  await until(async () => (await serversOf(6)).length === 3, { deadlineMs: DEADLINE_MS, what: "s1 is back" });
  expect((await d1.tandem("get", s1, "weight")).stdout).toBe("1\n");
  expect(await echo(opened.socket, "still here")).toBe("still here");
  opened.socket.destroy();
});

test("status exits with 3 while a server is down, and names it", async () => {
  lab.setHealth("s3", false);
  const failing = async () => (await d1.tandem("status")).code === 3;
  await until(failing, { deadlineMs: DEADLINE_MS, what: "status says so" });
  expect((await status()).alarms).toEqual([expect.stringContaining(addressOf("s3", "inside"))]);
  lab.setHealth("s3", true);
  await isWell();
});

test("a restart by SIGTERM costs established connections nothing, not even a retransmission", async () => {
  const { socket } = await open();
  const nodes = [lab.node("client"), ...servers.map((s) => lab.node(s))];
  const retransmissions = async () => {
    const all = await Promise.all(nodes.map((node) => readCounters(node, ["Tcp.RetransSegs"])));
    return all.map((counters) => counters["Tcp.RetransSegs"]);
  };
  const before = await retransmissions();
  let echoes = 0;
  let isOver = false;
  const traffic = (async () => {
    for (; !isOver; echoes++) {
      expect(await echo(socket, `line ${echoes}\n`)).toBe(`line ${echoes}\n`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  const { revision } = await status();
  expect(await d1.end("SIGTERM")).toBe(0);
  const unreachable = await d1.tandem("status");
  expect([unreachable.code, unreachable.stderr]).toEqual([
    1,
    expect.stringContaining("Cannot reach the daemon"),
  ]);
  const echoesBefore = echoes;
  await d1.run(document);
  expect(echoes - echoesBefore).toBeGreaterThan(10); // while no daemon ran
  await isWell();
  isOver = true;
  await traffic;
  expect(await retransmissions()).toEqual(before);
  expect((await status()).revision).toBe(revision); // what was applied last, and not the file, which is older
  expect(await serversOf(3)).toEqual(servers);
  socket.destroy();
});

test("after SIGTERM and --cleanup nothing is left of it", async () => {
  const traces = async () => {
    const links = (await d1.exec(["ip", "-o", "link"])).stdout
      .split("\n")
      .filter((line) => line.includes("tandem"));
    const qdiscs = (await d1.exec(["tc", "qdisc"])).stdout
      .split("\n")
      .filter((line) => line.includes("clsact"));
    const filters = await Promise.all(
      ["eth0", "eth1"].map(
        async (device) => (await d1.exec(["tc", "filter", "show", "dev", device, "ingress"])).stdout,
      ),
    );
    const pins = (await d1.exec(["find", "/sys/fs/bpf/tandem"])).stdout.split("\n");
    return [...links, ...qdiscs, ...filters, ...pins].filter(Boolean);
  };
  expect((await traces()).length).toBeGreaterThan(5);
  expect(await d1.end("SIGTERM")).toBe(0);
  expect((await traces()).length).toBeGreaterThan(5); // known flows go on
  const cleaned = await d1.tandem(...runArguments(document), "--cleanup");
  expect([cleaned.code, cleaned.stderr]).toEqual([0, ""]);
  expect(await traces()).toEqual([]);
  expect((await d1.tandem(...runArguments(document), "--cleanup")).code).toBe(0);
});
