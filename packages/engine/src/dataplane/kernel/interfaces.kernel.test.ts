/** Interfaces that come and go under a running forwarder. */
import { execFileSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createForwarder } from "../../forwarder.ts";
import { CONTRACT_NETWORK } from "../dataplane.contract.ts";
import { runCommand } from "./command.ts";
import { createKernelDataPlane, type KernelDataPlane, removeKernelDataPlane } from "./kernel.ts";
import { type Hook, listAttachments } from "./links.ts";
import { hasOffloads } from "./offloads.ts";
import { listLinks } from "./rtnetlink.ts";
import { createNamespaces, type Namespaces } from "./testing/namespaces.ts";

const PLACE = {
  pinDirectory: `/sys/fs/bpf/tandem-test-${process.pid}`,
  lockPath: `/tmp/tandem-test-${process.pid}.lock`,
};
const DEADLINE_MS = 5000;
const PORT = 53;
const { vip } = CONTRACT_NETWORK[4];
const document = reviseDocument(
  EMPTY_DOCUMENT,
  DocumentSpec.parse({
    version: 1,
    services: [{ protocol: "udp", address: vip, port: PORT, destinations: [{ address: "10.0.0.1" }] }],
  }),
);

let namespaces: Namespaces;
let server: Socket;
let running: { plane: KernelDataPlane; stop(): Promise<void> } | undefined;

/** Director and one side, joined by a veth with the side's name at both ends. */
function join(side: "client" | "server"): void {
  const [here, there] = side === "client" ? ["198.51.100.1", "198.51.100.7"] : ["10.0.0.254", "10.0.0.1"];
  namespaces.ip(
    "director",
    `link add ${side}0 type veth peer name ${side}0 netns ${namespaces.fullName(side)}`,
    `addr add ${here}/24 dev ${side}0`,
    `link set ${side}0 up`,
  );
  namespaces.ip(side, `addr add ${there}/24 dev ${side}0`, `link set ${side}0 up`);
  namespaces.ip(side, `route replace default via ${here}`);
}

beforeEach(async () => {
  namespaces = createNamespaces(["client", "director", "server"]);
  namespaces.ip("director", `addr add ${vip}/32 dev lo`, "link set lo up");
  namespaces.enter("server");
  server = createSocket("udp4", (message, from) => server.send(message, from.port, from.address));
  server.bind(PORT);
  await once(server, "listening");
  namespaces.enter("director");
  runCommand("sysctl", ["-q", "net.ipv4.ip_forward=1"]);
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  namespaces.enter("director");
  removeKernelDataPlane(PLACE);
  server.close();
  namespaces.close();
  rmSync(PLACE.lockPath, { force: true });
});

/** A forwarder as the daemon runs it, in turns between this test's own. */
function start(hook: Hook = "tc", links: readonly string[] = ["client0", "server0"]): KernelDataPlane {
  const attach = links.map((link) => ({ link, hook }));
  const records = { 4: 64, 6: 64 };
  const plane = createKernelDataPlane({ ...PLACE, records, attach });
  const forwarder = createForwarder(plane, () => {}, 1);
  forwarder.handle({
    type: "question",
    id: 1,
    name: "program",
    ask: { document, weights: new Map(), down: new Set() },
  });
  const loop = (async () => {
    for (; !forwarder.isStopped; await sleep(1)) {
      plane.wait(0);
      forwarder.turn();
    }
  })();
  running = {
    plane,
    async stop() {
      forwarder.handle({ type: "stop" });
      await loop;
      plane.close();
    },
  };
  return plane;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const deadline = performance.now() + DEADLINE_MS; !isSo(); await sleep(5)) {
    if (performance.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
  }
}

async function createClient(): Promise<Socket> {
  namespaces.enter("client");
  const socket = createSocket("udp4");
  socket.bind(0);
  await once(socket, "listening");
  namespaces.enter("director");
  return socket;
}

/** Send until it comes back: addresses that have just been set take a moment. */
async function echo(socket: Socket, text: string): Promise<void> {
  let answer = "";
  socket.on("message", (message) => (answer = message.toString()));
  await until(`an answer to "${text}"`, () => {
    socket.send(text, PORT, vip, () => {});
    return answer === text;
  });
  socket.removeAllListeners("message");
}

test("interfaces are listed as iproute2 lists them, though the answer comes in many parts", () => {
  for (let i = 0; i < 40; i++)
    namespaces.ip("director", `link add long-name-${i}-a type veth peer name b${i}`);
  const rows = JSON.parse(runCommand("ip", ["-json", "link", "show"])) as {
    ifname: string;
    ifindex: number;
    address: string;
  }[];
  const listed = listLinks().map(({ name, index, mac }) => [name, index, Buffer.from(mac).toString("hex")]);
  expect(listed).toHaveLength(81);
  expect(listed).toEqual(rows.map((row) => [row.ifname, row.ifindex, row.address.replaceAll(":", "")]));
});

const attached = () =>
  listAttachments()
    .map(({ link }) => link)
    .toSorted();

describe.for(["tc", "xdp"] as const)("at %s", (hook) => {
  test("an interface that is deleted is a fault; made anew it has its program again", async () => {
    join("client");
    join("server");
    const plane = start(hook);
    expect(plane.faults()).toEqual([]);
    namespaces.ip("director", "link delete client0");
    await until("a fault", () => plane.faults().length > 0);
    expect(plane.faults()).toEqual(['Cannot find network interface "client0"']);
    join("client");
    await until("no fault", () => plane.faults().length === 0);
    expect(attached()).toEqual(["client0", "server0", "tandem-entry"]);
  });
});

test("a flow goes on over an interface that was made anew, on its own record", async () => {
  join("client");
  join("server");
  const plane = start();
  const socket = await createClient();
  await echo(socket, "before");
  for (const side of ["client", "server"] as const) {
    namespaces.ip("director", `link delete ${side}0`);
    await until("a fault", () => plane.faults().length > 0);
    join(side);
    await until("no fault", () => plane.faults().length === 0);
    await echo(socket, `after ${side}0 was away`);
  }
  expect(plane.counters().get("new_flow")).toBe(1);
  socket.close();
});

test("an interface that is missing at the start is waited for", async () => {
  join("client");
  const plane = start();
  expect(plane.faults()).toEqual(['Cannot find network interface "server0"']);
  join("server");
  await until("no fault", () => plane.faults().length === 0);
  const socket = await createClient();
  await echo(socket, "hello");
  socket.close();
});

test("a program that somebody takes away comes back", async () => {
  join("client");
  join("server");
  const plane = start();
  runCommand("tc", ["qdisc", "delete", "dev", "client0", "clsact"]);
  expect(attached()).not.toContain("client0");
  await until("its return", () => attached().includes("client0"));
  expect(plane.faults()).toEqual([]);
});

test("the injection veth is made anew, and first packets go through it", async () => {
  join("client");
  join("server");
  const plane = start();
  runCommand("ip", ["link", "delete", "tandem-inject"]);
  await until("its return", () => attached().includes("tandem-entry"));
  expect(plane.faults()).toEqual([]);
  const socket = await createClient();
  await echo(socket, "hello");
  socket.close();
});

/** What an operator, or a tool that manages every interface, may do to the pair. */
const meddlings: readonly string[] = [
  "ip link set tandem-inject down",
  "ip link set tandem-entry down",
  "ip link set tandem-inject mtu 1500",
  "ip link set tandem-entry mtu 1400",
  "ip link set tandem-inject down name mine",
  "ip address flush dev tandem-entry",
  "ethtool -K tandem-inject tx on tso on",
  "sysctl -q net.ipv4.conf.tandem-entry.forwarding=0",
  "sysctl -q net.ipv4.conf.tandem-entry.rp_filter=1",
  "sysctl -q net.ipv6.conf.tandem-entry.forwarding=0",
];
test("the injection veth is mended whatever is done to it, and first packets go through it", async () => {
  join("client");
  join("server");
  runCommand("sysctl", ["-q", "net.ipv4.conf.all.rp_filter=1"]); // the address counts
  const plane = start();
  const before = pair();
  for (const meddling of meddlings) {
    const [command, ...words] = meddling.split(" ");
    execFileSync(command!, words, { stdio: "ignore" });
    expect(pair(), meddling).not.toEqual(before);
    await until(`mended: ${meddling}`, () => isDeepStrictEqual(pair(), before));
    expect(plane.faults()).toEqual([]);
  }
  execFileSync("ip", ["link", "set", "tandem-entry", "address", "02:ff:74:61:6e:03"]); // is as good as the former one
  const socket = await createClient();
  await echo(socket, "hello");
  socket.close();
});

/** What matters of the injection pair, as others see it. */
function pair() {
  const ends = listLinks().filter(({ name }) => name.startsWith("tandem-"));
  const settings = [
    "ipv4/conf/tandem-entry/forwarding",
    "ipv4/conf/tandem-entry/rp_filter",
    "ipv6/conf/tandem-entry/forwarding",
  ];
  return {
    ends: ends.map(({ name, mac, isUp, mtu }) => ({
      name,
      mac: Buffer.from(mac).toString("hex"),
      isUp,
      mtu,
    })),
    settings: settings.map(
      (name) => existsSync(`/proc/sys/net/${name}`) && readFileSync(`/proc/sys/net/${name}`, "utf8"),
    ),
    addresses: runCommand("ip", ["-4", "-brief", "address", "show", "to", "192.0.0.8"]).split(/\s+/)[0],
    offloads: ends.some(({ name }) => name === "tandem-inject" && hasOffloads(name)),
    programs: listAttachments().length,
  };
}

/** Every place of a program of ours, such as "client0 tc", with the program's id. */
const programs = (): Record<string, number> =>
  Object.fromEntries(listAttachments().map(({ link, hook, program }) => [`${link} ${hook}`, program.id]));

async function restart(...change: Parameters<typeof start>): Promise<KernelDataPlane> {
  await running!.stop();
  return start(...change);
}

/** What happened to the programs between two daemons. */
const gaps: { name: string; act: () => void; isKept: boolean }[] = [
  { name: "nothing happened", act: () => {}, isKept: true },
  {
    name: "somebody took them off the interfaces",
    act: () => runCommand("tc", ["qdisc", "delete", "dev", "client0", "clsact"]),
    isKept: true,
  },
  { name: "their pins are gone", act: unpinPrograms, isKept: false },
];

function unpinPrograms(): void {
  const names = readdirSync(PLACE.pinDirectory).filter((name) => name.startsWith("tandem_"));
  expect(names).toHaveLength(2);
  for (const name of names) unlinkSync(`${PLACE.pinDirectory}/${name}`);
}

for (const { name, act, isKept } of gaps) {
  test(`a flow goes on over a restart, by ${isKept ? "the same" : "new"} programs, when ${name}`, async () => {
    join("client");
    join("server");
    start();
    const socket = await createClient();
    await echo(socket, "before");
    const before = programs();
    await running!.stop();
    act();
    const plane = start();
    expect(Object.keys(programs())).toEqual(Object.keys(before));
    const kept = Object.entries(programs()).filter(([place, id]) => before[place] === id);
    expect(kept).toHaveLength(isKept ? 3 : 0);
    await echo(socket, "after");
    expect(plane.counters().get("new_flow")).toBe(1);
    socket.close();
  });
}

test("an interface that the next daemon is not told of loses its program, and gets it back with one that is", async () => {
  join("client");
  join("server");
  start();
  const before = programs();
  await restart("tc", ["client0"]);
  const { "server0 tc": lost, ...others } = before;
  expect(lost).toBeGreaterThan(0);
  expect(programs()).toEqual(others);
  await restart();
  expect(programs()).toEqual(before);
});

test("a daemon of misspelt interfaces leaves the flows what they have, until each interface that it names is there", async () => {
  join("client");
  join("server");
  start();
  const socket = await createClient();
  await echo(socket, "before");
  const before = programs();
  const plane = await restart("tc", ["server0", "eth9"]);
  expect(plane.faults()).toEqual(['Cannot find network interface "eth9"']);
  expect(programs()).toEqual(before);
  await echo(socket, "after");
  namespaces.ip("director", "link add eth9 type veth peer name eth8");
  await until("no fault", () => plane.faults().length === 0);
  expect(attached()).toEqual(["eth9", "server0", "tandem-entry"]);
  socket.close();
});

test("a daemon with another hook leaves nothing at the former one's", async () => {
  join("client");
  join("server");
  start("tc");
  await restart("xdp");
  const atXdp = programs();
  expect(Object.keys(atXdp).toSorted()).toEqual(["client0 xdp", "server0 xdp", "tandem-entry tc"]);
  await restart("xdp");
  expect(programs()).toEqual(atXdp);
  await restart("tc");
  expect(Object.keys(programs()).toSorted()).toEqual(["client0 tc", "server0 tc", "tandem-entry tc"]);
});
