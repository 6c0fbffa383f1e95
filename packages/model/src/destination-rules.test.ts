import { expect, test } from "vitest";
import { every, marked, problems, web, web6, withDestination } from "./testing.ts";

const refused: [what: string, service: object, ...want: string[]][] = [
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
    "another method to list than its own",
    withDestination(web, { listedAs: "tunnel" }),
    'destinations.0.listedAs: listedAs is "tunnel", wanted "masquerade" as the method, or none',
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
for (const [what, service, ...want] of refused) {
  test(`service with ${what} is refused by its place`, () => expect(problems(service)).toEqual(want));
}

const listed: [what: string, service: object][] = [
  ["local to a port", withDestination(web, { method: "local", port: 81, listedAs: "masquerade" })],
  ["local by a tunnel", withDestination(web, { method: "local", tunnel: {}, listedAs: "tunnel" })],
  [
    "direct routing of a mark to a port",
    withDestination({ ...marked, method: "direct-route" }, { port: 81, listedAs: "direct-route" }),
  ],
  ["one port for every port", withDestination(every, { port: 81, listedAs: "masquerade" })],
];
for (const [what, service] of listed)
  test(`${what} may be what ipvsadm lists`, () => expect(problems(service)).toEqual([]));
