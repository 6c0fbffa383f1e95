/** What one director does with real packets: the three rules of docs/packet-path.md that no packet may break. */
import type { ServiceStatus } from "@tandem/engine";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { buildPacket, buildPing } from "../../packages/engine/src/packet/testing.ts";
import { runCommand } from "../lab/command.ts";
import { addressOf, inNamespace, PORTS, until } from "../lab/index.ts";
import { runNamed } from "../lab/run.ts";
import { echo, echoOnce } from "./support/echo.ts";
import { connectTcp, openTap } from "./support/inside.ts";
import { createMachine } from "./support/machine.ts";
import {
  CLOSED_PORT,
  createOneDirector,
  DEADLINE_MS,
  DIRECT_VIP,
  type FromGhost,
  GHOST,
  type OneDirector,
  portOf,
  SERVERS,
  SERVICES,
  SETUP_DEADLINE_MS,
  sourceOf,
  targetOf,
  VIP,
} from "./support/one-director.ts";
import { readTouched } from "./support/stack.ts";

vi.setConfig({ testTimeout: 20_000 });

let site: OneDirector;
beforeAll(async () => {
  site = await createOneDirector();
}, SETUP_DEADLINE_MS);
afterAll(() => site?.close());
// Nothing of one test is left to the next, nor its room taken.
beforeEach(() => void site.client.received());

let pings = 0;

/**
 * Ping the VIP. The host's answer comes after whatever it had to say to earlier packets: that is returned, without the answer.
 */
async function pingAndCollect(): Promise<Uint8Array[]> {
  site.client.send(buildPing(GHOST, VIP, ++pings), site.d1Mac);
  const seen: Uint8Array[] = [];
  const isAnswer = (p: Uint8Array) => p[9] === 1 && p[20] === 0 && p[27] === (pings & 0xff);
  await until(
    () => {
      seen.push(...site.client.received().filter((p) => targetOf(p) === GHOST));
      return seen.some(isAnswer);
    },
    { deadlineMs: DEADLINE_MS, what: "the host answers the ping", everyMs: 2 },
  );
  return seen.filter((p) => !isAnswer(p));
}

/** Do something, and see that d1's own stack has noticed nothing of it. Returns what came back to the ghost. */
async function unnoticedByHost(act: () => void | Promise<void>): Promise<Uint8Array[]> {
  const before = await readTouched(site.d1.node);
  await act();
  const answers = await pingAndCollect();
  expect(await readTouched(site.d1.node)).toEqual(before);
  return answers;
}

/** Packets to services that make no connection. */
const STRAYS: readonly { name: string; packet: FromGhost }[] = [
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
    const before = await readTouched(site.d1.node);
    site.send({ protocol: "tcp", fromPort: 4000, toPort: 9999, flags: "S" });
    site.send({ protocol: "udp", fromPort: 4000, toPort: 9999 });
    expect((await pingAndCollect()).map((p) => p[9])).toEqual([6, 1]); // a RST, and "port unreachable"
    const after = await readTouched(site.d1.node);
    expect(after["Tcp.InSegs"]! - before["Tcp.InSegs"]!).toBe(1);
    expect(after["Udp.NoPorts"]! - before["Udp.NoPorts"]!).toBe(1);
  });

  for (const { name, packet } of STRAYS) {
    test(`${name} is dropped silently`, async () => {
      expect(await unnoticedByHost(() => site.send(packet))).toEqual([]);
    });
  }

  test("TCP with headers that do not fit is dropped silently", async () => {
    const answers = await unnoticedByHost(() => {
      const packet = buildPacket({
        ...{ protocol: "tcp", from: GHOST, fromPort: 4005, to: VIP, toPort: PORTS.tcpEcho, flags: "A" },
      });
      packet[32] = 0xf0; // a header of 60 bytes in a segment of 20
      site.client.send(packet, site.d1Mac);
    });
    expect(answers).toEqual([]);
    expect((await site.counted())("malformed")).toBeGreaterThan(0);
  });

  test("what nobody is there for is refused by the VIP, and counted", async () => {
    const quiesced = SERVICES.map((s) => ({
      ...s,
      destinations: s.destinations.map((d) => ({ ...d, weight: 0 })),
    }));
    await site.apply(quiesced);
    const before = (await site.counted())("refused");
    const answers = await unnoticedByHost(async () => {
      site.send({ protocol: "tcp", fromPort: 4006, toPort: PORTS.tcpEcho, flags: "S" });
      site.send({ protocol: "udp", fromPort: 4006, toPort: PORTS.udpEcho });
      await until(async () => (await site.counted())("refused") === before + 2, {
        deadlineMs: DEADLINE_MS,
        what: "both are counted",
      });
    });
    expect(answers.map((p) => [sourceOf(p), p[9], p[20], p[21]])).toEqual([
      [VIP, 1, 3, 3], // ICMP port unreachable, to TCP and UDP alike
      [VIP, 1, 3, 3],
    ]);
    await site.apply(SERVICES);
  });

  test("a burst of SYNs that fills the ring while the daemon is stopped is dropped and counted, and the daemon goes on", async () => {
    const burst = 24_000;
    site.d1.node.kill("daemon", "SIGSTOP");
    const sendAll = () => {
      for (let i = 0; i < burst; i++) {
        site.send({ protocol: "tcp", fromPort: 5000 + i, toPort: CLOSED_PORT, flags: "S" });
      }
    };
    const answers = await unnoticedByHost(sendAll).finally(() => site.d1.node.kill("daemon", "SIGCONT"));
    expect(answers).toEqual([]);
    const handled = async () => {
      const count = await site.counted();
      return count("scheduled") + count("ring_full") >= burst;
    };
    await until(handled, { deadlineMs: DEADLINE_MS, what: "every SYN is scheduled or was dropped" });
    expect((await site.counted())("ring_full")).toBeGreaterThan(burst / 10);
    expect(
      await echoOnce(await connectTcp(site.lab.node("client"), VIP, PORTS.tcpEcho), "after the burst"),
    ).toBe("after the burst");
  });

  test("without a daemon new packets are dropped silently, pings answered, and known flows go on", async () => {
    const known = await connectTcp(site.lab.node("client"), VIP, PORTS.tcpEcho);
    expect(await echo(known, "before")).toBe("before");
    await site.d1.end("SIGKILL");
    const before = await readTouched(site.d1.node);
    const answers = await unnoticedByHost(async () => {
      for (const { packet } of STRAYS) site.send(packet);
      site.send({ protocol: "tcp", fromPort: 4007, toPort: PORTS.tcpEcho, flags: "S" });
      site.send({ protocol: "tcp", fromPort: 4007, to: DIRECT_VIP, toPort: PORTS.tcpEcho, flags: "S" });
      site.send({ protocol: "udp", fromPort: 4007, toPort: PORTS.udpEcho });
      expect(await echo(known, "nobody is there")).toBe("nobody is there");
    });
    expect(answers).toEqual([]);
    expect(await readTouched(site.d1.node)).toEqual(before);
    await site.d1.run(site.documentOf(SERVICES));
    expect(await echo(known, "after")).toBe("after");
    known.destroy();
    await until(
      () => site.client.received().some((p) => targetOf(p) === GHOST && sourceOf(p) === VIP && p[9] === 6),
      {
        deadlineMs: DEADLINE_MS,
        what: "the SYN that waited in the ring is answered by a server",
      },
    );
  });

  test("a service that is deleted keeps its connections; only new ones meet the host", async () => {
    const known = await connectTcp(site.lab.node("client"), VIP, PORTS.tcpEcho);
    await site.apply(SERVICES.filter((s) => s.port !== PORTS.tcpEcho));
    const before = await readTouched(site.d1.node);
    expect(await echo(known, "still here")).toBe("still here");
    expect(await readTouched(site.d1.node)).toEqual(before);
    await expect(connectTcp(site.lab.node("client"), VIP, PORTS.tcpEcho)).rejects.toThrow("ECONNREFUSED");
    known.destroy();
    await site.apply(SERVICES);
  });
});

describe("a packet that is not for this host is left alone", () => {
  /** Every frame to every port, as on a hub, or on a bridge that does not know the address. */
  const flood = async (isOn: boolean) => {
    const change = `link set outside type bridge ageing_time ${isOn ? 0 : 30_000} fdb_flush`;
    await runCommand(inNamespace(runNamed(site.lab.run).namespaceOf("switch"), ["ip", ...change.split(" ")]));
  };

  test("a second director on a bridge that floods forwards no second copy", async () => {
    const d2 = await createMachine(site.lab.node("d2"));
    await d2.run(site.documentOf(SERVICES));
    const seenByD2 = openTap(site.lab.node("d2"), "eth0");
    const taps = SERVERS.map((s) => openTap(site.lab.node(s), "eth0"));
    await flood(true);
    onTestFinished(async () => {
      await flood(false);
      for (const tap of [seenByD2, ...taps]) tap.close();
      await site.lab.killAll("d2");
    });
    const isMine = (p: Uint8Array) => sourceOf(p) === GHOST && p[9] === 17;
    const copies: Uint8Array[] = [];
    const collect = () => copies.push(...taps.flatMap((tap) => tap.received()).filter(isMine));
    for (const to of [VIP, DIRECT_VIP]) {
      for (const payload of ["new", "known"]) {
        site.send({ protocol: "udp", fromPort: 6000, to, toPort: PORTS.udpEcho, payload });
      }
    }
    await until(() => collect() >= 4, { deadlineMs: DEADLINE_MS, what: "the servers have all packets" });
    await pingAndCollect(); // a second copy of any would have left before the answer
    collect();
    expect(copies).toHaveLength(4);
    expect(seenByD2.received().filter(isMine).length).toBeGreaterThanOrEqual(4);
    const count = await site.counted(d2);
    expect(count("other_host")).toBeGreaterThanOrEqual(4);
    expect(count("new_flow")).toBe(0);
  });
});

describe("a reply of a masqueraded destination leaves as the virtual service's, or not at all", () => {
  test("from its service port without a flow it is dropped, from another port routed", async () => {
    const server = openTap(site.lab.node("s1"), "eth0");
    const gateway = openTap(site.lab.node("d1"), "eth1");
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
    site.client.received();
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
    expect((await site.counted())("unmatched_reply")).toBe(2);
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
      const services = await site.d1.ask<ServiceStatus[]>("services");
      return [
        ...new Set(services.flatMap((s) => s.destinations.map((d) => `${d.address} ${d.health}`))),
      ].sort();
    };
    const becomes = (want: readonly string[]) =>
      until(async () => String(await health()) === String(want), {
        deadlineMs: DEADLINE_MS,
        what: `health is ${want}`,
      });
    const [s1, s2, s3] = SERVERS.map((s) => addressOf(s, "inside"));
    site.lab.setHealth("s2", false);
    await site.apply(checked);
    await becomes([`${s1} up`, `${s2} down`, `${s3} up`]);
    site.lab.setHealth("s2", true);
    await becomes([`${s1} up`, `${s2} up`, `${s3} up`]);
    await site.apply(SERVICES);
  });
});
