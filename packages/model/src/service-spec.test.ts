import { expect, test } from "vitest";
import { destinationKey, SCHEDULER_NAMES, ServiceSpec, serviceKey } from "./service-spec.ts";
import { every, marked, problems, web, web6, withDestination } from "./testing.ts";

test("service that says the least has every default", () => {
  expect(ServiceSpec.parse(web)).toEqual({
    ...web,
    scheduler: "wlc",
    schedulerFlags: [],
    onePacket: false,
    method: "masquerade",
    sloppy: false,
    whenDown: "keep",
    whenRemoved: "keep",
    allow: [],
    deny: [],
    slowStart: 0,
    destinations: [],
  });
  expect(ServiceSpec.parse(marked)).toMatchObject({ protocol: "any", address: "0.0.0.0", port: 0, mark: 7 });
  expect(ServiceSpec.parse(withDestination(web, {})).destinations).toEqual([
    { address: "10.0.0.1", weight: 1, upperThreshold: 0, lowerThreshold: 0, drain: false },
  ]);
});

const keys: [service: object, key: string, destination: string][] = [
  [web, "tcp 192.0.2.1:80", "tcp 192.0.2.1:80 -> 10.0.0.1:80"],
  [web6, "tcp [2001:db8::1]:80", "tcp [2001:db8::1]:80 -> 10.0.0.1:80"],
  [every, "tcp 192.0.2.1:0", "tcp 192.0.2.1:0 -> 10.0.0.1:0"],
  [marked, "mark 7 ipv4", "mark 7 ipv4 -> 10.0.0.1:0"],
  [{ mark: 4_294_967_295, address: "::" }, "mark 4294967295 ipv6", "mark 4294967295 ipv6 -> 10.0.0.1:0"],
];
for (const [service, key, destination] of keys) {
  test(`service of the key "${key}" names its destinations after it`, () => {
    const s = ServiceSpec.parse(service);
    expect([serviceKey(s), destinationKey(s, { address: "10.0.0.1" })]).toEqual([key, destination]);
  });
}

const fine: [what: string, service: object][] = [
  ...SCHEDULER_NAMES.map((scheduler): [string, object] => [
    `the scheduler ${scheduler}`,
    { ...web, scheduler },
  ]),
  ["flags of sh", { ...web, scheduler: "sh", schedulerFlags: ["fallback", "port"] }],
  ["flags that mean nothing", { ...web, scheduler: "rr", unusedFlags: ["flag-1", "flag-3"] }],
  ["flags of mh", { ...web, scheduler: "mh", schedulerFlags: ["port"] }],
  ["one packet at a time", { ...web, protocol: "udp", onePacket: true }],
  ["one packet at a time of a mark", { ...marked, onePacket: true }],
  ["persistence by network", { ...web, persistence: { timeout: 2_678_400, prefix: 24 } }],
  ["persistence by other bits", { ...web, persistence: { timeout: 360, mask: "0.0.0.255" } }],
  ["an engine that means nothing", { ...web, unusedEngine: "sip" }],
  ["persistence by IPv6 network", { ...web6, persistence: { prefix: 56 } }],
  ["persistence by Call-ID", { ...web, protocol: "udp", persistence: { engine: "sip" } }],
  ["every port", every],
  ["ftp", withDestination({ ...web, port: 21, helper: "ftp" }, {})],
  ["sloppiness", { ...web, protocol: "sctp", sloppy: true }],
  ["timeouts of its protocol", { ...web, timeouts: { tcp: { established: 7200.5 } } }],
  [
    "timeouts of every protocol of a mark",
    { ...marked, timeouts: { tcp: { none: 1 }, sctp: { closed: 1 } } },
  ],
  ["fates", { ...web, whenDown: "reset", whenRemoved: "expire" }],
  ["clients", { ...web, allow: ["198.51.100.0/24"], deny: ["198.51.100.7"] }],
  ["the heaviest destination", withDestination(web, { weight: 2_147_483_647 })],
  ["another port of a masqueraded destination", withDestination(web, { port: 8080 })],
  ["the packet's port", withDestination(web, { port: 0 })],
  ["a port behind a mark", withDestination(marked, { port: 9000 })],
  ["direct routing to the same port, said twice", withDestination(web, { port: 80, method: "direct-route" })],
  ["a tunnel to the other family", withDestination({ ...web, method: "tunnel" }, { address: "2001:db8::9" })],
  [
    "a gue tunnel",
    withDestination(web, { method: "tunnel", tunnel: { type: "gue", port: 6080, checksum: "remote" } }),
  ],
  [
    "a gre tunnel of the service's kind",
    withDestination({ ...web, method: "tunnel", tunnel: { type: "gre", checksum: "full" } }, {}),
  ],
  ["thresholds", withDestination(web, { upperThreshold: 10, lowerThreshold: 10 })],
  ["an upper threshold alone", withDestination(web, { upperThreshold: 1 })],
  [
    "full NAT",
    withDestination({ ...web, method: "full-nat", sourceAddresses: ["192.0.2.9"] }, { port: 8080 }),
  ],
  [
    "full NAT of one destination",
    withDestination({ ...web, sourceAddresses: ["192.0.2.9"] }, { method: "full-nat" }),
  ],
  ["a check of the packet's port", withDestination({ ...web, check: { type: "tcp" } }, { port: 0 })],
  ["a check of a mark", withDestination({ ...marked, check: { type: "tcp", port: 80 } }, {})],
  ["a local destination on the loopback", withDestination(web, { address: "127.0.0.1", method: "local" })],
];
for (const [what, service] of fine) {
  test(`service with ${what} is fine`, () => expect(problems(service)).toEqual([]));
}

const misformed: [what: string, service: object, ...want: string[]][] = [
  ["an unknown protocol", { ...web, protocol: "icmp" }, "protocol: wanted one of tcp, udp, sctp, any"],
  ["an address that is none", { ...web, address: "192.0.2" }, "address: wanted an IPv4 or IPv6 address"],
  ["a port out of range", { ...web, port: 65_536 }, "port: wanted a whole number from 0 to 65535"],
  ["the mark 0", { mark: 0 }, "mark: wanted a whole number from 1 to 4294967295"],
  ["a mark beyond 32 bits", { mark: 2 ** 32 }, "mark: wanted a whole number from 1 to 4294967295"],
  [
    "an unknown scheduler",
    { ...web, scheduler: "best" },
    `scheduler: wanted one of ${SCHEDULER_NAMES.join(", ")}`,
  ],
  [
    "an unknown flag",
    { ...web, scheduler: "sh", schedulerFlags: ["flag-3"] },
    "schedulerFlags.0: wanted one of fallback, port",
  ],
  ["a word for true", { ...web, onePacket: "yes" }, "onePacket: wanted true or false"],
  [
    "persistence of no time",
    { ...web, persistence: { timeout: 0 } },
    "persistence.timeout: wanted whole seconds from 1 to 2678400",
  ],
  [
    "persistence for ever",
    { ...web, persistence: { timeout: 2_678_401 } },
    "persistence.timeout: wanted whole seconds from 1 to 2678400",
  ],
  [
    "persistence of everybody",
    { ...web, persistence: { prefix: 0 } },
    "persistence.prefix: wanted a whole number from 1 to 128",
  ],
  [
    "an unknown persistence engine",
    { ...web, persistence: { engine: "dns" } },
    "persistence.engine: wanted one of sip",
  ],
  [
    "an unknown method",
    { ...web, method: "nat" },
    "method: wanted one of masquerade, direct-route, tunnel, full-nat, local",
  ],
  [
    "an unknown tunnel",
    { ...web, method: "tunnel", tunnel: { type: "vxlan" } },
    "tunnel.type: wanted one of ipip, gue, gre",
  ],
  [
    "a tunnel's port out of range",
    { ...web, method: "tunnel", tunnel: { type: "gue", port: 0 } },
    "tunnel.port: wanted a whole number from 1 to 65535",
  ],
  [
    "no source address",
    { ...web, method: "full-nat", sourceAddresses: [] },
    "sourceAddresses: wanted at least one address",
  ],
  ["an unknown helper", { ...web, helper: "irc" }, "helper: wanted one of ftp"],
  ["an unknown fate", { ...web, whenDown: "kill" }, "whenDown: wanted one of keep, drop, expire, reset"],
  [
    "a prefix that is none",
    { ...web, allow: ["10.0.0.0/33"] },
    "allow.0: wanted a prefix such as 192.0.2.0/24 or 2001:db8::/32",
  ],
  ["a start too slow", { ...web, slowStart: 3601 }, "slowStart: wanted seconds from 0 to 3600"],
  [
    "a timeout of nothing",
    { ...web, timeouts: { tcp: { established: 0.5 } } },
    "timeouts.tcp.established: wanted seconds from 1 to 2678400",
  ],
  ["an unknown state", { ...web, timeouts: { tcp: { open: 5 } } }, 'timeouts.tcp: Unrecognized key: "open"'],
  ["timeouts of no state", { ...web, timeouts: { tcp: {} } }, "timeouts.tcp: wanted at least one state"],
  [
    "a weight below 0",
    withDestination(web, { weight: -1 }),
    "destinations.0.weight: wanted a whole number from 0 to 2147483647",
  ],
  [
    "a weight beyond 31 bits",
    withDestination(web, { weight: 2 ** 31 }),
    "destinations.0.weight: wanted a whole number from 0 to 2147483647",
  ],
  [
    "half a weight",
    withDestination(web, { weight: 1.5 }),
    "destinations.0.weight: wanted a whole number from 0 to 2147483647",
  ],
  [
    "a threshold below 0",
    withDestination(web, { upperThreshold: -1 }),
    "destinations.0.upperThreshold: wanted a whole number from 0 to 2147483647",
  ],
];
for (const [what, service, ...want] of misformed) {
  test(`service with ${what} is refused by its place`, () => expect(problems(service)).toEqual(want));
}
