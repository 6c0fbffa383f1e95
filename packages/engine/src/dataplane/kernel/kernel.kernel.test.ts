/** Real TCP and UDP through the kernel data plane, from client to server and back, with a forwarder that comes and goes. */
import { spawn } from "node:child_process";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { DocumentSpec, EMPTY_DOCUMENT, LbError, reviseDocument } from "@tandem/model";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { META } from "../../core/layout.ts";
import { createForwarder, type Forwarder } from "../../forwarder.ts";
import type { Answer, ForwarderEvent } from "../../forwarder-protocol.ts";
import { packetProblems } from "../../packet/testing.ts";
import { CONTRACT_NETWORK } from "../dataplane.contract.ts";
import { runCommand } from "./command.ts";
import { createKernelDataPlane, type KernelDataPlane, removeKernelDataPlane } from "./kernel.ts";
import { libbpf, openPinned } from "./libbpf.ts";
import { closeFd } from "./syscalls.ts";
import { openFrames } from "./testing/frames.ts";
import { createTopology, SIDES, type Topology } from "./testing/topology.ts";
import { VNET_HEADER_BYTES, writeVnetHeader } from "./vnet-header.ts";

const PLACE = {
  pinDirectory: `/sys/fs/bpf/tandem-test-${process.pid}`,
  lockPath: `/tmp/tandem-test-${process.pid}.lock`,
};
const RECORDS = { 4: 64, 6: 64 };
const TCP_PORT = 80;
const UDP_PORT = 53;
const SERVER_PORT = 8080;
const LARGE_BYTES = 8 << 20;

let topology: Topology;
let tcpServers: Server[];
let udpServers: UdpSocket[];

beforeAll(async () => {
  topology = createTopology();
  const addresses = [
    ["client", "198.51.100.7/24", "198.51.100.1"],
    ["client", "2001:db8:2::7/64", "2001:db8:2::1"],
    ["server", "10.0.0.1/24", "10.0.0.254"],
    ["server", "fd00::1/64", "fd00::fe"],
  ] as const;
  for (const [side, address, gateway] of addresses) {
    topology.enter(side);
    enableIpv6(`${side}0`);
    topology.ip(side, `addr add ${address} dev ${side}0${address.includes(":") ? " nodad" : ""}`);
    topology.ip(side, `route add default via ${gateway}`);
  }
  topology.enter("server");
  tcpServers = await Promise.all(["10.0.0.1", "fd00::1"].map(listenTcp));
  udpServers = await Promise.all(["10.0.0.1", "fd00::1"].map(listenUdp));
  topology.enter("director");
});

afterAll(() => {
  for (const server of [...tcpServers, ...udpServers]) server.close();
  topology.close();
  rmSync(PLACE.lockPath, { force: true });
});

function enableIpv6(link: string): void {
  runCommand("ip", ["link", "set", link, "addrgenmode", "none"]);
  runCommand("sysctl", ["-q", `net.ipv6.conf.${link}.disable_ipv6=0`]);
}

/** Echoes what comes. */
async function listenTcp(host: string): Promise<Server> {
  const server = createServer((socket) => socket.pipe(socket)).listen(SERVER_PORT, host);
  await once(server, "listening");
  return server;
}

async function listenUdp(address: string): Promise<UdpSocket> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("message", (message, from) => socket.send(message, from.port, from.address));
  socket.bind(SERVER_PORT, address);
  await once(socket, "listening");
  return socket;
}

const services = Object.values(CONTRACT_NETWORK).flatMap(({ vip, server }) =>
  (["tcp", "udp"] as const).map((protocol) => ({
    protocol,
    address: vip,
    port: protocol === "tcp" ? TCP_PORT : UDP_PORT,
    destinations: [{ address: server, port: SERVER_PORT }],
  })),
);
const document = reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, services }));

/** A forwarder as the daemon runs it, in turns between this test's own. */
interface Daemon {
  readonly plane: KernelDataPlane;
  readonly adopted: number;
  /** Forget everything at once, as a crash does. */
  crash(): Promise<void>;
}

let running: Daemon | undefined;

function startDaemon(): Daemon {
  const attach = SIDES.map((side) => ({ link: `${side}0`, hook: "tc" as const }));
  const plane = createKernelDataPlane({ ...PLACE, records: RECORDS, attach });
  let answer: unknown;
  const emit = (event: ForwarderEvent) => {
    if (event.type === "answer") answer = event.answer;
  };
  const forwarder = createForwarder(plane, emit, 1);
  forwarder.handle({
    type: "question",
    id: 1,
    name: "program",
    ask: { document, weights: new Map(), down: new Set() },
  });
  const loop = runLoop(forwarder);
  const { adopted } = answer as Answer<"program">;
  running = {
    plane,
    adopted,
    async crash() {
      forwarder.handle({ type: "stop" });
      await loop;
      plane.close();
      running = undefined;
    },
  };
  return running;
}

async function runLoop(forwarder: Forwarder): Promise<void> {
  for (; !forwarder.isStopped; await nextTurn()) forwarder.turn();
}

afterEach(async () => {
  await running?.crash();
  removeKernelDataPlane(PLACE);
});

/** Send `bytes` and wait for as many to come back, the same. */
async function echo(socket: Socket, bytes: Buffer): Promise<void> {
  const parts: Buffer[] = [];
  let length = 0;
  const complete = new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.on("data", (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length >= bytes.length) resolve();
    });
  });
  socket.write(bytes);
  await complete;
  socket.removeAllListeners("data");
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
}

/** Make a socket in the client's namespace: Node does so on the next tick. */
async function asClient<S>(make: () => S): Promise<S> {
  topology.enter("client");
  const socket = make();
  await nextTurn();
  topology.enter("director");
  return socket;
}

async function connectTcp(host: string): Promise<Socket> {
  const socket = await asClient(() => connect(TCP_PORT, host));
  await once(socket, "connect");
  return socket;
}

async function connectUdp(host: string): Promise<UdpSocket> {
  const socket = await asClient(() => {
    const made = createSocket(host.includes(":") ? "udp6" : "udp4");
    made.connect(UDP_PORT, host);
    return made;
  });
  if (!isConnected(socket)) await once(socket, "connect");
  return socket;
}

function isConnected(socket: UdpSocket): boolean {
  try {
    return socket.remoteAddress().port > 0;
  } catch {
    return false;
  }
}

const sum = (words: Uint32Array, field: number, stride: number): number =>
  words.reduce((total, word, i) => total + (i % stride === field ? word : 0), 0);

/** Neither finished rightly nor left to the hardware rightly. */
function hasWrongChecksum(packet: Uint8Array): boolean {
  const header = new Uint8Array(VNET_HEADER_BYTES);
  writeVnetHeader(header, 0, { bytes: packet, length: packet.length, gsoSize: 0 });
  return header[0] === 0 && packetProblems(packet).includes("transport checksum");
}

describe.for([4, 6] as const)("IPv%d", (family) => {
  const { vip } = CONTRACT_NETWORK[family];
  const stride = family === 4 ? 24 : 36;

  test("TCP connects through an upcall and carries large offloaded packets both ways, with right checksums", async () => {
    const { plane } = startDaemon();
    topology.enter("server");
    const tap = openFrames(topology.ends.server.index);
    topology.enter("director");
    const socket = await connectTcp(vip);
    await echo(socket, Buffer.alloc(LARGE_BYTES, "tandem"));
    const packets = tap
      .receive()
      .map((frame) => frame.subarray(14))
      .filter((p) => p[family === 4 ? 9 : 6] === 6);
    tap.close();
    expect(packets.length).toBeGreaterThan(0);
    expect(packets.filter(hasWrongChecksum)).toEqual([]);
    expect(Math.max(...packets.map((p) => p.length))).toBeGreaterThan(1500);
    expect(plane.counters().get("new_flow")).toBe(1);
    const words = plane.records[family];
    for (const [packetField, byteField] of [
      [8, 10],
      [12, 14],
    ] as const) {
      const segments = sum(words, packetField, stride);
      expect(segments).toBeGreaterThan(LARGE_BYTES / 1460);
      expect(sum(words, byteField, stride)).toBeGreaterThanOrEqual(
        LARGE_BYTES + segments * (stride === 24 ? 40 : 60),
      );
    }
    socket.destroy();
  });

  test("UDP is answered from the virtual address", async () => {
    startDaemon();
    const socket = await connectUdp(vip);
    for (const text of ["a", "some more", "x".repeat(1400)]) {
      socket.send(text);
      const [message] = (await once(socket, "message")) as [Buffer];
      expect(message.toString()).toBe(text);
    }
    socket.close();
  });

  test("a connection goes on without a daemon and is adopted by the next; who came meanwhile is served then", async () => {
    const first = startDaemon();
    const socket = await connectTcp(vip);
    await echo(socket, Buffer.from("before"));
    await first.crash();
    await echo(socket, Buffer.from("nobody is there"));
    const late = connectTcp(vip);
    await nextTurn();
    await nextTurn();
    const second = startDaemon();
    expect(second.plane.adopted).toBe(true);
    expect(second.adopted).toBe(1);
    await echo(socket, Buffer.alloc(LARGE_BYTES / 8, "after"));
    await echo(await late, Buffer.from("late"));
    socket.destroy();
    (await late).destroy();
  });
});

async function holdElsewhere() {
  const script = new URL("./testing/hold.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, PLACE.pinDirectory, PLACE.lockPath], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: line.toString().trim() };
}

test("an instance has one process at a time; the next adopts it from one that was killed", async () => {
  const first = await holdElsewhere();
  expect(first.said).toBe("created");
  expect(startDaemon).toThrow(LbError);
  expect(() => removeKernelDataPlane(PLACE)).toThrow("another process holds");
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const second = await holdElsewhere();
  expect(second.said).toBe("adopted");
  second.child.kill("SIGKILL");
  await once(second.child, "exit");
});

test("maps of another size are refused, and the ones there stay", async () => {
  await startDaemon().crash();
  const other = { ...PLACE, records: { 4: 65, 6: 64 }, attach: [] };
  expect(() => createKernelDataPlane(other)).toThrow(
    /made with layout \w+, 64 IPv4 and 64 IPv6 records, wanted/,
  );
  expect(existsSync(`${PLACE.pinDirectory}/connections4`)).toBe(true);
});

test("maps that were never finished are made anew", async () => {
  await startDaemon().crash();
  const meta = openPinned(`${PLACE.pinDirectory}/meta`)!;
  libbpf().update(meta, new Uint32Array(1), new Uint8Array(META.size), 0n);
  closeFd(meta);
  expect(startDaemon().plane.adopted).toBe(false);
});

test("clean-up leaves no program, no qdisc, no interface and no pin", async () => {
  await startDaemon().crash();
  removeKernelDataPlane(PLACE);
  expect(existsSync(PLACE.pinDirectory)).toBe(false);
  expect(runCommand("tc", ["qdisc", "show"])).not.toContain("clsact");
  expect(runCommand("ip", ["link", "show"])).not.toContain("tandem-inject");
});
