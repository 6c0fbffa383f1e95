import { PROTOCOL_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { buildPacket } from "../../packet/testing.ts";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { explain } from "./explain.ts";
import type { PacketOf } from "./explain-packet.ts";

const CLIENT = "198.51.100.7";
const VIP = "192.0.2.1";
const A = "10.0.0.1";
const B = "10.0.0.2";
const web = (more: object = {}) => ({
  protocol: "tcp",
  address: VIP,
  port: 80,
  scheduler: "rr",
  destinations: [
    { address: A, port: 8080 },
    { address: B, port: 8080 },
  ],
  ...more,
});

/** A director with these services, and `ask`, which explains a packet from the usual client to the usual service, but for what is said. */
function setUp(services: object[], more: { settings?: object; marks?: object[] } = {}) {
  const director = createTestDirector({ capacity: 16 });
  const { marks } = director.configure(services, more);
  const ask = (packet: Partial<PacketOf> = {}) =>
    explain(
      { protocol: 6, client: CLIENT, clientPort: 40_000, virtual: VIP, virtualPort: 80, mark: 0, ...packet },
      { ...director, marks, now: director.clock.now },
    );
  return { director, ask };
}

/** What the director does with a first packet like the one asked about. */
function receive(
  d: TestDirector,
  packet: { protocol?: "tcp" | "udp"; fromPort?: number; toPort?: number } = {},
) {
  const { protocol = "tcp", fromPort = 40_000, toPort = 80 } = packet;
  const flags = protocol === "tcp" ? { flags: "S" } : {};
  return d.receive(buildPacket({ protocol, from: CLIENT, fromPort, to: VIP, toPort, ...flags }));
}

test("explanation of a first packet: service, scheduler, rewriting, end", () => {
  const { ask } = setUp([web()]);
  expect(ask()).toEqual({
    service: { key: `tcp ${VIP}:80`, why: "its protocol, address and port" },
    scheduler: {
      name: "rr",
      candidates: [A, B].map((address) => ({
        destination: `${address}:8080`,
        weight: 1,
        active: 0,
        inactive: 0,
        overloaded: false,
        usable: true,
      })),
      pick: `${A}:8080`,
    },
    verdict: { name: "forward", reason: "scheduled", says: "the first packet of a new connection" },
    rewriting: [`its destination ${VIP}:80 becomes ${A}:8080`, "its TTL is one less"],
    ends: "after 900 s without a packet, once it is ESTABLISHED",
  });
});

test("explanation changes nothing: asked again it says the same, and the next connection is the one foretold", () => {
  const { director, ask } = setUp([web()]);
  for (const [port, address] of [
    [1, A],
    [2, B],
    [3, A],
  ] as const) {
    const pick = `${address}:8080`;
    expect([ask().scheduler?.pick, ask().scheduler?.pick]).toEqual([pick, pick]);
    expect(receive(director, { fromPort: port })).toEqual(["scheduled"]);
    expect(ask({ clientPort: port }).connection).toMatchObject({ destination: address });
  }
});

test("explanation of a known connection: its record, its rewriting in both directions, its time", () => {
  const { director, ask } = setUp([web({ whenDown: "reset" })]);
  receive(director);
  expect(ask()).toMatchObject({
    service: { key: `tcp ${VIP}:80`, why: "that of its connection" },
    connection: { client: CLIENT, clientPort: 40_000, destination: A, destinationPort: 8080 },
    verdict: { name: "forward", reason: "forwarded" },
    rewriting: [`its destination ${VIP}:80 becomes ${A}:8080`, "its TTL is one less"],
    ends: expect.stringMatching(/^in \d+ s if no packet comes; when its destination goes down: reset$/),
  });
  expect(ask().scheduler).toBeUndefined();
  const reply = ask({ client: A, clientPort: 8080, virtual: CLIENT, virtualPort: 40_000 });
  expect(reply.rewriting).toEqual([`its source ${A}:8080 becomes ${VIP}:80`, "its TTL is one less"]);
});

const fates: { whenDown: string; want: object }[] = [
  { whenDown: "keep", want: { verdict: { reason: "forwarded" } } },
  { whenDown: "drop", want: { verdict: { name: "drop", reason: "destination_gone" }, rewriting: [] } },
  { whenDown: "reset", want: { verdict: { reason: "reset_sent" }, rewriting: [] } },
];
for (const { whenDown, want } of fates) {
  test(`explanation of a connection whose destination went down, under the policy ${whenDown}`, () => {
    const { director, ask } = setUp([web({ whenDown })]);
    receive(director);
    director.believe({ down: new Set([2]), weights: new Map([[2, 0]]) });
    expect(ask()).toMatchObject(want);
  });
}

const methods: { name: string; service: object; packet?: Partial<PacketOf>; want: string[] }[] = [
  {
    name: "masquerade to the packet's port",
    service: web({ destinations: [{ address: A, port: 0 }] }),
    want: [`its destination ${VIP}:80 becomes ${A}:80`],
  },
  {
    name: "direct route",
    service: web({ method: "direct-route", destinations: [{ address: A }] }),
    want: [`it goes as it is, to the next hop on the way to ${A}:80`],
  },
  {
    name: "tunnel",
    service: web({ method: "tunnel", tunnel: { type: "gue", port: 6080 }, destinations: [{ address: A }] }),
    want: [`it is wrapped in gue on its way to ${A}, 32 bytes longer`],
  },
  {
    name: "tunnel to the other family",
    service: web({ method: "tunnel", destinations: [{ address: "2001:db8::9" }] }),
    want: ["it is wrapped in ipip on its way to 2001:db8::9, 40 bytes longer"],
  },
  {
    name: "full NAT",
    service: web({ method: "full-nat", sourceAddresses: ["192.0.2.9"] }),
    want: [
      `its source ${CLIENT}:40000 becomes one of the service's sourceAddresses, with a free port`,
      `its destination ${VIP}:80 becomes ${A}:8080`,
    ],
  },
];
for (const { name, service, want } of methods) {
  test(`explanation of the rewriting by ${name}`, () =>
    expect(setUp([service]).ask().rewriting).toEqual([...want, "its TTL is one less"]));
}

test("explanation of a local destination: nothing is changed", () => {
  const { ask } = setUp([web({ method: "local", destinations: [{ address: "127.0.0.1" }] })]);
  expect(ask().rewriting).toEqual(["it is delivered to this host as it is"]);
});

test("explanation of a full NAT connection names the address that it was given", () => {
  const { director, ask } = setUp([web({ method: "full-nat", sourceAddresses: ["192.0.2.9"] })]);
  receive(director);
  const { localPort } = ask().connection!;
  const local = `192.0.2.9:${localPort}`;
  expect(ask().rewriting[0]).toBe(`its source ${CLIENT}:40000 becomes ${local}`);
  const reply = ask({ client: A, clientPort: 8080, virtual: "192.0.2.9", virtualPort: localPort });
  expect(reply.rewriting).toEqual([
    `its source ${A}:8080 becomes ${VIP}:80`,
    `its destination ${local} becomes ${CLIENT}:40000`,
    "its TTL is one less",
  ]);
});

const everyPort = web({ port: 0, persistence: {}, destinations: [{ address: B }] });
const marked = { mark: 7, destinations: [{ address: B }] };
const lookups: {
  name: string;
  services: object[];
  marks?: object[];
  packet?: Partial<PacketOf>;
  want: object | undefined;
}[] = [
  {
    name: "its endpoint before every port",
    services: [everyPort, web()],
    want: { key: `tcp ${VIP}:80`, why: "its protocol, address and port" },
  },
  {
    name: "every port",
    services: [everyPort, web()],
    packet: { virtualPort: 81 },
    want: { key: `tcp ${VIP}:0`, why: "every port of its address that no other service has" },
  },
  { name: "no service", services: [web()], packet: { virtualPort: 81 }, want: undefined },
  {
    name: "no service of the protocol",
    services: [web()],
    packet: { protocol: PROTOCOL_NUMBERS.udp },
    want: undefined,
  },
  {
    name: "the mark that it carries",
    services: [web(), marked],
    packet: { mark: 7 },
    want: { key: "mark 7 ipv4", why: "the packet carries the mark 7" },
  },
  {
    name: "a mark without a service",
    services: [web(), marked],
    packet: { mark: 8 },
    want: { key: `tcp ${VIP}:80` },
  },
  {
    name: "the mark of a rule",
    services: [web(), marked],
    marks: [
      { mark: 8, destinationPorts: "81" },
      { mark: 7, source: "198.51.100.0/24" },
    ],
    want: { key: "mark 7 ipv4", why: "marks[1] gives it the mark 7" },
  },
  {
    name: "the mark of a rule for its interface",
    services: [web(), marked],
    marks: [{ mark: 7, interface: "eth0" }],
    packet: { interface: "eth0" },
    want: { key: "mark 7 ipv4" },
  },
  {
    name: "a rule for another interface",
    services: [web(), marked],
    marks: [{ mark: 7, interface: "eth0" }],
    packet: { interface: "eth1" },
    want: { key: `tcp ${VIP}:80` },
  },
  {
    name: "persistent FTP",
    services: [web({ port: 21, persistence: {} })],
    packet: { virtualPort: 5000 },
    want: {
      key: `tcp ${VIP}:21`,
      why: "persistent FTP: port 20 and unprivileged ports go where port 21 goes",
    },
  },
];
for (const { name, services, marks, packet, want } of lookups) {
  test(`explanation finds ${name}`, () => {
    const found = setUp(services, marks ? { marks } : {}).ask(packet).service;
    if (want) expect(found).toMatchObject(want);
    else expect(found).toBeUndefined();
  });
}

const verdicts: {
  name: string;
  service: object;
  settings?: object;
  packet?: Partial<PacketOf>;
  reason: string;
}[] = [
  { name: "of no service", service: web(), packet: { virtualPort: 81 }, reason: "not_ours" },
  { name: "of a client that is denied", service: web({ deny: ["198.51.100.0/24"] }), reason: "denied" },
  { name: "of a client that is not allowed", service: web({ allow: ["203.0.113.0/24"] }), reason: "denied" },
  { name: "of FTP's data port", service: web(), packet: { clientPort: 20 }, reason: "left_to_host" },
  { name: "without a destination", service: web({ destinations: [] }), reason: "refused" },
  {
    name: "without a usable destination",
    service: web({ destinations: [{ address: A, weight: 0 }] }),
    reason: "refused",
  },
  {
    name: "without a destination, bypassed",
    service: { mark: 7 },
    settings: { cacheBypass: true },
    packet: { mark: 7 },
    reason: "bypassed",
  },
  {
    name: "of FTP's data without a destination",
    service: web({ port: 21, persistence: {}, destinations: [] }),
    packet: { virtualPort: 5000 },
    reason: "left_to_host",
  },
  {
    name: "of a one-packet service",
    service: web({ protocol: "udp", onePacket: true }),
    packet: { protocol: PROTOCOL_NUMBERS.udp },
    reason: "one_packet",
  },
];
for (const { name, service, settings, packet, reason } of verdicts) {
  test(`explanation's verdict about a packet ${name} is ${reason}`, () =>
    expect(setUp([service], settings ? { settings } : {}).ask(packet).verdict.reason).toBe(reason));
}

test("explanation's reasons are those that the director has for the same packets", () => {
  for (const { service, settings, packet = {} } of verdicts.filter((v) => v.packet?.mark === undefined)) {
    const { director, ask } = setUp([service], settings ? { settings } : {});
    const { reason } = ask(packet).verdict;
    const decided = receive(director, {
      protocol: packet.protocol === PROTOCOL_NUMBERS.udp ? "udp" : "tcp",
      fromPort: packet.clientPort ?? 40_000,
      toPort: packet.virtualPort ?? 80,
    });
    const counted = [...director.dataplane.counters()].filter(([, n]) => n > 0).map(([name]) => name);
    expect([...decided, ...counted]).toContain(reason);
  }
});

test("explanation of a persistent client: the template leads, the scheduler is not asked", () => {
  const { director, ask } = setUp([web({ persistence: { timeout: 60, prefix: 24 } })]);
  expect(ask()).toMatchObject({ scheduler: { pick: `${A}:8080` }, verdict: { reason: "scheduled" } });
  receive(director, { fromPort: 1 });
  const neighbour = ask({ client: "198.51.100.99" });
  expect(neighbour.scheduler).toBeUndefined();
  expect(neighbour).toMatchObject({
    template: { client: "198.51.100.0", clientPort: 0, destination: A, state: "NONE", isTemplate: true },
    rewriting: [`its destination ${VIP}:80 becomes ${A}:8080`, "its TTL is one less"],
  });
  expect(ask({ client: "203.0.113.1" }).template).toBeUndefined();
});

test("explanation of a template that may not be used: it is shown and left alone, and the scheduler picks", () => {
  const { director, ask } = setUp([web({ persistence: {} })], {
    settings: { expireQuiescentTemplate: true },
  });
  receive(director, { fromPort: 1 });
  director.believe({ weights: new Map([[2, 0]]) });
  for (let again = 0; again < 2; again++)
    expect(ask()).toMatchObject({ template: { destination: A }, scheduler: { pick: `${B}:8080` } });
});

test("explanation of timeouts and fates is the service's own", () => {
  const timeouts = { tcp: { established: 30 } };
  const { ask } = setUp([web({ timeouts, whenDown: "reset", whenRemoved: "drop" })]);
  expect(ask().ends).toBe(
    "after 30 s without a packet, once it is ESTABLISHED; when its destination goes down: reset; when its destination is removed: drop",
  );
});

test("explanation of IPv6 writes ports after brackets", () => {
  const service = web({ address: "2001:db8::1", destinations: [{ address: "fd00::1" }] });
  const { rewriting } = setUp([service]).ask({ client: "2001:db8:2::7", virtual: "2001:db8::1" });
  expect(rewriting[0]).toBe("its destination [2001:db8::1]:80 becomes [fd00::1]:80");
});
