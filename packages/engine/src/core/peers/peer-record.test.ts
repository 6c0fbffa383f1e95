/** Every kind of connection that a director makes is one that its peers take, and forwards on in the same way. */
import {
  type ConnectionRecord,
  createConnectionRecord,
  encodeConnection,
  MAX_RECORD_BYTES,
  METHOD_NUMBERS,
  RecordFlag,
} from "@tandem/model";
import { expect, test } from "vitest";
import { buildPacket } from "../../packet/testing.ts";
import { LIFE, RECORD } from "../layout.ts";
import { readField } from "../record.ts";
import { rowsOf, type TestDirector } from "../testing.ts";
import { A, CLIENT, type ClientPacket, connectFrom, sendFrom, web, webOfOne } from "../testing-clients.ts";
import { createTestPeers, hear, outcomesOf, PEER, tell } from "../testing-peers.ts";
import { MINE } from "./digest.ts";

const marked = { mark: 7, scheduler: "rr", destinations: web.destinations };
const fullNat = { ...web, method: "full-nat", sourceAddresses: ["10.0.0.250"] };

const sharedOf = (d: TestDirector) =>
  rowsOf(d).map(
    ({ place: _place, owner: _owner, expiresInSeconds: _left, inPackets: _p, inBytes: _b, ...same }) => same,
  );

const kinds: [string, object, ClientPacket?, object?][] = [
  ["TCP", web],
  ["UDP", { ...web, protocol: "udp" }, { protocol: "udp" }],
  ["a destination port of its own", { ...web, destinations: [{ address: A, port: 8080 }] }],
  ["a destination port of the packet's own", { ...web, destinations: [{ address: A, port: 0 }] }],
  ["every port", { ...web, port: 0, persistence: {} }, { toPort: 443 }],
  ["a firewall mark", marked, { mark: 7, to: "203.0.113.5", toPort: 81 }],
  ["a firewall mark, by UDP", marked, { mark: 7, protocol: "udp", toPort: 81 }],
  [
    "a firewall mark over IPv6",
    { mark: 7, address: "::", destinations: [{ address: "fd00::1" }] },
    { mark: 7, from: "2001:db8:2::7", to: "2001:db8:9::9" },
  ],
  ["FTP's data ports", { ...web, port: 21, method: "direct-route", persistence: {} }, { toPort: 30_000 }],
  ["direct routing", { ...web, method: "direct-route" }],
  ["a tunnel", { ...web, method: "tunnel" }],
  ["a tunnel of the other family", { ...web, method: "tunnel", destinations: [{ address: "fd00::1" }] }],
  ["full NAT", fullNat],
  ["persistence", { ...web, persistence: {} }],
  [
    "no destination, by the mark's bypass",
    { ...marked, destinations: [] },
    { mark: 7, to: "203.0.113.5" },
    { settings: { cacheBypass: true } },
  ],
];
for (const [what, service, packet = {}, more] of kinds) {
  test(`a standby takes a connection of ${what}, and forwards it as the director that made it`, () => {
    const [active, standby] = createTestPeers([service], more);
    connectFrom(active, CLIENT, 40_000, packet);
    tell(active, standby);
    expect(outcomesOf(standby)).not.toHaveProperty("invalid");
    const ours = sharedOf(active);
    expect(ours.some((row) => !row.isTemplate)).toBe(true);
    expect(sharedOf(standby)).toEqual(ours);
    const next: ClientPacket = { flags: "PA", payload: "more", ...packet };
    const way = sendFrom(active, CLIENT, next);
    expect(sendFrom(standby, CLIENT, next)).toBe(way);
    expect(standby.dataplane.sent).toEqual(active.dataplane.sent);
  });
}

test("a standby translates the replies of a full-NAT connection", () => {
  const [active, standby] = createTestPeers([fullNat]);
  connectFrom(active, CLIENT, 40_000);
  tell(active, standby);
  const { destination, destinationPort, local, localPort } = sharedOf(active)[0]!;
  const ends = { from: destination, fromPort: destinationPort, to: local, toPort: localPort };
  for (const d of [active, standby]) {
    d.dataplane.sent.length = 0;
    d.dataplane.receive(1, buildPacket({ protocol: "tcp", flags: "A", ...ends }));
  }
  expect(active.dataplane.sent).toHaveLength(1);
  expect(standby.dataplane.sent).toEqual(active.dataplane.sent);
});

test("a connection keeps the method that it was made with when its destination has another by now", () => {
  const peers = createTestPeers([fullNat]);
  const [active, standby] = peers;
  connectFrom(active, CLIENT, 40_000);
  active.publisher.take();
  for (const d of peers) d.configure([{ ...web, method: "direct-route" }]);
  sendFrom(active, CLIENT, { flags: "FA" });
  tell(active, standby);
  expect(sharedOf(standby)).toEqual(sharedOf(active));
  expect(sharedOf(standby)[0]).toMatchObject({ method: METHOD_NUMBERS["full-nat"] });
});

test("of two connections with one local end the later active one stays, on both directors", () => {
  const [a, b] = createTestPeers([fullNat]);
  connectFrom(a, "198.51.100.1", 1001);
  b.clock.now += 50;
  a.clock.now += 50;
  connectFrom(b, "198.51.100.2", 1002); // the same seed: the same draw
  expect(sharedOf(a)[0]!.localPort).toBe(sharedOf(b)[0]!.localPort);
  const [fromA, fromB] = [a.publisher.take()!, b.publisher.take()!];
  hear(b, fromA.records, 50);
  expect(outcomesOf(b)).toEqual({ source_taken: 1 });
  hear(a, fromB.records);
  expect(outcomesOf(a)).toEqual({ displaced: 1 });
  expect(sharedOf(a).map((row) => row.client)).toEqual(["198.51.100.2"]);
  expect(tell(a, b)).toBe(1); // the end of the earlier one
  expect(sharedOf(b)).toEqual(sharedOf(a));
});

test("a connection that the peer made anew with another local end takes the place of the old one", () => {
  const [a, b] = createTestPeers([fullNat]);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  a.connections.close(4, 0, a.clock.now);
  a.publisher.take(); // lost
  sendFrom(a, CLIENT, { fromPort: 9 }); // so that the round robin comes to the same destination
  connectFrom(a, CLIENT, 1001);
  expect(b.digests.digest(PEER)).not.toEqual(a.digests.digest(MINE));
  tell(a, b);
  expect(b.digests.digest(PEER)).toEqual(a.digests.digest(MINE));
  expect(outcomesOf(b)).toEqual({ inserted: 1, replaced: 1 });
  expect(sharedOf(b)).toEqual(sharedOf(a).filter((row) => row.clientPort === 1001));
});

test("a connection that the peer made anew by another method takes the place of the old one", () => {
  const [a, b] = createTestPeers([webOfOne]);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  a.connections.close(4, 0, a.clock.now);
  a.publisher.take(); // lost
  a.configure([{ ...webOfOne, method: "direct-route" }]);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  expect(outcomesOf(b)).toEqual({ inserted: 1, replaced: 1 });
  expect(sharedOf(b)).toEqual(sharedOf(a));
});

test("what a director has judged for itself survives its peer's word", () => {
  const [a, b] = createTestPeers([{ ...web, whenDown: "drop" }]);
  connectFrom(a, CLIENT, 1001);
  tell(a, b);
  b.believe({ down: new Set([2, 3]) });
  const isHeld = () => (readField(b.table.records[4], 0, RECORD.life) & LIFE.held) !== 0;
  expect(isHeld()).toBe(true);
  sendFrom(a, CLIENT, { fromPort: 1001, flags: "FA" });
  tell(a, b);
  expect(outcomesOf(b)).toEqual({ inserted: 1, refreshed: 1 });
  expect(isHeld()).toBe(true);
});

const VIP_BYTES = [192, 0, 2, 1];
const named = (virtual: number[], virtualPort: number) => ({ virtualNamed: true, virtual, virtualPort });
const template = { flags: RecordFlag.template, clientPort: 0, state: 0 };
const byBypass = { methodNamed: true, method: METHOD_NUMBERS.bypass };
const byFullNat = { serviceId: 9, methodNamed: true, method: METHOD_NUMBERS["full-nat"] };
/** Services 1 (tcp 80), 3 (every port), 5 (FTP), 7 (a mark), 9 (full NAT), 11 (UDP); their destinations are one above. */
const services = [
  webOfOne,
  { ...web, address: "192.0.2.3", port: 0, persistence: {}, destinations: [{ address: A }] },
  { ...web, port: 21, destinations: [{ address: A }] },
  { ...marked, destinations: [{ address: A }] },
  { ...fullNat, port: 81, destinations: [{ address: A }] },
  { ...web, protocol: "udp", port: 5060, destinations: [{ address: A }] },
];
const sayings: [string, object, boolean][] = [
  ["an ordinary connection", {}, true],
  ["its service's address and port by name", named(VIP_BYTES, 80), true],
  ["another port than its service's", named(VIP_BYTES, 81), false],
  ["another address than its service's", named([192, 0, 2, 9], 80), false],
  ["another protocol than its service", { protocol: 17 }, false],
  ["no protocol", { protocol: 0 }, false],
  ["a destination of another service", { destinationId: 4 }, false],
  ["no destination", { destinationId: 0 }, false],
  ["a state that does not exist", { state: 14 }, false],
  ["another family than its service", { family: 6 }, false],
  ["another method than its destination's now", { methodNamed: true, method: METHOD_NUMBERS.tunnel }, true],
  ["a method that does not exist", { methodNamed: true, method: 6 }, false],
  ["full NAT without a local end", { methodNamed: true, method: METHOD_NUMBERS["full-nat"] }, false],
  ["a local end without full NAT", { localNamed: true, localPort: 1024 }, false],
  ["a template", template, true],
  ["a template with a client's port", { ...template, clientPort: 7 }, false],
  ["a template with a state", { ...template, state: 1 }, false],
  ["a call's template", { serviceId: 11, protocol: 17, ...template, clientPort: 7 }, true],
  ["a template of another port", { ...template, ...named(VIP_BYTES, 81) }, false],
  ["any port where every port is served", { serviceId: 3, ...named([192, 0, 2, 3], 999) }, true],
  ["any address where every port is served", { serviceId: 3, ...named(VIP_BYTES, 999) }, false],
  ["FTP's port 20", { serviceId: 5, ...named(VIP_BYTES, 20) }, true],
  ["an unprivileged port of FTP", { serviceId: 5, ...named(VIP_BYTES, 30_000) }, true],
  ["a privileged port of FTP", { serviceId: 5, ...named(VIP_BYTES, 25) }, false],
  ["a template of FTP for its ports", { serviceId: 5, ...template, ...named(VIP_BYTES, 0) }, true],
  ["any address of a mark", { serviceId: 7, ...named([203, 0, 113, 9], 999) }, true],
  ["a mark's UDP", { serviceId: 7, protocol: 17, ...named([203, 0, 113, 9], 999) }, true],
  ["a mark's connection without a protocol", { serviceId: 7, protocol: 0, ...named(VIP_BYTES, 1) }, false],
  ["a mark's template", { serviceId: 7, protocol: 0, ...template, ...named([0, 0, 0, 7], 0) }, true],
  ["another mark's template", { serviceId: 7, protocol: 0, ...template, ...named([0, 0, 0, 8], 0) }, false],
  [
    "a mark's template with a port",
    { serviceId: 7, protocol: 0, ...template, ...named([0, 0, 0, 7], 1) },
    false,
  ],
  ["a mark's template for TCP", { serviceId: 7, ...template, ...named([0, 0, 0, 7], 0) }, false],
  [
    "a mark's bypass",
    { serviceId: 7, destinationId: 0, ...named([203, 0, 113, 9], 80), methodNamed: true, method: 4 },
    true,
  ],
  [
    "a mark's template to nowhere",
    { serviceId: 7, destinationId: 0, protocol: 0, ...template, ...named([0, 0, 0, 7], 0), ...byBypass },
    false,
  ],
  [
    "a mark's connection to nowhere by masquerading",
    { serviceId: 7, destinationId: 0, ...named([203, 0, 113, 9], 80), methodNamed: true, method: 0 },
    false,
  ],
  ["full NAT with a local end", { ...byFullNat, localNamed: true, localPort: 1024 }, true],
  ["full NAT's template with a local end", { ...byFullNat, ...template, localNamed: true }, false],
  ["full NAT's template", { ...byFullNat, ...template }, true],
];
for (const [what, saying, isTaken] of sayings) {
  test(`a record with ${what} is ${isTaken ? "taken" : "refused"}`, () => {
    const [d] = createTestPeers(services);
    const { serviceId = 1, virtual = [] } = saying as { serviceId?: number; virtual?: number[] };
    const r: ConnectionRecord = createConnectionRecord();
    const truth = { state: 1, clientPort: 7, serviceId, destinationId: serviceId + 1 };
    Object.assign(r, truth, saying, { virtual: Uint8Array.of(...virtual, ...Array(12).fill(0)) });
    const bytes = new Uint8Array(MAX_RECORD_BYTES);
    hear(d, bytes.slice(0, encodeConnection(bytes, 0, r)));
    expect(outcomesOf(d)).toEqual(isTaken ? { inserted: 1 } : { invalid: 1 });
    expect(d.table.size).toBe(isTaken ? 1 : 0);
  });
}
