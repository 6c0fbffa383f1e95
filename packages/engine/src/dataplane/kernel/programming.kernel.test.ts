/** What the kernel data plane is told, and what it makes of interfaces, addresses and routes that change. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_CLIENT_PREFIXES, parseAddress, parsePrefix, TUNNEL_NUMBERS } from "@tandem/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  CLIENT_KEY,
  POLICY,
  POLICY_FLAG,
  RULE,
  SERVICE_FLAG,
  TUNNEL,
  TUNNEL_FLAG,
} from "../../core/layout.ts";
import { buildPacket } from "../../packet/testing.ts";
import { packTransitions } from "../../protocols/transitions.ts";
import type { MarkRule, Policy, ServiceChange, Tunnel } from "../dataplane.ts";
import { createKernelDataPlane, type KernelDataPlane, removeKernelDataPlane } from "./kernel.ts";
import { openPinned } from "./libbpf.ts";
import { findLink } from "./links.ts";
import { type EntryBytes, scanEntries } from "./map-scan.ts";
import { closeFd } from "./syscalls.ts";
import { createNamespaces, type Namespaces } from "./testing/namespaces.ts";

const PLACE = {
  pinDirectory: `/sys/fs/bpf/tandem-test-${process.pid}`,
  lockPath: `/tmp/tandem-test-${process.pid}.lock`,
};
const DEADLINE_MS = 5000;

const bytes = (address: string): Uint8Array => parseAddress(address)!;
const endpoint = (address: string, port: number, protocol: number) => ({
  address: bytes(address),
  port,
  protocol,
});

const TUNNELS: Readonly<Record<string, Tunnel>> = {
  ipip: { address: bytes("10.0.0.1"), type: TUNNEL_NUMBERS.ipip, flags: 0, port: 0 },
  gue: {
    address: bytes("fd00::1"),
    type: TUNNEL_NUMBERS.gue,
    flags: TUNNEL_FLAG.checksum | TUNNEL_FLAG.remoteChecksum,
    port: 6080,
  },
};

const CHANGES: readonly ServiceChange[] = [
  { kind: "set_vip", address: bytes("192.0.2.1"), flags: SERVICE_FLAG.expects },
  { kind: "set_vip", address: bytes("2001:db8::1"), flags: 0 },
  { kind: "set_service", at: endpoint("192.0.2.1", 80, 6), id: 7, flags: SERVICE_FLAG.filtered },
  { kind: "set_service", at: endpoint("2001:db8::1", 0, 132), id: 8, flags: 0 },
  { kind: "set_real_server", at: endpoint("10.0.0.1", 8080, 6) },
  { kind: "set_real_server", at: endpoint("fd00::1", 0, 255) },
  { kind: "set_mark", at: { mark: 0xffff_fffe, family: 4 }, id: 9, flags: SERVICE_FLAG.sloppy },
  { kind: "set_mark", at: { mark: 1, family: 6 }, id: 10, flags: 0 },
  { kind: "set_client", at: { service: 7, address: bytes("0.0.0.0"), bits: 0 }, isAllowed: false },
  { kind: "set_client", at: { service: 7, address: bytes("198.51.100.0"), bits: 25 }, isAllowed: true },
  { kind: "set_client", at: { service: 8, address: bytes("::"), bits: 0 }, isAllowed: true },
  { kind: "set_client", at: { service: 8, address: bytes("2001:db8:2::7"), bits: 128 }, isAllowed: false },
  { kind: "set_tunnel", destination: 70, tunnel: TUNNELS.ipip! },
  { kind: "set_tunnel", destination: 71, tunnel: TUNNELS.gue! },
];

const deletionOf = (change: ServiceChange): ServiceChange =>
  ({ ...change, kind: change.kind.replace("set_", "delete_") }) as ServiceChange;

const asText = (changes: readonly ServiceChange[]): string[] =>
  changes
    .map((c) => JSON.stringify(c, (_, v) => (v instanceof Uint8Array ? v.join(".") : (v as unknown))))
    .toSorted();

let namespaces: Namespaces;
let running: KernelDataPlane | undefined;

function start(): KernelDataPlane {
  running = createKernelDataPlane({ ...PLACE, records: { 4: 64, 6: 64 }, attach: [] });
  return running;
}

function stop(): void {
  running?.close();
  running = undefined;
}

/** The director's way to the servers. */
function join(): void {
  namespaces.ip(
    "director",
    `link add server0 type veth peer name server0 netns ${namespaces.fullName("server")}`,
    "addr add 10.0.0.254/24 dev server0",
    "addr add fd00::fe/64 dev server0 nodad",
    "link set server0 up",
  );
  namespaces.ip("server", "link set server0 up");
}

beforeEach(() => {
  namespaces = createNamespaces(["director", "server"]);
  namespaces.enter("director");
  namespaces.ip("director", "link set lo up");
  join();
});

afterEach(() => {
  stop();
  removeKernelDataPlane(PLACE);
  namespaces.close();
  rmSync(PLACE.lockPath, { force: true });
});

/** A pinned map as it is now. */
function content(map: string, sizes: EntryBytes): [key: Buffer, value: Buffer][] {
  const fd = openPinned(`${PLACE.pinDirectory}/${map}`)!;
  const all = Array.from(scanEntries(fd, sizes), ({ key, value }): [Buffer, Buffer] => [
    Buffer.from(key),
    Buffer.from(value),
  ]);
  closeFd(fd);
  return all;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const deadline = performance.now() + DEADLINE_MS; !isSo(); await sleep(5)) {
    if (performance.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    running?.wait(0);
  }
}

describe("what is programmed", () => {
  test("is told, by the next process, too, and is nothing after its deletion", () => {
    start().program(CHANGES);
    expect(asText(running!.programmed())).toEqual(asText(CHANGES));
    stop();
    expect(asText(start().programmed())).toEqual(asText(CHANGES));
    running!.program(CHANGES.map(deletionOf));
    expect(running!.programmed()).toEqual([]);
    expect(content("tunnels", { key: 4, value: TUNNEL.size })).toEqual([]);
    running!.program(CHANGES.map(deletionOf));
  });

  test("can be set again with other values", () => {
    start().program(CHANGES);
    const other: ServiceChange[] = [
      { kind: "set_mark", at: { mark: 1, family: 6 }, id: 11, flags: SERVICE_FLAG.sloppy },
      {
        kind: "set_client",
        at: { service: 7, address: bytes("198.51.100.0"), bits: 25 },
        isAllowed: false,
      },
      { kind: "set_tunnel", destination: 70, tunnel: TUNNELS.gue! },
    ];
    running!.program(other);
    expect(asText(running!.programmed())).toEqual(expect.arrayContaining(asText(other)));
    expect(running!.programmed()).toHaveLength(CHANGES.length);
  });
});

test("as many clients as a document can have give way to as many others, which are told first", () => {
  const kernel = start();
  const keys = (first: number) =>
    Array.from({ length: MAX_CLIENT_PREFIXES }, (_, i) => ({
      ...{ service: 7, bits: 24 },
      address: Uint8Array.of(first, i >>> 8, i & 255, 0),
    }));
  const set = (first: number): ServiceChange[] =>
    keys(first).map((at) => ({ kind: "set_client", at, isAllowed: true }));
  kernel.program(set(11));
  kernel.program([...set(12), ...keys(11).map((at): ServiceChange => ({ kind: "delete_client", at }))]);
  expect(kernel.programmed()).toHaveLength(MAX_CLIENT_PREFIXES);
});

test("a client's key counts the bits of the service and of the whole address", () => {
  start().program(CHANGES);
  const bits = content("clients", { key: CLIENT_KEY.size, value: 4 }).map(([key]) => key.readUInt32LE(0));
  expect(bits.toSorted((a, b) => a - b)).toEqual([32, 32 + 96, 32 + 96 + 25, 32 + 128]);
});

describe("sourceFor", () => {
  test("is the address that routing prefers, as it is now", async () => {
    const { sourceFor } = start();
    expect(sourceFor(bytes("10.0.0.1"))).toEqual(bytes("10.0.0.254"));
    expect(sourceFor(bytes("fd00::1"))).toEqual(bytes("fd00::fe"));
    expect(sourceFor(bytes("203.0.113.1"))).toBeUndefined();
    expect(sourceFor(bytes("2001:db8:9::1"))).toBeUndefined();
    namespaces.ip("director", "route add 203.0.113.0/24 via 10.0.0.1 src 10.0.0.254");
    expect(sourceFor(bytes("203.0.113.1"))).toEqual(bytes("10.0.0.254"));
    namespaces.ip("director", "addr del 10.0.0.254/24 dev server0", "addr add 10.0.0.253/24 dev server0");
    await until("the new address", () => sourceFor(bytes("10.0.0.1"))?.[3] === 253);
  });
});

describe("a tunnel", () => {
  const tunnels = () =>
    content("tunnels", { key: 4, value: TUNNEL.size }).map(([key, value]) => ({
      destination: key.readUInt32LE(),
      source: value.subarray(TUNNEL.source, TUNNEL.source + 4).join("."),
    }));

  test("is written as the fast path reads it", () => {
    start().program([{ kind: "set_tunnel", destination: 71, tunnel: TUNNELS.gue! }]);
    const [[, value]] = content("tunnels", { key: 4, value: TUNNEL.size }) as [[Buffer, Buffer]];
    const wanted = `06 01 03 00 17c0 0000 fd0000000000000000000000000000fe fd000000000000000000000000000001`;
    expect(value.toString("hex")).toBe(wanted.replaceAll(" ", ""));
  });

  test("has the source of the route, comes when there is one and goes with it", async () => {
    start().program([{ kind: "set_tunnel", destination: 70, tunnel: TUNNELS.ipip! }]);
    expect(tunnels()).toEqual([{ destination: 70, source: "10.0.0.254" }]);
    namespaces.ip("director", "link delete server0");
    await until("no entry", () => tunnels().length === 0);
    expect(running!.programmed()).toHaveLength(1);
    join();
    await until("an entry", () => tunnels().length === 1);
    namespaces.ip("director", "addr del 10.0.0.254/24 dev server0", "addr add 10.0.0.253/24 dev server0");
    await until("the new source", () => tunnels()[0]?.source === "10.0.0.253");
  });

  test("without a route is programmed and waits for one", async () => {
    const tunnel = { ...TUNNELS.ipip!, address: bytes("203.0.113.1") };
    start().program([{ kind: "set_tunnel", destination: 70, tunnel }]);
    expect(tunnels()).toEqual([]);
    expect(running!.faults()).toEqual([]);
    namespaces.ip("director", "route add default via 10.0.0.1");
    await until("an entry", () => tunnels().length === 1);
    running!.program([{ kind: "delete_tunnel", destination: 70 }]);
    namespaces.ip("director", "route delete default");
    expect(tunnels()).toEqual([]);
  });

  test("of a former process has the source of today", () => {
    start().program([{ kind: "set_tunnel", destination: 70, tunnel: TUNNELS.ipip! }]);
    stop();
    namespaces.ip("director", "addr del 10.0.0.254/24 dev server0", "addr add 10.0.0.253/24 dev server0");
    start();
    expect(tunnels()).toEqual([{ destination: 70, source: "10.0.0.253" }]);
  });
});

describe("the policy", () => {
  const any: MarkRule = { mark: 5, protocol: 0, sourcePorts: [0, 65_535], destinationPorts: [0, 65_535] };
  const policy = (...rules: MarkRule[]): Policy => ({
    flags: POLICY_FLAG.scheduleIcmp,
    budget: 100,
    rules,
    transitions: packTransitions(true),
  });
  const word = (index: number) => {
    const [[, value]] = content("policy", { key: 4, value: POLICY.size }) as [[Buffer, Buffer]];
    return value.readUInt32LE(index * 4);
  };
  const words = () => [POLICY.flags, POLICY.rules, POLICY.budget].map(word);
  const rule = (slot: number) => content("rules", { key: 4, value: RULE.size })[slot]![1];

  test("is written with its rules and tables, and outlives the process", () => {
    start();
    expect(words()).toEqual([0, 0, 0]);
    const source = parsePrefix("198.51.100.0/25")!;
    const destination = parsePrefix("2001:db8::/33")!;
    const ports = { sourcePorts: [1, 2], destinationPorts: [3, 0xfffe] } as const;
    running!.setPolicy(policy({ ...any, source, protocol: 6, ...ports }, { ...any, destination, mark: 6 }));
    stop();
    start();
    expect(words()).toEqual([POLICY_FLAG.scheduleIcmp, 2, 100]);
    const [[, tables]] = content("transitions", { key: 4, value: policy().transitions.length }) as [
      [Buffer, Buffer],
    ];
    expect(tables.equals(policy().transitions)).toBe(true);
    const hex = (text: string) => text.replaceAll(" ", "");
    expect(rule(0).toString("hex")).toBe(
      hex(
        `00000000000000000000ffffc6336400 ffffffffffffffffffffffffffffff80 ${"0".repeat(64)} 05000000 00000000 0100 0200 0300 feff 06 04 0000`,
      ),
    );
    expect(rule(1).toString("hex")).toBe(
      hex(
        `${"0".repeat(64)} 20010db8000000000000000000000000 ffffffff800000000000000000000000 06000000 00000000 0000 ffff 0000 ffff 00 06 0000`,
      ),
    );
  });

  test("names the injection pair, whatever else is set, and another pair, too", async () => {
    const near = () => findLink("tandem-inject").index;
    start().setPolicy(policy(any));
    const first = near();
    expect(word(POLICY.injection)).toBe(first);
    namespaces.ip("director", "link delete tandem-inject");
    await until("another pair", () => word(POLICY.injection) !== first);
    expect(word(POLICY.injection)).toBe(near());
    expect(words()).toEqual([POLICY_FLAG.scheduleIcmp, 1, 100]);
  });

  test("follows the interfaces that rules name", async () => {
    const ifindex = () => rule(1).readUInt32LE(RULE.ifindex);
    start().setPolicy(policy(any, { ...any, interface: "server0" }));
    expect(ifindex()).toBe(findLink("server0").index);
    namespaces.ip("director", "link delete server0");
    await until("no interface", () => ifindex() === 0xffff_ffff);
    expect(running!.faults()).toEqual([]);
    join();
    await until("the new interface", () => ifindex() === findLink("server0").index);
    running!.setPolicy(policy(any));
    expect(words()[1]).toBe(1);
  });
});

describe.for(["0", "1", "2"])("with all.rp_filter %s", (filter) => {
  test.for([
    { to: "192.0.2.1", from: "10.0.0.1" },
    { to: "2001:db8::1", from: "fd00::1" },
  ])("a packet for the host from $from is delivered", async ({ to, from }) => {
    writeFileSync("/proc/sys/net/ipv4/conf/all/rp_filter", filter);
    namespaces.ip("director", `addr add ${to} dev lo`);
    const socket = createSocket(to.includes(":") ? "udp6" : "udp4").bind(53);
    await once(socket, "listening");
    const plane = start();
    const packet = buildPacket({ protocol: "udp", from, fromPort: 1000, to, toPort: 53, payload: "hello" });
    const family = to.includes(":") ? 6 : 4;
    plane.inject("host", { family, packet, packetBytes: packet.length, gsoSize: 0, gsoSegments: 1 }, -1);
    const message = once(socket, "message", { signal: AbortSignal.timeout(DEADLINE_MS) });
    expect(plane.flushPackets()).toBe(0);
    const [data, remote] = (await message) as [Buffer, { address: string; port: number }];
    expect([data.toString(), remote.address, remote.port]).toEqual(["hello", from, 1000]);
    expect(plane.counters().get("left_to_host")).toBe(1);
    socket.close();
  });
});
