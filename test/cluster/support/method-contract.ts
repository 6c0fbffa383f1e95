/** What every forwarding method must do with real traffic, at either hook. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { REASONS, type Traffic } from "@tandem/engine";
import { formatEndpoint } from "@tandem/model";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { packetProblems } from "../../../packages/engine/src/packet/testing.ts";
import type { LabNode } from "../../lab/index.ts";
import { echoName } from "./echo.ts";
import { serveEcho } from "./echo-ends.ts";
import { connectTcp, connectUdp, openTap, type Tap } from "./inside.ts";
import type { Hook } from "./machine.ts";
import { DIRECTOR_ENDS, type MethodRow, SERVER_ENDS } from "./methods.ts";
import {
  createOneDirector,
  DEADLINE_MS,
  type OneDirector,
  SERVERS,
  SETUP_DEADLINE_MS,
} from "./one-director.ts";
import { countSpoilt } from "./stack.ts";
import { transfer } from "./transfer.ts";

/** So much finds out the path's MTU, and settles in. */
const FIRST_BYTES = 1 << 16;
const LARGE_BYTES = 4 << 20;
/** One that a tunnel's headers make no longer than an MTU, and one that goes in fragments. */
const DATAGRAM_BYTES = [1400, 4000];

const MTU = 1500;
const IP_BYTES = { 4: 20, 6: 40 } as const;
const TCP_BYTES = { least: 20, most: 60 } as const;
const UDP_BYTES = 8;
/** Headers of three fragments, which the longer datagram goes in whatever the way's MTU; IPv6 has one more in each. */
const FRAGMENTS_BYTES = { 4: 3 * 20, 6: 3 * 48 } as const;

/** Test these methods with one director, which has further services. Returns it, for tests beside. */
export function testMethods(
  hook: Hook,
  rows: readonly MethodRow[],
  further: readonly object[],
): () => OneDirector {
  let site: OneDirector;
  beforeAll(async () => {
    site = await createMethodSite(hook, [...rows.flatMap((row) => row.services), ...further]);
  }, SETUP_DEADLINE_MS);
  afterAll(() => site?.close());

  test(`the director's programs are attached by ${hook}`, async () => {
    for (const device of ["eth0", "eth1"]) {
      const { stdout } = await site.lab.node("d1").exec(["ip", "link", "show", "dev", device]);
      expect(stdout.includes("prog/xdp")).toBe(hook === "xdp");
    }
  });

  for (const row of rows) {
    test(`${row.name}: TCP goes to every server; what it carries fits the way, is the same at the end, counted, and left to the fast path`, async () => {
      const client = site.lab.node("client");
      await forgetPaths(client);
      const sockets: Socket[] = [];
      for (const _ of row.answerers) sockets.push(await connectTcp(client, row.vip, row.port));
      const names = await Promise.all(sockets.map(echoName));
      expect(names.sort()).toEqual(row.answerers);
      await carry(sockets[0]!, FIRST_BYTES);
      const before = await countUpcalls(site);
      await carry(sockets[0]!, LARGE_BYTES);
      expect(await countUpcalls(site)).toEqual(before);
      expect(await readMtu(client, row.vip)).toBe(row.addedBytes > 0 ? MTU - row.addedBytes : undefined);
      await expectSegments(site, row);
      for (const socket of sockets) socket.destroy();
    });

    test(`${row.name}: UDP datagrams come back, whole ones and fragmented ones, right on every wire, and counted`, async () => {
      const taps = tapAll(site, row);
      const socket = await connectUdp(site.lab.node("client"), row.vip, row.port);
      for (const bytes of DATAGRAM_BYTES) {
        const payload = Buffer.alloc(bytes, `${row.name} `);
        const answer = once(socket, "message", { signal: AbortSignal.timeout(DEADLINE_MS) });
        socket.send(payload);
        const text = String((await answer)[0]);
        const [name] = text.split(" ");
        expect(row.answerers).toContain(name);
        expect(text).toBe(`${name} ${payload}`);
      }
      socket.close();
      const packets = taps.flatMap((tap) => tap.received());
      for (const tap of taps) tap.close();
      expect(packets.length).toBeGreaterThan(DATAGRAM_BYTES.length);
      // at tc the ends leave their checksums to hardware that nobody has, and so does the director itself
      if (hook === "xdp" && !row.answerers.includes("d1"))
        expect(packets.flatMap(packetProblems)).toEqual([]);
      expect((await readService(site, "udp", row)).traffic).toEqual(datagramTraffic(row));
    });
  }

  test("nobody got a wrong checksum", async () => {
    for (const name of ["client", "d1", ...SERVERS] as const)
      expect([name, await countSpoilt(site.lab.node(name))]).toEqual([name, 0]);
    for (const name of SERVERS)
      expect(readFileSync(site.lab.node(name).logFile("tunnel-end"), "utf8")).not.toContain("refused");
  });
  return () => site;
}

async function createMethodSite(hook: Hook, services: readonly object[]): Promise<OneDirector> {
  const site = await createOneDirector({ hook, services });
  await Promise.all([
    ...SERVERS.map((s) => serveEcho(site.lab.node(s), SERVER_ENDS)),
    ...SERVERS.map((s) => site.lab.endTunnels(s)),
    serveEcho(site.lab.node("d1"), DIRECTOR_ENDS),
  ]);
  return site;
}

async function carry(socket: Socket, bytes: number): Promise<void> {
  const { sent, got } = await transfer(socket, bytes);
  expect(got).toBe(sent);
}

/**
 * The service has counted what the client's kernel says of its sockets, segment by segment. What a tunnel found too long was sent, but not
 * forwarded.
 */
async function expectSegments(site: OneDirector, row: MethodRow): Promise<void> {
  await vi.waitFor(async () => {
    const ends = await readSockets(site.lab.node("client"), row);
    const { traffic } = await readService(site, "tcp", row);
    expect(traffic.connections).toBe(row.answerers.length);
    expect(traffic.outPackets).toBe(row.isTranslated ? ends.segs_in : 0);
    expect(traffic.inBytes).toBeGreaterThan(FIRST_BYTES + LARGE_BYTES);
    if (row.isTranslated) expect(traffic.outBytes).toBeGreaterThan(FIRST_BYTES + LARGE_BYTES);
    if (row.addedBytes > 0) return;
    expect(traffic.inPackets).toBe(ends.segs_out);
    const headers = traffic.inBytes - ends.bytes_sent!;
    expect(headers).toBeGreaterThan(traffic.inPackets * (IP_BYTES[row.family] + TCP_BYTES.least));
    expect(headers).toBeLessThan(traffic.inPackets * (IP_BYTES[row.family] + TCP_BYTES.most));
  }, DEADLINE_MS);
}

/** Numbers that `ss` tells of the connections to a service, added up. */
async function readSockets(node: LabNode, { vip, port }: MethodRow): Promise<Record<string, number>> {
  const { stdout } = await node.exec(["ss", "-Htin", "dst", formatEndpoint(vip, port)]);
  const sums: Record<string, number> = {};
  for (const [, name, value] of stdout.matchAll(/\b(\w+):(\d+)\b/g))
    sums[name!] = (sums[name!] ?? 0) + Number(value);
  return sums;
}

/** What a service must have counted of one client's datagrams, and of their answers, which are longer by the server's name and a space. */
function datagramTraffic({ family, isTranslated, answerers }: MethodRow): Traffic {
  const payloadBytes = DATAGRAM_BYTES.reduce((sum, bytes) => sum + bytes, 0);
  const inBytes = payloadBytes + 2 * UDP_BYTES + IP_BYTES[family] + FRAGMENTS_BYTES[family];
  const addedBytes = DATAGRAM_BYTES.length * (answerers[0]!.length + 1);
  return {
    ...{ connections: 1, inPackets: 4, inBytes },
    outPackets: isTranslated ? 4 : 0,
    outBytes: isTranslated ? inBytes + addedBytes : 0,
  };
}

/** Forget what ICMP errors have told of the ways' MTUs. */
async function forgetPaths(node: LabNode): Promise<void> {
  for (const family of ["-4", "-6"]) await node.exec(["ip", family, "route", "flush", "cache"]);
}

/** What ICMP errors have told of the way's MTU, if they have. */
async function readMtu(node: LabNode, to: string): Promise<number | undefined> {
  const { stdout } = await node.exec(["ip", "route", "get", to]);
  const mtu = / mtu (\d+)/.exec(stdout)?.[1];
  return mtu === undefined ? undefined : Number(mtu);
}

/** What the client gets, and the servers from the director. */
const tapAll = (site: OneDirector, row: MethodRow): Tap[] => [
  openTap(site.lab.node("client"), "eth0", row.family),
  ...SERVERS.map((s) => openTap(site.lab.node(s), "eth0", row.outerFamily)),
];

const UPCALLS = Object.entries(REASONS)
  .filter(([, { verdict }]) => verdict === "upcall")
  .map(([reason]) => reason);

/** Packets that have come up to the core, by reason. */
export async function countUpcalls(site: OneDirector): Promise<Record<string, number>> {
  const { packets } = await site.d1.api((node) => node.status());
  return Object.fromEntries(UPCALLS.map((reason) => [reason, packets[reason] ?? 0]));
}

async function readService(site: OneDirector, protocol: string, { vip, port }: MethodRow) {
  const services = await site.d1.api((node) => node.services());
  return services.find((s) => s.protocol === protocol && s.address === vip && s.port === port)!;
}
