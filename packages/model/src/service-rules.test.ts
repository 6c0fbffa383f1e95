import { expect, test } from "vitest";
import { marked, problems, web, web6 } from "./testing.ts";

const refused: [what: string, service: object, ...want: string[]][] = [
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
    "a mask of IPv6 clients",
    { ...web6, persistence: { mask: "255.0.255.0" } },
    'persistence.mask: mask is "255.0.255.0", wanted a prefix: the service is IPv6',
  ],
  [
    "an IPv6 mask of IPv4 clients",
    { ...web, persistence: { mask: "ffff::" } },
    'persistence.mask: mask is "ffff::", wanted one of IPv4 as the service',
  ],
  [
    "a mask beside a prefix",
    { ...web, persistence: { prefix: 24, mask: "0.0.0.0" } },
    'persistence.mask: mask is "0.0.0.0", wanted none beside the prefix, 24',
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
    "a slow start that nobody would see",
    { ...web, scheduler: "rr", slowStart: 10 },
    'slowStart: scheduler is "rr", wanted one that goes by weights',
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
    "check.port: port is missing, wanted the port to check: a destination has none of its own",
  ],
];
for (const [what, service, ...want] of refused) {
  test(`service with ${what} is refused by its place`, () => expect(problems(service)).toEqual(want));
}
