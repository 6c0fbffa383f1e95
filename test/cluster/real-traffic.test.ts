/** Real TCP, UDP, HTTP and ICMP through one director, by masquerading and by direct route. */
import { once } from "node:events";
import type { ServiceStatus } from "@tandem/engine";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  VNET_HEADER_BYTES,
  writeVnetHeader,
} from "../../packages/engine/src/dataplane/kernel/vnet-header.ts";
import { buildIcmpError, packetProblems } from "../../packages/engine/src/packet/testing.ts";
import { addressOf, type NodeName, PORTS, until } from "../lab/index.ts";
import { echo, echoName } from "./support/echo.ts";
import { connectTcp, connectUdp, openTap } from "./support/inside.ts";
import {
  CLOSED_PORT,
  createOneDirector,
  DEADLINE_MS,
  DIRECT_VIP,
  GHOST,
  type OneDirector,
  portOf,
  SERVERS,
  SETUP_DEADLINE_MS,
  sourceOf,
  targetOf,
  VIP,
} from "./support/one-director.ts";
import { transfer } from "./support/transfer.ts";

const LARGE_BYTES = 128 << 20;

vi.setConfig({ testTimeout: 20_000 });

let site: OneDirector;
beforeAll(async () => {
  site = await createOneDirector();
}, SETUP_DEADLINE_MS);
afterAll(() => site?.close());
// Nothing of one test is left to the next, nor its room taken.
beforeEach(() => void site.client.received());

/** Neither finished rightly nor left to the hardware rightly. */
function hasWrongChecksum(packet: Uint8Array): boolean {
  const header = new Uint8Array(VNET_HEADER_BYTES);
  writeVnetHeader(header, 0, { bytes: packet, length: packet.length, gsoSize: 0 });
  return header[0] === 0 && packetProblems(packet).includes("transport checksum");
}

for (const [method, vip] of [
  ["masquerade", VIP],
  ["direct-route", DIRECT_VIP],
] as const) {
  test(`${method}: TCP and UDP go to every server and back from the VIP, with right checksums`, async () => {
    const taps = [...SERVERS, "client" as const].map((name) => openTap(site.lab.node(name), "eth0"));
    const names = new Set<string>();
    for (const s of SERVERS) {
      const tcp = await connectTcp(site.lab.node("client"), vip, PORTS.tcpEcho);
      names.add(await echoName(tcp));
      tcp.destroy();
      const udp = await connectUdp(site.lab.node("client"), vip, PORTS.udpEcho);
      udp.send(`hello ${s}`);
      names.add(String((await once(udp, "message"))[0]).replace(` hello ${s}`, ""));
      udp.close();
    }
    expect([...names].sort()).toEqual(SERVERS);
    const packets = taps.flatMap((tap) => tap.received()).filter((p) => p[9] === 6 || p[9] === 17);
    expect(packets.length).toBeGreaterThan(SERVERS.length * 6);
    expect(packets.filter(hasWrongChecksum)).toEqual([]);
    for (const tap of taps) tap.close();
  });
}

test("a packet whose checksum is finished on the way in is right on the way out", async () => {
  const taps = SERVERS.map((s) => openTap(site.lab.node(s), "eth0"));
  site.send({ protocol: "udp", fromPort: 6100, toPort: PORTS.udpEcho, payload: "odd" });
  site.send({ protocol: "udp", fromPort: 6101, toPort: PORTS.udpEcho, payload: "none", noChecksum: true });
  site.send({ protocol: "tcp", fromPort: 6102, toPort: PORTS.tcpEcho, flags: "S" });
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

test("HTTP through NAT: every server answers", async () => {
  const script = `import { get } from "node:http"; import { text } from "node:stream/consumers"; import { once } from "node:events";
      for (let i = 0; i < 3; i++) console.log(await text((await once(get("http://${VIP}/", { agent: false }), "response"))[0]));`;
  const argv = [process.execPath, "--input-type=module", "-e", script];
  const { stdout } = await site.lab.node("client").exec(argv);
  expect([...new Set(stdout.split("\n").filter(Boolean))].sort()).toEqual(SERVERS);
});

test(`${LARGE_BYTES >> 20} MiB through NAT in both directions at a time are the same, byte for byte`, async () => {
  const socket = await connectTcp(site.lab.node("client"), VIP, PORTS.tcpEcho);
  const { sent, got } = await transfer(socket, LARGE_BYTES);
  expect(got).toBe(sent);
  const services = await site.d1.ask<ServiceStatus[]>("services");
  const { traffic } = services.find((s) => s.protocol === "tcp" && s.port === PORTS.tcpEcho)!;
  for (const bytes of [traffic.inBytes, traffic.outBytes]) expect(bytes).toBeGreaterThan(LARGE_BYTES);
  socket.destroy();
});

test("a closed port at the server is refused by the VIP: TCP by RST, UDP by an ICMP error", async () => {
  await expect(connectTcp(site.lab.node("client"), VIP, CLOSED_PORT)).rejects.toThrow("ECONNREFUSED");
  const socket = await connectUdp(site.lab.node("client"), VIP, CLOSED_PORT);
  const failed = once(socket, "error");
  site.client.received();
  socket.send("anybody?");
  expect((await failed)[0]).toMatchObject({ code: "ECONNREFUSED" });
  const [error] = site.client.received().filter((p) => p[9] === 1 && p[20] === 3);
  expect([sourceOf(error!), sourceOf(error!.subarray(28)), targetOf(error!.subarray(28))]).toEqual([
    VIP,
    addressOf("client", "outside"),
    VIP,
  ]);
  expect(packetProblems(error!)).toEqual([]);
  socket.close();
});

test('"fragmentation needed" from the client\'s side reaches the server, and it sends smaller packets', async () => {
  const socket = await connectTcp(site.lab.node("client"), VIP, PORTS.tcpEcho);
  const server = (await echoName(socket)) as NodeName;
  const replies: Uint8Array[] = [];
  await until(
    () => replies.push(...site.client.received().filter((p) => sourceOf(p) === VIP && p[9] === 6)) > 0,
    {
      deadlineMs: DEADLINE_MS,
      what: "a reply was seen",
    },
  );
  const [inside, to] = [addressOf(server, "inside"), addressOf("client", "outside")];
  const mtu = async () =>
    / mtu (\d+)/.exec(
      (await site.lab.node(server).exec(["ip", "route", "get", to, "from", inside])).stdout,
    )?.[1];
  expect(await mtu()).toBeUndefined();
  const tooBig = { from: GHOST, to: VIP, type: 3, code: 4, rest: 1000, about: nextAfter(replies.at(-1)!) };
  site.client.send(buildIcmpError(tooBig), site.d1Mac);
  await until(async () => (await mtu()) === "1000", {
    deadlineMs: DEADLINE_MS,
    what: `${server} knows the MTU`,
  });
  const text = "x".repeat(100_000);
  expect(await echo(socket, text)).toBe(text);
  socket.destroy();
});

/** A TCP packet with the sequence number after its own: a stack believes ICMP errors about what is not acknowledged yet. */
function nextAfter(packet: Uint8Array): Uint8Array {
  const next = Buffer.from(packet);
  const payloadBytes = next.length - 20 - (next[32]! >>> 4) * 4;
  next.writeUInt32BE((next.readUInt32BE(24) + payloadBytes) >>> 0, 24);
  return next;
}
