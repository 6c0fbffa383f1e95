/** Interfaces that come and go under a running forwarder. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createForwarder } from "../../forwarder.ts";
import { CONTRACT_NETWORK } from "../dataplane.contract.ts";
import { runCommand } from "./command.ts";
import { createKernelDataPlane, type KernelDataPlane, removeKernelDataPlane } from "./kernel.ts";
import { type Hook, listAttachments } from "./links.ts";
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
function start(hook: Hook = "tc"): KernelDataPlane {
  const attach = ["client0", "server0"].map((link) => ({ link, hook }));
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
