import { expect, test } from "vitest";
import { DocumentSpec } from "./config.ts";
import { destinationKey, SCHEDULER_NAMES, ServiceSpec, serviceKey } from "./service-spec.ts";

const web = { protocol: "tcp", address: "192.0.2.1", port: 80 };
const web6 = { protocol: "tcp", address: "2001:db8::1", port: 80 };
const marked = { mark: 7 };
const every = { protocol: "tcp", address: "192.0.2.1", port: 0, persistence: {} };

/** What is wrong with one service, by its place in it. */
function problems(service: object): string[] {
  const { error } = DocumentSpec.safeParse({ version: 1, services: [service] });
  return error?.issues.map((i) => `${i.path.slice(2).join(".")}: ${i.message}`) ?? [];
}
const withDestination = (service: object, destination: object) => ({
  ...service,
  destinations: [{ address: "10.0.0.1", ...destination }],
});

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
  ["flags of mh", { ...web, scheduler: "mh", schedulerFlags: ["port"] }],
  ["one packet at a time", { ...web, protocol: "udp", onePacket: true }],
  ["one packet at a time of a mark", { ...marked, onePacket: true }],
  ["persistence by network", { ...web, persistence: { timeout: 2_678_400, prefix: 24 } }],
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

const fields: [what: string, service: object, ...want: string[]][] = [
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
    "persistence.timeout: wanted a whole number from 1 to 2678400",
  ],
  [
    "persistence for ever",
    { ...web, persistence: { timeout: 2_678_401 } },
    "persistence.timeout: wanted a whole number from 1 to 2678400",
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
  [
    "a slow start that nobody would see",
    { ...web, scheduler: "rr", slowStart: 10 },
    'slowStart: scheduler is "rr", wanted one that goes by weights',
  ],
  ["a start too slow", { ...web, slowStart: 3601 }, "slowStart: wanted seconds from 0 to 3600"],
  [
    "a timeout of nothing",
    { ...web, timeouts: { tcp: { established: 0.5 } } },
    "timeouts.tcp.established: wanted seconds from 1 to 2147483",
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
const across: [what: string, service: object, ...want: string[]][] = [
  [
    "no protocol",
    { address: "192.0.2.1", port: 80 },
    'protocol: protocol is missing, wanted "tcp", "udp" or "sctp", or a mark',
  ],
  [
    "no address",
    { protocol: "tcp", port: 80 },
    'address: address is "0.0.0.0", wanted a virtual address, or a mark',
  ],
  [
    "a multicast address",
    { ...web, address: "224.0.0.1" },
    'address: "224.0.0.1" is multicast, wanted the address of one host',
  ],
  [
    "the broadcast address",
    { ...web, address: "255.255.255.255" },
    'address: "255.255.255.255" is broadcast, wanted the address of one host',
  ],
  [
    "a link-local address",
    { ...web, address: "fe80::1" },
    'address: "fe80::1" is link-local, wanted the address of one host that is the same on every interface',
  ],
  [
    "an IPv4 address in IPv6",
    { ...web, address: "::ffff:192.0.2.1" },
    'address: "::ffff:c000:201" is IPv4-mapped, wanted the address of one host: the IPv4 address itself',
  ],
  [
    "every port without persistence",
    { ...web, port: 0 },
    "port: port is missing or 0, wanted 1 to 65535, or persistence: then 0 stands for every port",
  ],
  [
    "a mark and more",
    { ...web, mark: 7 },
    'protocol: protocol is "tcp", wanted none: the mark says it all',
    'address: address is "192.0.2.1", wanted "0.0.0.0" or "::": the mark says it all',
    "port: port is 80, wanted none: the mark says it all",
  ],
  [
    "one packet at a time of TCP",
    { ...web, onePacket: true },
    'onePacket: protocol is "tcp", wanted "udp": only UDP has packets without a connection',
  ],
  [
    "flags of a scheduler without any",
    { ...web, schedulerFlags: ["port"] },
    'schedulerFlags: scheduler is "wlc", wanted "sh" or "mh": no other has flags',
  ],
  [
    "a flag twice",
    { ...web, scheduler: "sh", schedulerFlags: ["port", "port"] },
    'schedulerFlags.1: "port" stands here twice, wanted once',
  ],
  [
    "an IPv6 prefix of IPv4 clients",
    { ...web, persistence: { prefix: 33 } },
    "persistence.prefix: prefix is 33, wanted 1 to 32: the service is IPv4",
  ],
  [
    "an IPv6 prefix of IPv4 clients of a mark",
    { ...marked, persistence: { prefix: 64 } },
    "persistence.prefix: prefix is 64, wanted 1 to 32: the service is IPv4",
  ],
  [
    "Call-IDs over TCP",
    { ...web, persistence: { engine: "sip" } },
    'persistence.engine: protocol is "tcp", wanted "udp" for the engine sip',
  ],
  [
    "ftp over UDP",
    { ...web, protocol: "udp", helper: "ftp" },
    'helper: protocol is "udp", wanted "tcp" for the helper ftp',
  ],
  [
    "sloppy UDP",
    { ...web, protocol: "udp", sloppy: true },
    'sloppy: protocol is "udp", wanted "tcp" or "sctp": any packet of UDP opens a connection',
  ],
  [
    "timeouts of another protocol",
    { ...web, timeouts: { udp: { lasting: 5 } } },
    'timeouts.udp: protocol is "tcp", wanted timeouts of that alone',
  ],
  [
    "a tunnel for nobody",
    { ...web, tunnel: {} },
    'tunnel: method is "masquerade", wanted "tunnel", here or of a destination',
  ],
  [
    "source addresses for nobody",
    { ...web, sourceAddresses: ["192.0.2.9"] },
    'sourceAddresses: method is "masquerade", wanted "full-nat", here or of a destination',
  ],
  [
    "source addresses that cannot be",
    {
      ...web,
      method: "full-nat",
      sourceAddresses: ["2001:db8::9", "224.0.0.1", "127.0.0.1", "192.0.2.1", "192.0.2.9", "192.0.2.9"],
    },
    'sourceAddresses.0: "2001:db8::9" is IPv6, wanted IPv4 as the service',
    'sourceAddresses.1: "224.0.0.1" is multicast, wanted the address of one host',
    'sourceAddresses.2: "127.0.0.1" is loopback, wanted one that real servers reach',
    'sourceAddresses.3: "192.0.2.1" is a virtual address, wanted one that no service has',
    'sourceAddresses.5: "192.0.2.9" stands here twice, wanted once',
  ],
  [
    "clients of the other family",
    { ...web, allow: ["2001:db8::/32"], deny: ["::1"] },
    'allow.0: "2001:db8::/32" is IPv6, wanted IPv4 as the service',
    'deny.0: "::1/128" is IPv6, wanted IPv4 as the service',
  ],
  [
    "a client allowed and denied",
    { ...web, allow: ["10.0.0.1"], deny: ["10.0.0.1/32"] },
    'deny.0: "10.0.0.1/32" is allowed, too, wanted in one of the lists',
  ],
  [
    "a client allowed twice",
    { ...web, allow: ["10.0.0.0/24", "10.0.0.7/24"] },
    'allow.1: "10.0.0.0/24" stands here twice, wanted once',
  ],
  [
    "a check of no port",
    {
      ...marked,
      check: { type: "tcp" },
      destinations: [{ address: "10.0.0.1", port: 80 }, { address: "10.0.0.2" }],
    },
    'check.port: port is missing, wanted the port to check: "10.0.0.2" has none of its own',
  ],
  [
    "a destination of the other family",
    withDestination(web, { address: "2001:db8::9" }),
    'destinations.0.address: "2001:db8::9" is IPv6, wanted IPv4 as the service, or a tunnel',
  ],
  [
    "a destination of the other family behind a mark",
    withDestination({ mark: 7, address: "::" }, {}),
    'destinations.0.address: "10.0.0.1" is IPv4, wanted IPv6 as the service, or a tunnel',
  ],
  [
    "a destination nowhere",
    withDestination(web, { address: "0.0.0.0" }),
    'destinations.0.address: "0.0.0.0" is unspecified, wanted the address of one host',
  ],
  [
    "a destination everywhere",
    withDestination({ ...web, method: "tunnel" }, { address: "ff02::1" }),
    'destinations.0.address: "ff02::1" is multicast, wanted the address of one host',
  ],
  [
    "a destination on some link",
    withDestination(web6, { address: "fe80::1" }),
    'destinations.0.address: "fe80::1" is link-local, wanted the address of one host that is the same on every interface',
  ],
  [
    "a destination on the loopback",
    withDestination(web, { address: "127.0.0.1" }),
    'destinations.0.address: "127.0.0.1" is this host, wanted the method local',
  ],
  [
    "itself as destination",
    withDestination(web, { address: "192.0.2.1", port: 81 }),
    'destinations.0.address: "192.0.2.1" is a virtual address, wanted the real server\'s own, or the method local',
  ],
  ...(["direct-route", "tunnel", "local"] as const).map((method): [string, object, string] => [
    `${method} to another port`,
    withDestination({ ...web, method }, { port: 81 }),
    `destinations.0.port: port is 81, wanted 80: ${method} does not change the port`,
  ]),
  [
    "direct routing of a mark to a port",
    withDestination(marked, { method: "direct-route", port: 81 }),
    "destinations.0.port: port is 81, wanted none: direct-route does not change the port",
  ],
  [
    "one port for every port",
    withDestination(every, { port: 81 }),
    "destinations.0.port: port is 81, wanted none: a service of every port leaves the port as it is",
  ],
  [
    "one port for a persistent mark",
    withDestination({ ...marked, persistence: {} }, { port: 81 }),
    "destinations.0.port: port is 81, wanted none: a persistent mark leaves the port as it is",
  ],
  [
    "a tunnel of a destination without one",
    withDestination(web, { tunnel: {} }),
    'destinations.0.tunnel: method is "masquerade", wanted "tunnel"',
  ],
  [
    "gue to no port",
    withDestination(web, { method: "tunnel", tunnel: { type: "gue" } }),
    "destinations.0.tunnel.port: port is missing, wanted the UDP port that the destination takes gue on",
  ],
  [
    "gue of the service to no port",
    { ...web, method: "tunnel", tunnel: { type: "gue" } },
    "tunnel.port: port is missing, wanted the UDP port that the destination takes gue on",
  ],
  [
    "ipip to a port",
    withDestination(web, { method: "tunnel", tunnel: { port: 6080 } }),
    "destinations.0.tunnel.port: port is 6080, wanted none for ipip",
  ],
  [
    "a checksum of ipip",
    withDestination(web, { method: "tunnel", tunnel: { checksum: "full" } }),
    'destinations.0.tunnel.checksum: checksum is "full", wanted "none": ipip has no checksum',
  ],
  [
    "a remote checksum of gre",
    withDestination(web, { method: "tunnel", tunnel: { type: "gre", checksum: "remote" } }),
    'destinations.0.tunnel.checksum: checksum is "remote", wanted "none" or "full" for gre',
  ],
  [
    "thresholds upside down",
    withDestination(web, { upperThreshold: 5, lowerThreshold: 6 }),
    "destinations.0.lowerThreshold: lowerThreshold is 6, wanted at most the upperThreshold, 5",
  ],
  [
    "a lower threshold alone",
    withDestination(web, { lowerThreshold: 6 }),
    "destinations.0.lowerThreshold: lowerThreshold is 6, wanted an upperThreshold above it",
  ],
  [
    "full NAT from nowhere",
    withDestination(web, { method: "full-nat" }),
    'destinations.0.method: method is "full-nat", wanted sourceAddresses in the service to come from',
  ],
  [
    "full NAT of a mark",
    withDestination(marked, { method: "full-nat" }),
    'destinations.0.method: method is "full-nat", wanted another one for a firewall mark',
  ],
  [
    "ftp over direct routing",
    withDestination({ ...web, port: 21, helper: "ftp", method: "direct-route" }, {}),
    'destinations.0.method: method is "direct-route", wanted "masquerade" or "full-nat" for the helper ftp',
  ],
];
for (const [what, service, ...want] of [...fields, ...across]) {
  test(`service with ${what} is refused by its place`, () => expect(problems(service)).toEqual(want));
}
