/** What one director does with real packets: the three rules of docs/packet-path.md that no packet may break, and translation whole. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeStatus, ServiceStatus } from "@tandem/engine";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Reason } from "../../packages/engine/src/core/verdict.ts";
import {
  VNET_HEADER_BYTES,
  writeVnetHeader,
} from "../../packages/engine/src/dataplane/kernel/vnet-header.ts";
import {
  buildIcmpError,
  buildPacket,
  buildPing,
  type PacketSpec,
  packetProblems,
} from "../../packages/engine/src/packet/testing.ts";
import { runCommand } from "../lab/command.ts";
import {
  ADDRESSES,
  addressOf,
  createLab,
  inNamespace,
  type NodeName,
  nodesOf,
  type OwnLab,
  PORTS,
  until,
} from "../lab/index.ts";
import { runNamed } from "../lab/run.ts";
import { connectTcp, connectUdp, openTap, type Tap } from "./support/inside.ts";
import { createMachine, type Machine } from "./support/machine.ts";
import { readTouched } from "./support/stack.ts";

const VIP = ADDRESSES.natVip;
const DIRECT_VIP = ADDRESSES.directRouteVip;
const HTTP_PORT = 80;
/** Nobody listens there on any server. */
const CLOSED_PORT = 9;
/** An address whose packets reach the client's interface, but no stack: nothing answers on its own. */
const GHOST = "10.77.0.60";
const DEADLINE_MS = 10_000;
/** Another lab may hold the lock. */
const SETUP_DEADLINE_MS = 600_000;
const LARGE_BYTES = 128 << 20;

const servers = nodesOf("server");
const at = (port: number) => servers.map((s) => ({ address: addressOf(s, "inside"), port }));
const nat = { address: VIP, scheduler: "rr" };
const direct = { address: DIRECT_VIP, scheduler: "rr", method: "direct-route" };
const SERVICES = [
  { ...nat, protocol: "tcp", port: PORTS.tcpEcho, destinations: at(PORTS.tcpEcho) },
  { ...nat, protocol: "udp", port: PORTS.udpEcho, destinations: at(PORTS.udpEcho) },
  { ...nat, protocol: "tcp", port: HTTP_PORT, destinations: at(PORTS.http) },
  { ...nat, protocol: "tcp", port: CLOSED_PORT, destinations: at(CLOSED_PORT) },
  { ...nat, protocol: "udp", port: CLOSED_PORT, destinations: at(CLOSED_PORT) },
  { ...direct, protocol: "tcp", port: PORTS.tcpEcho, destinations: at(PORTS.tcpEcho) },
  { ...direct, protocol: "udp", port: PORTS.udpEcho, destinations: at(PORTS.udpEcho) },
];

vi.setConfig({ testTimeout: 20_000 });

let lab: OwnLab;
let d1: Machine;
let client: Tap;
/** MAC address of d1's outside interface. */
let d1Mac: Uint8Array;
const directory = mkdtempSync(join(tmpdir(), "tandem-rules-"));
let revisions = 0;

/** Write a document with these services; returns its path. */
function documentOf(services: readonly object[]): string {
  const path = join(directory, `${++revisions}.json`);
  writeFileSync(path, JSON.stringify({ version: 1, services }));
  return path;
}

async function apply(services: readonly object[]): Promise<void> {
  const { revision } = await d1.ask<{ revision: number }>("apply", "-f", documentOf(services));
  await until(async () => (await d1.ask<NodeStatus>("status")).revision === revision, {
    deadlineMs: DEADLINE_MS,
    what: `revision ${revision} runs`,
  });
}

beforeAll(async () => {
  lab = await createLab();
  const node = lab.node("d1");
  d1 = await createMachine(node);
  const own = openTap(node, "eth0");
  d1Mac = own.mac;
  own.close();
  client = openTap(lab.node("client"), "eth0");
  const mac = [...client.mac].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  await node.exec(["ip", "neigh", "add", GHOST, "lladdr", mac, "dev", "eth0", "nud", "permanent"]);
  await d1.run(documentOf(SERVICES));
  // As the readme says: virtual addresses come after the programs.
  await lab.routeThrough("d1");
  for (const vip of [VIP, DIRECT_VIP]) await node.exec(["ip", "address", "add", `${vip}/24`, "dev", "eth0"]);
}, SETUP_DEADLINE_MS);
afterAll(async () => {
  client?.close();
  await lab?.down();
  rmSync(directory, { recursive: true });
});

/** Packets by reason so far; one that never came up is missing from what the daemon says. */
async function counted(machine = d1): Promise<(reason: Reason) => number> {
  const { packets } = await machine.ask<NodeStatus>("status");
  return (reason) => packets[reason] ?? 0;
}
// Nothing of one test is left to the next, nor its room taken.
beforeEach(() => void client.received());

const send = (spec: Omit<PacketSpec, "from" | "to"> & { to?: string }) =>
  client.send(buildPacket({ from: GHOST, to: VIP, ...spec }), d1Mac);
const addressIn = (packet: Uint8Array, offset: number) => packet.subarray(offset, offset + 4).join(".");
const sourceOf = (packet: Uint8Array) => addressIn(packet, 12);
const targetOf = (packet: Uint8Array) => addressIn(packet, 16);
const portOf = (packet: Uint8Array) => (packet[20]! << 8) | packet[21]!;

let pings = 0;

/**
 * Ping the VIP. The host's answer comes after whatever it had to say to earlier packets: that is returned, without the answer.
 */
async function pingAndCollect(): Promise<Uint8Array[]> {
  client.send(buildPing(GHOST, VIP, ++pings), d1Mac);
  const seen: Uint8Array[] = [];
  const isAnswer = (p: Uint8Array) => p[9] === 1 && p[20] === 0 && p[27] === (pings & 0xff);
  await until(
    () => {
      seen.push(...client.received().filter((p) => targetOf(p) === GHOST));
      return seen.some(isAnswer);
    },
    { deadlineMs: DEADLINE_MS, what: "the host answers the ping", everyMs: 2 },
  );
  return seen.filter((p) => !isAnswer(p));
}

/** Do something, and see that d1's own stack has noticed nothing of it. Returns what came back to the ghost. */
async function unnoticedByHost(act: () => void | Promise<void>): Promise<Uint8Array[]> {
  const before = await readTouched(d1.node);
  await act();
  const answers = await pingAndCollect();
  expect(await readTouched(d1.node)).toEqual(before);
  return answers;
}

/** Packets to services that make no connection. */
const STRAYS: readonly { name: string; packet: Omit<PacketSpec, "from" | "to"> & { to?: string } }[] = [
  ...["A", "PA", "FA", "R", "RA", "SR", ""].map((flags) => ({
    name: `TCP with flags "${flags}" and no flow`,
    packet: { protocol: "tcp" as const, fromPort: 4001, toPort: PORTS.tcpEcho, flags, payload: "data" },
  })),
  {
    name: "the same for a direct-routed service",
    packet: { protocol: "tcp", fromPort: 4002, to: DIRECT_VIP, toPort: PORTS.tcpEcho, flags: "A" },
  },
  {
    name: "a first fragment",
    packet: {
      protocol: "udp",
      fromPort: 4003,
      toPort: PORTS.udpEcho,
      payload: "x".repeat(64),
      fragment: 0x2000,
    },
  },
  {
    name: "a later fragment",
    packet: { protocol: "udp", fromPort: 4004, toPort: PORTS.udpEcho, payload: "x".repeat(64), fragment: 8 },
  },
];

describe("a packet to a service never reaches the host's own stack", () => {
  test("the host answers pings, and what is to no service, so that it would be noticed", async () => {
    const before = await readTouched(d1.node);
    send({ protocol: "tcp", fromPort: 4000, toPort: 9999, flags: "S" });
    send({ protocol: "udp", fromPort: 4000, toPort: 9999 });
    expect((await pingAndCollect()).map((p) => p[9])).toEqual([6, 1]); // a RST, and "port unreachable"
    const after = await readTouched(d1.node);
    expect(after["Tcp.InSegs"]! - before["Tcp.InSegs"]!).toBe(1);
    expect(after["Udp.NoPorts"]! - before["Udp.NoPorts"]!).toBe(1);
  });

  for (const { name, packet } of STRAYS) {
    test(`${name} is dropped silently`, async () => {
      expect(await unnoticedByHost(() => send(packet))).toEqual([]);
    });
  }

  test("TCP with headers that do not fit is dropped silently", async () => {
    const answers = await unnoticedByHost(() => {
      const packet = buildPacket({
        ...{ protocol: "tcp", from: GHOST, fromPort: 4005, to: VIP, toPort: PORTS.tcpEcho, flags: "A" },
      });
      packet[32] = 0xf0; // a header of 60 bytes in a segment of 20
      client.send(packet, d1Mac);
    });
    expect(answers).toEqual([]);
    expect((await counted())("malformed")).toBeGreaterThan(0);
  });

  test("a SYN that nobody is there for is dropped silently, and counted", async () => {
    const quiesced = SERVICES.map((s) => ({
      ...s,
      destinations: s.destinations.map((d) => ({ ...d, weight: 0 })),
    }));
    await apply(quiesced);
    const before = (await counted())("no_destination");
    const answers = await unnoticedByHost(() => {
      send({ protocol: "tcp", fromPort: 4006, toPort: PORTS.tcpEcho, flags: "S" });
      send({ protocol: "udp", fromPort: 4006, toPort: PORTS.udpEcho });
    });
    expect(answers).toEqual([]);
    await until(async () => (await counted())("no_destination") === before + 2, {
      deadlineMs: DEADLINE_MS,
      what: "both are counted",
    });
    await apply(SERVICES);
  });

  test("a burst of SYNs that fills the ring while the daemon is stopped is dropped and counted, and the daemon goes on", async () => {
    const burst = 24_000;
    d1.node.kill("daemon", "SIGSTOP");
    const sendAll = () => {
      for (let i = 0; i < burst; i++) {
        send({ protocol: "tcp", fromPort: 5000 + i, toPort: CLOSED_PORT, flags: "S" });
      }
    };
    const answers = await unnoticedByHost(sendAll).finally(() => d1.node.kill("daemon", "SIGCONT"));
    expect(answers).toEqual([]);
    const handled = async () => {
      const count = await counted();
      return count("scheduled") + count("ring_full") >= burst;
    };
    await until(handled, { deadlineMs: DEADLINE_MS, what: "every SYN is scheduled or was dropped" });
    expect((await counted())("ring_full")).toBeGreaterThan(burst / 10);
    expect(await echoOnce(await connectTcp(lab.node("client"), VIP, PORTS.tcpEcho), "after the burst")).toBe(
      "after the burst",
    );
  });

  test("without a daemon new packets are dropped silently, pings answered, and known flows go on", async () => {
    const known = await connectTcp(lab.node("client"), VIP, PORTS.tcpEcho);
    expect(await echo(known, "before")).toBe("before");
    d1.node.kill("daemon", "SIGKILL");
    const before = await readTouched(d1.node);
    const answers = await unnoticedByHost(async () => {
      for (const { packet } of STRAYS) send(packet);
      send({ protocol: "tcp", fromPort: 4007, toPort: PORTS.tcpEcho, flags: "S" });
      send({ protocol: "tcp", fromPort: 4007, to: DIRECT_VIP, toPort: PORTS.tcpEcho, flags: "S" });
      send({ protocol: "udp", fromPort: 4007, toPort: PORTS.udpEcho });
      expect(await echo(known, "nobody is there")).toBe("nobody is there");
    });
    expect(answers).toEqual([]);
    expect(await readTouched(d1.node)).toEqual(before);
    await d1.run(documentOf(SERVICES));
    expect(await echo(known, "after")).toBe("after");
    known.destroy();
    await until(
      () => client.received().some((p) => targetOf(p) === GHOST && sourceOf(p) === VIP && p[9] === 6),
      {
        deadlineMs: DEADLINE_MS,
        what: "the SYN that waited in the ring is answered by a server",
      },
    );
  });

  test("a service that is deleted keeps its connections; only new ones meet the host", async () => {
    const known = await connectTcp(lab.node("client"), VIP, PORTS.tcpEcho);
    await apply(SERVICES.filter((s) => s.port !== PORTS.tcpEcho));
    const before = await readTouched(d1.node);
    expect(await echo(known, "still here")).toBe("still here");
    expect(await readTouched(d1.node)).toEqual(before);
    await expect(connectTcp(lab.node("client"), VIP, PORTS.tcpEcho)).rejects.toThrow("ECONNREFUSED");
    known.destroy();
    await apply(SERVICES);
  });
});

describe("a packet that is not for this host is left alone", () => {
  /** Every frame to every port, as on a hub, or on a bridge that does not know the address. */
  const flood = async (isOn: boolean) => {
    const change = `link set outside type bridge ageing_time ${isOn ? 0 : 30_000} fdb_flush`;
    await runCommand(inNamespace(runNamed(lab.run).namespaceOf("switch"), ["ip", ...change.split(" ")]));
  };

  test("a second director on a bridge that floods forwards no second copy", async () => {
    const d2 = await createMachine(lab.node("d2"));
    await d2.run(documentOf(SERVICES));
    const seenByD2 = openTap(lab.node("d2"), "eth0");
    const taps = servers.map((s) => openTap(lab.node(s), "eth0"));
    await flood(true);
    onTestFinished(async () => {
      await flood(false);
      for (const tap of [seenByD2, ...taps]) tap.close();
      await lab.killAll("d2");
    });
    const isMine = (p: Uint8Array) => sourceOf(p) === GHOST && p[9] === 17;
    const copies: Uint8Array[] = [];
    const collect = () => copies.push(...taps.flatMap((tap) => tap.received()).filter(isMine));
    for (const to of [VIP, DIRECT_VIP]) {
      for (const payload of ["new", "known"]) {
        send({ protocol: "udp", fromPort: 6000, to, toPort: PORTS.udpEcho, payload });
      }
    }
    await until(() => collect() >= 4, { deadlineMs: DEADLINE_MS, what: "the servers have all packets" });
    await pingAndCollect(); // a second copy of any would have left before the answer
    collect();
    expect(copies).toHaveLength(4);
    expect(seenByD2.received().filter(isMine).length).toBeGreaterThanOrEqual(4);
    const count = await counted(d2);
    expect(count("other_host")).toBeGreaterThanOrEqual(4);
    expect(count("new_flow")).toBe(0);
  });
});

/** Write, and read as much. */
async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  let got = "";
  while (got.length < text.length) got += String((await once(socket, "data"))[0]);
  return got;
}

async function echoOnce(socket: Socket, text: string): Promise<string> {
  const got = await echo(socket, text);
  socket.destroy();
  return got;
}

describe("a reply of a masqueraded destination leaves as the virtual service's, or not at all", () => {
  test("from its service port without a flow it is dropped, from another port routed", async () => {
    const server = openTap(lab.node("s1"), "eth0");
    const gateway = openTap(lab.node("d1"), "eth1");
    onTestFinished(() => {
      for (const tap of [server, gateway]) tap.close();
    });
    const from = addressOf("s1", "inside");
    const cases = [
      { protocol: "tcp", fromPort: PORTS.tcpEcho, isRouted: false },
      { protocol: "udp", fromPort: PORTS.udpEcho, isRouted: false },
      { protocol: "tcp", fromPort: PORTS.udpEcho, isRouted: true },
      { protocol: "udp", fromPort: 5353, isRouted: true },
    ] as const;
    client.received();
    for (const { protocol, fromPort } of cases) {
      const reply = { protocol, fromPort, to: GHOST, toPort: 7777, flags: "PA", payload: "secret" };
      server.send(buildPacket({ from, ...reply }), gateway.mac);
    }
    const arrived = await pingAndCollect();
    const read = (p: Uint8Array) => ({
      protocol: p[9] === 6 ? "tcp" : "udp",
      from: sourceOf(p),
      fromPort: portOf(p),
    });
    const routed = cases
      .filter((c) => c.isRouted)
      .map(({ protocol, fromPort }) => ({ protocol, from, fromPort }));
    expect(arrived.map(read)).toEqual(routed);
    expect((await counted())("unmatched_reply")).toBe(2);
  });

  test("the director's own health checks get their answers", async () => {
    const check = {
      type: "http",
      path: "/health",
      interval: 0.2,
      timeout: 0.2,
      rise: 1,
      fall: 1,
      port: PORTS.http,
    };
    const checked = SERVICES.map((s) => ({ ...s, check }));
    const health = async () => {
      const services = await d1.ask<ServiceStatus[]>("services");
      return [
        ...new Set(services.flatMap((s) => s.destinations.map((d) => `${d.address} ${d.health}`))),
      ].sort();
    };
    const becomes = (want: readonly string[]) =>
      until(async () => String(await health()) === String(want), {
        deadlineMs: DEADLINE_MS,
        what: `health is ${want}`,
      });
    const [s1, s2, s3] = servers.map((s) => addressOf(s, "inside"));
    lab.setHealth("s2", false);
    await apply(checked);
    await becomes([`${s1} up`, `${s2} down`, `${s3} up`]);
    lab.setHealth("s2", true);
    await becomes([`${s1} up`, `${s2} up`, `${s3} up`]);
    await apply(SERVICES);
  });
});

/** Neither finished rightly nor left to the hardware rightly. */
function hasWrongChecksum(packet: Uint8Array): boolean {
  const header = new Uint8Array(VNET_HEADER_BYTES);
  writeVnetHeader(header, 0, { bytes: packet, length: packet.length, gsoSize: 0 });
  return header[0] === 0 && packetProblems(packet).includes("transport checksum");
}

/** Numbers that are never the same twice within a cycle of 2^32 bytes, so that nothing can be in the wrong place unseen. */
function pattern(from: number, bytes: number): Buffer {
  const words = new Uint32Array(bytes / 4);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(from / 4 + i, 0x9e37_79b1);
  return Buffer.from(words.buffer);
}

describe("real traffic", () => {
  for (const [method, vip] of [
    ["masquerade", VIP],
    ["direct-route", DIRECT_VIP],
  ] as const) {
    test(`${method}: TCP and UDP go to every server and back from the VIP, with right checksums`, async () => {
      const taps = [...servers, "client" as const].map((name) => openTap(lab.node(name), "eth0"));
      const names = new Set<string>();
      for (const s of servers) {
        const tcp = await connectTcp(lab.node("client"), vip, PORTS.tcpEcho);
        names.add(await echoName(tcp));
        tcp.destroy();
        const udp = await connectUdp(lab.node("client"), vip, PORTS.udpEcho);
        udp.send(`hello ${s}`);
        names.add(String((await once(udp, "message"))[0]).replace(` hello ${s}`, ""));
        udp.close();
      }
      expect([...names].sort()).toEqual(servers);
      const packets = taps.flatMap((tap) => tap.received()).filter((p) => p[9] === 6 || p[9] === 17);
      expect(packets.length).toBeGreaterThan(servers.length * 6);
      expect(packets.filter(hasWrongChecksum)).toEqual([]);
      for (const tap of taps) tap.close();
    });
  }

  test("a packet whose checksum is finished on the way in is right on the way out", async () => {
    const taps = servers.map((s) => openTap(lab.node(s), "eth0"));
    send({ protocol: "udp", fromPort: 6100, toPort: PORTS.udpEcho, payload: "odd" });
    send({ protocol: "udp", fromPort: 6101, toPort: PORTS.udpEcho, payload: "none", noChecksum: true });
    send({ protocol: "tcp", fromPort: 6102, toPort: PORTS.tcpEcho, flags: "S" });
    const seen: Uint8Array[] = [];
    const isMine = (p: Uint8Array) => sourceOf(p) === GHOST && [6100, 6101, 6102].includes(portOf(p));
    await until(() => seen.push(...taps.flatMap((tap) => tap.received().filter(isMine))) >= 3, {
      deadlineMs: DEADLINE_MS,
      what: "all three arrived",
    });
    expect(seen.map(packetProblems)).toEqual([[], [], []]);
    // 0 says that there is none, and stays
    expect(seen.filter((p) => p[9] === 17 && p[26] === 0 && p[27] === 0).map(portOf)).toEqual([6101]);
    for (const tap of taps) tap.close();
  });

  // wlc evens out what earlier tests left at the servers before it takes turns
  test("HTTP through NAT: every server answers", async () => {
    const script = `import { get } from "node:http"; import { text } from "node:stream/consumers"; import { once } from "node:events";
      for (let i = 0; i < 60; i++) console.log(await text((await once(get("http://${VIP}/", { agent: false }), "response"))[0]));`;
    const argv = [process.execPath, "--input-type=module", "-e", script];
    const { stdout } = await lab.node("client").exec(argv);
    expect([...new Set(stdout.split("\n").filter(Boolean))].sort()).toEqual(servers);
  });

  test(`${LARGE_BYTES >> 20} MiB through NAT in both directions at a time are the same, byte for byte`, async () => {
    const socket = await connectTcp(lab.node("client"), VIP, PORTS.tcpEcho);
    const [sent, got] = [createHash("sha256"), createHash("sha256")];
    let received = 0;
    const complete = new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("data", (bytes: Buffer) => {
        got.update(bytes);
        received += bytes.length;
        if (received >= LARGE_BYTES) resolve();
      });
    });
    for (let at = 0; at < LARGE_BYTES; at += 1 << 20) {
      const bytes = pattern(at, 1 << 20);
      sent.update(bytes);
      if (!socket.write(bytes)) await once(socket, "drain");
    }
    await complete;
    expect(received).toBe(LARGE_BYTES);
    expect(got.digest("hex")).toBe(sent.digest("hex"));
    const services = await d1.ask<ServiceStatus[]>("services");
    const { traffic } = services.find((s) => s.protocol === "tcp" && s.port === PORTS.tcpEcho)!;
    for (const bytes of [traffic.inBytes, traffic.outBytes]) expect(bytes).toBeGreaterThan(LARGE_BYTES);
    socket.destroy();
  });

  test("a closed port at the server is refused by the VIP: TCP by RST, UDP by an ICMP error", async () => {
    await expect(connectTcp(lab.node("client"), VIP, CLOSED_PORT)).rejects.toThrow("ECONNREFUSED");
    const socket = await connectUdp(lab.node("client"), VIP, CLOSED_PORT);
    const failed = once(socket, "error");
    client.received();
    socket.send("anybody?");
    expect((await failed)[0]).toMatchObject({ code: "ECONNREFUSED" });
    const [error] = client.received().filter((p) => p[9] === 1 && p[20] === 3);
    expect([sourceOf(error!), addressIn(error!, 28 + 12), addressIn(error!, 28 + 16)]).toEqual([
      VIP,
      addressOf("client", "outside"),
      VIP,
    ]);
    expect(packetProblems(error!)).toEqual([]);
    socket.close();
  });

  test('"fragmentation needed" from the client\'s side reaches the server, and it sends smaller packets', async () => {
    const socket = await connectTcp(lab.node("client"), VIP, PORTS.tcpEcho);
    const server = (await echoName(socket)) as NodeName;
    const replies: Uint8Array[] = [];
    await until(
      () => replies.push(...client.received().filter((p) => sourceOf(p) === VIP && p[9] === 6)) > 0,
      {
        deadlineMs: DEADLINE_MS,
        what: "a reply was seen",
      },
    );
    const [inside, to] = [addressOf(server, "inside"), addressOf("client", "outside")];
    const mtu = async () =>
      / mtu (\d+)/.exec(
        (await lab.node(server).exec(["ip", "route", "get", to, "from", inside])).stdout,
      )?.[1];
    expect(await mtu()).toBeUndefined();
    const tooBig = { from: GHOST, to: VIP, type: 3, code: 4, rest: 1000, about: nextAfter(replies.at(-1)!) };
    client.send(buildIcmpError(tooBig), d1Mac);
    await until(async () => (await mtu()) === "1000", {
      deadlineMs: DEADLINE_MS,
      what: `${server} knows the MTU`,
    });
    const text = "x".repeat(100_000);
    expect(await echo(socket, text)).toBe(text);
    socket.destroy();
  });
});

/** The name of the server at the other end. */
async function echoName(socket: Socket): Promise<string> {
  socket.write("name?\n");
  const [name] = (await once(socket, "data")) as [Buffer];
  return name.toString().trim();
}

/** A TCP packet with the sequence number after its own: a stack believes ICMP errors about what is not acknowledged yet. */
function nextAfter(packet: Uint8Array): Uint8Array {
  const next = Buffer.from(packet);
  const payloadBytes = next.length - 20 - (next[32]! >>> 4) * 4;
  next.writeUInt32BE((next.readUInt32BE(24) + payloadBytes) >>> 0, 24);
  return next;
}
