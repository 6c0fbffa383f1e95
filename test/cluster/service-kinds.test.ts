/** Real traffic to services of each kind: firewall marks, every port, persistent clients, clients that are refused, single datagrams, and destinations that go. */
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { serviceKey } from "@tandem/model";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ADDRESSES, addressOf, type NodeName, PORTS, until } from "../lab/index.ts";
import { echo, echoName } from "./support/echo.ts";
import { connectTcp, connectUdp } from "./support/inside.ts";
import {
  createOneDirector,
  DEADLINE_MS,
  DIRECT_VIP,
  GHOST,
  type OneDirector,
  SERVERS,
  SETUP_DEADLINE_MS,
  sourceOf,
  targetOf,
  VIP,
} from "./support/one-director.ts";

vi.setConfig({ testTimeout: 20_000 });

const FAMILIES = [
  { family: 4, vip: VIP, directVip: DIRECT_VIP, unspecified: "0.0.0.0" },
  { family: 6, vip: ADDRESSES.natVip6, directVip: ADDRESSES.directRouteVip6, unspecified: "::" },
] as const;
/** How long silence is listened to. */
const SILENCE_MS = 300;
/** Removal is told with the first packet after a scan of the table, which follows the document. */
const RESET_DEADLINE_MS = 2000;
const ASK_EVERY_MS = 50;

let site: OneDirector;
beforeAll(async () => {
  site = await createOneDirector({ services: [] });
}, SETUP_DEADLINE_MS);
afterAll(() => site?.close());
beforeEach(() => void site.client.received());

const inside = (family: 4 | 6) => SERVERS.map((s) => addressOf(s, "inside", family));
const destinations = (family: 4 | 6, port?: number) =>
  inside(family).map((address) => (port === undefined ? { address } : { address, port }));
const client = () => site.lab.node("client");

/** Who answers TCP at an endpoint. */
async function whoAnswers(host: string, port: number): Promise<string> {
  const socket = await connectTcp(client(), host, port);
  const name = await echoName(socket);
  socket.destroy();
  return name;
}

/** Who answers a datagram from a socket of its own. */
async function whoAnswersUdp(host: string, port: number): Promise<string> {
  const socket = await connectUdp(client(), host, port);
  const answer = once(socket, "message", { signal: AbortSignal.timeout(DEADLINE_MS) });
  socket.send("who?");
  const [name] = String((await answer)[0]).split(" ");
  socket.close();
  return name!;
}

/** Who serves a page. */
async function askHttp(host: string, port: number): Promise<string> {
  const socket = await connectTcp(client(), host, port);
  socket.end("GET / HTTP/1.0\r\n\r\n");
  return (await text(socket)).split("\r\n\r\n")[1]!.trim();
}

/** The prefix of an address alone. */
const prefixOf = (address: string) => `${address}/${address.includes(":") ? 128 : 32}`;

/** The server's TCP connections. */
const connectionsAt = async (server: NodeName) =>
  (await site.lab.node(server).exec(["ss", "-Htn", "state", "established"])).stdout;

for (const { family, vip, directVip, unspecified } of FAMILIES) {
  const tcp = { protocol: "tcp", address: vip, port: PORTS.tcpEcho, scheduler: "rr" };
  const udp = { protocol: "udp", address: vip, port: PORTS.udpEcho, scheduler: "rr" };

  describe(`over IPv${family}`, () => {
    test("a firewall mark's service takes a range of ports of both protocols, and no other", async () => {
      const marked = { mark: 7, address: unspecified, scheduler: "rr", destinations: destinations(family) };
      const range = `${PORTS.tcpEcho}-${PORTS.udpEcho}`;
      await site.apply([marked], {
        marks: [{ mark: 7, destination: prefixOf(vip), destinationPorts: range }],
      });
      const names = new Set<string>();
      for (const _ of SERVERS) names.add(await whoAnswers(vip, PORTS.tcpEcho));
      expect([...names].sort()).toEqual(SERVERS);
      expect(SERVERS).toContain(await whoAnswersUdp(vip, PORTS.udpEcho));
      await expect(connectTcp(client(), vip, PORTS.udpEcho + 1)).rejects.toThrow("ECONNREFUSED");
      const [service] = await site.d1.api((node) => node.services());
      expect(service).toMatchObject({ mark: 7, traffic: { connections: SERVERS.length + 1 } });
    });

    test("a firewall mark keeps a persistent client with one server for all its ports", async () => {
      const persistence = { timeout: 60 };
      const marked = { mark: 8, address: unspecified, scheduler: "rr", persistence };
      await site.apply([{ ...marked, destinations: destinations(family) }], {
        marks: [{ mark: 8, destination: prefixOf(vip) }],
      });
      const names = new Set<string>();
      for (const _ of SERVERS) {
        names.add(await whoAnswers(vip, PORTS.tcpEcho));
        names.add(await whoAnswersUdp(vip, PORTS.udpEcho));
      }
      expect(names.size).toBe(1);
    });

    test("a service of every port keeps a client with one server, whatever the port", async () => {
      const every = { ...tcp, port: 0, persistence: { timeout: 60 }, destinations: destinations(family) };
      await site.apply([every]);
      const names = new Set<string>();
      for (const _ of SERVERS) names.add(await whoAnswers(vip, PORTS.tcpEcho));
      names.add(await askHttp(vip, PORTS.http));
      expect(names.size).toBe(1);
    });

    test("a client that is denied hears nothing", async () => {
      const deny = [prefixOf(addressOf("client", "outside", family))];
      await site.apply([
        { ...tcp, deny, destinations: destinations(family) },
        { ...udp, deny, destinations: destinations(family) },
      ]);
      const before = (await site.counted())("denied");
      const refused = connectTcp(client(), vip, PORTS.tcpEcho);
      refused.then(
        (socket) => socket.destroy(),
        () => {},
      );
      const socket = await connectUdp(client(), vip, PORTS.udpEcho);
      const heard: unknown[] = [];
      for (const event of ["message", "error"]) socket.on(event, (what) => heard.push(what));
      socket.send("anybody?");
      const outcome = await Promise.race([refused.catch((error) => error), delay(SILENCE_MS, "silence")]);
      expect(outcome).toBe("silence");
      expect(heard).toEqual([]);
      expect((await site.counted())("denied") - before).toBeGreaterThanOrEqual(2);
      socket.close();
      await site.apply([]); // so that the connection is refused, which ends the attempt
    });

    test("with whenRemoved: reset both ends of a connection hear at once that its server is gone", async () => {
      const service = { ...tcp, whenRemoved: "reset" };
      await site.apply([{ ...service, destinations: destinations(family) }]);
      const socket = await connectTcp(client(), vip, PORTS.tcpEcho);
      const name = (await echoName(socket)) as NodeName;
      const failed = once(socket, "error", { signal: AbortSignal.timeout(RESET_DEADLINE_MS) });
      const gone = addressOf(name, "inside", family);
      await site.apply([
        { ...service, destinations: destinations(family).filter((d) => d.address !== gone) },
      ]);
      const asking = setInterval(() => socket.write("anybody?"), ASK_EVERY_MS);
      const [error] = await failed.finally(() => clearInterval(asking));
      expect(error).toMatchObject({ code: "ECONNRESET" });
      const isClosed = async () =>
        !(await connectionsAt(name)).includes(addressOf("client", "outside", family));
      await until(isClosed, { deadlineMs: RESET_DEADLINE_MS, what: `${name} has heard it, too` });
    });

    test("with whenRemoved: reset a UDP client hears that nobody is there", async () => {
      const service = { ...udp, whenRemoved: "reset" };
      await site.apply([{ ...service, destinations: destinations(family) }]);
      const socket = await connectUdp(client(), vip, PORTS.udpEcho);
      socket.send("who?");
      await once(socket, "message", { signal: AbortSignal.timeout(DEADLINE_MS) });
      const failed = once(socket, "error", { signal: AbortSignal.timeout(RESET_DEADLINE_MS) });
      await site.apply([{ ...service, destinations: [] }]);
      const asking = setInterval(() => socket.send("anybody?"), ASK_EVERY_MS);
      const [error] = await failed.finally(() => clearInterval(asking));
      expect(error).toMatchObject({ code: "ECONNREFUSED" });
      socket.close();
    });

    test("datagrams of a one-packet service are scheduled one by one", async () => {
      const service = { ...udp, address: directVip, method: "direct-route", onePacket: true };
      await site.apply([{ ...service, destinations: destinations(family) }]);
      const socket = await connectUdp(client(), directVip, PORTS.udpEcho);
      const names: string[] = [];
      for (const _ of [...SERVERS, ...SERVERS]) {
        const answer = once(socket, "message", { signal: AbortSignal.timeout(DEADLINE_MS) });
        socket.send("who?");
        names.push(String((await answer)[0]).split(" ")[0]!);
      }
      expect(names.sort()).toEqual(SERVERS.flatMap((s) => [s, s]));
      const own = { service: serviceKey(service) };
      expect(await site.d1.api((node) => Array.fromAsync(node.connections(own)))).toEqual([]);
      socket.close();
    });

    test("with whenRemoved: keep a connection goes on", async () => {
      await site.apply([{ ...tcp, destinations: destinations(family) }]);
      const socket = await connectTcp(client(), vip, PORTS.tcpEcho);
      await echoName(socket);
      await site.apply([{ ...tcp, destinations: [] }]);
      expect(await echo(socket, "still here")).toBe("still here");
      socket.destroy();
    });
  });
}

test("persistence keeps each client with a server of its own", async () => {
  const udp = { protocol: "udp", address: VIP, port: PORTS.udpEcho, scheduler: "rr" };
  await site.apply([{ ...udp, persistence: { timeout: 60 }, destinations: destinations(4) }]);
  const names: string[] = [];
  for (const _ of SERVERS) names.push(await whoAnswersUdp(VIP, PORTS.udpEcho));
  const others: string[] = [];
  for (const fromPort of [6001, 6002, 6003]) {
    site.send({ protocol: "udp", fromPort, toPort: PORTS.udpEcho, payload: "who?" });
    const isAnswer = (p: Uint8Array) => sourceOf(p) === VIP && targetOf(p) === GHOST;
    const answer = await until(() => site.client.received().find(isAnswer), {
      deadlineMs: DEADLINE_MS,
      what: "the other client is answered",
    });
    others.push(String.fromCharCode(...answer.subarray(28, 30)));
  }
  expect([new Set(names).size, new Set(others).size]).toEqual([1, 1]);
  expect(others[0]).not.toBe(names[0]);
});
