import { DocumentSpec, type LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { admitTunnels, examineTunnels, type Room, roomIn, tunnelsIn } from "./tunnel-room.ts";

const VIRTUAL = { 4: "192.0.2.1", 6: "2001:db8::1" } as const;
const ENDS = { 4: "10.0.0.1", 6: "2001:db8:1::1" } as const;

const documentOf = (services: object[], settings: object = {}) =>
  DocumentSpec.parse({ version: 1, settings, services });
const serviceOf = (family: 4 | 6, more: object = {}) => ({
  protocol: "tcp",
  address: VIRTUAL[family],
  port: 80,
  method: "tunnel",
  destinations: [{ address: ENDS[4] }],
  ...more,
});

const overheads: [outer: 4 | 6, tunnel: object, bytes: number][] = [
  [4, {}, 20],
  [6, {}, 40],
  [4, { type: "gre" }, 24],
  [4, { type: "gre", checksum: "full" }, 28],
  [6, { type: "gre", checksum: "full" }, 48],
  [4, { type: "gue", port: 6080 }, 32],
  [6, { type: "gue", port: 6080, checksum: "remote" }, 52],
];
for (const [outer, tunnel, bytes] of overheads) {
  test(`tunnel ${JSON.stringify(tunnel)} over IPv${outer} adds ${bytes} bytes`, () => {
    const service = serviceOf(4, { tunnel, destinations: [{ address: ENDS[outer] }] });
    expect(tunnelsIn(documentOf([service]))).toMatchObject([{ overhead: bytes, address: ENDS[outer] }]);
  });
}

test("tunnels are those of destinations that are reached so, with their place and family", () => {
  const destinations = [
    { address: ENDS[4] },
    { address: "10.0.0.2", method: "direct-route" },
    { address: "10.0.0.3", tunnel: { type: "gre" } },
  ];
  const document = documentOf([
    { protocol: "tcp", address: VIRTUAL[4], port: 80 },
    serviceOf(4, { port: 81, destinations }),
  ]);
  expect(tunnelsIn(document).map(({ path, key, type }) => [path, key, type])).toEqual([
    ["services[1].destinations[0]", "tcp 192.0.2.1:81 -> 10.0.0.1:81", "ipip"],
    ["services[1].destinations[2]", "tcp 192.0.2.1:81 -> 10.0.0.3:81", "gre"],
  ]);
});

const rooms: [family: 4 | 6, mtu: number | undefined, pmtuDiscovery: boolean, room: Room][] = [
  [4, undefined, true, "unknown"],
  [4, 1520, true, "enough"],
  [4, 1519, true, "scarce"],
  [4, 596, true, "scarce"],
  [4, 595, true, "missing"],
  [6, 1520, true, "enough"],
  [6, 1519, true, "scarce"],
  [6, 1300, true, "scarce"],
  [6, 1299, true, "missing"],
  [6, 1299, false, "scarce"],
  [4, 595, false, "scarce"],
  [4, 1520, false, "enough"],
];
for (const [family, mtu, pmtuDiscovery, room] of rooms) {
  const how = pmtuDiscovery ? "" : " without pmtuDiscovery";
  test(`room for IPv${family} in an ipip tunnel over an MTU of ${mtu}${how} is ${room}`, () => {
    const [way] = tunnelsIn(documentOf([serviceOf(family)], { pmtuDiscovery }));
    expect(roomIn(way!, mtu)).toBe(room);
  });
}

test("tunnels with the same room for the same reason are told in one sentence, each once", () => {
  const destinations = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((address) => ({ address }));
  const ways = tunnelsIn(documentOf([serviceOf(4, { destinations })]));
  const mtuOf = (address: string) => (address === "10.0.0.3" ? 1400 : 1500);
  const findings = examineTunnels([...ways, ...ways], mtuOf);
  expect(findings.map(({ found }) => found.slice(0, 90))).toEqual([
    'the tunnel of "tcp 192.0.2.1:80 -> 10.0.0.1:80", as of 1 more, has room for packets of 148',
    'the tunnel of "tcp 192.0.2.1:80 -> 10.0.0.3:80" has room for packets of 1380: ipip takes 2',
  ]);
});

/** What becomes of a document where another one runs. */
function admit(spec: DocumentSpec, current: DocumentSpec, mtu: number | undefined): readonly string[] {
  try {
    return admitTunnels(spec, current, () => mtu);
  } catch (error) {
    const { failure } = error as LbError;
    if (failure.code !== "invalid_document") throw error;
    return failure.problems.map(({ path, message }) => `refused: ${path}: ${message}`);
  }
}
const NOTHING = documentOf([]);
const SIX = documentOf([serviceOf(4), serviceOf(6)]);

test("a document is admitted without a word where there is room for all", () =>
  expect(admit(SIX, NOTHING, 1520)).toEqual([]));

test("a document is refused with every tunnel that has no room, and what would do", () =>
  expect(admit(SIX, NOTHING, 590)).toEqual([
    'refused: services[0].destinations[0]: the tunnel of "tcp 192.0.2.1:80 -> 10.0.0.1:80" has room for packets of 570: ipip takes 20 of the path MTU of 590, but IPv4 clients cannot be asked to send less than 576, wanted a path MTU of 596 or more, or `pmtuDiscovery: false`, which cuts what does not fit',
    'refused: services[1].destinations[0]: the tunnel of "tcp [2001:db8::1]:80 -> 10.0.0.1:80" has room for packets of 570: ipip takes 20 of the path MTU of 590, but IPv6 clients cannot be asked to send less than 1280, wanted a path MTU of 1300 or more, or `pmtuDiscovery: false`, which cuts what does not fit',
  ]));

test("a document is admitted with a warning where packets of 1500 do not fit, or nobody knows", () => {
  expect(admit(documentOf([serviceOf(6)]), NOTHING, 1500)).toEqual([
    'The tunnel of "tcp [2001:db8::1]:80 -> 10.0.0.1:80" has room for packets of 1480: ipip takes 20 of the path MTU of 1500; what is larger is refused by ICMP, which firewalls on its way to the client may drop; wanted a path MTU of 1520, or an MSS of 1420 at its destination',
  ]);
  expect(admit(documentOf([serviceOf(4)], { pmtuDiscovery: false }), NOTHING, 500)).toEqual([
    'The tunnel of "tcp 192.0.2.1:80 -> 10.0.0.1:80" has room for packets of 480: ipip takes 20 of the path MTU of 500; what is larger is cut, packet by packet; wanted a path MTU of 1520, or an MSS of 440 at its destination',
  ]);
  expect(admit(documentOf([serviceOf(4)]), NOTHING, undefined)).toEqual([
    'The tunnel of "tcp 192.0.2.1:80 -> 10.0.0.1:80" carries nothing yet; wanted a route to 10.0.0.1',
  ]);
});

const standing: [what: string, spec: DocumentSpec, current: DocumentSpec, isRefused: boolean][] = [
  ["that stands there already", SIX, SIX, false],
  ["beside one that stands there already", SIX, documentOf([serviceOf(4)]), true],
  ["that gets another kind", documentOf([serviceOf(6, { tunnel: { type: "gre" } })]), SIX, true],
  [
    "that may not cut any more",
    SIX,
    documentOf([serviceOf(4), serviceOf(6)], { pmtuDiscovery: false }),
    true,
  ],
];
for (const [what, spec, current, isRefused] of standing) {
  test(`a tunnel without room ${what} is ${isRefused ? "refused" : "told"}`, () => {
    const told = admit(spec, current, 1290);
    expect(told.map((line) => line.startsWith("refused"))).toContain(isRefused);
    expect(told.length).toBeGreaterThan(0);
    if (!isRefused) expect(told.join()).not.toContain("refused:");
  });
}
