import { expect, test } from "vitest";
import { createParsedPacket, FLOW_PORTS, FLOW_WORDS, parseIp, parseTransport } from "../../packet/parse.ts";
import type { PacketSpec } from "../../packet/testing.ts";
import { readNetwork16 } from "../../packet/words.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { DEFAULT_TIMEOUTS } from "../../protocols/timeouts.ts";
import { DIRECTION, LIFE, RECORD } from "../layout.ts";
import { changeLife, copyKey, writeField } from "../record.ts";
import { createBirth } from "../table/connection-table.ts";
import { indexOf } from "../table/flow-index.ts";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { A, CLIENT, fromClient, webOfOne } from "../testing-clients.ts";

const dns = { ...webOfOne, protocol: "udp", port: 53 };
const SLOTS = 3 * 64; // timers are late by up to two slots of the wheel

const datagram = (more: Partial<PacketSpec> = {}): Uint8Array =>
  fromClient("", { protocol: "udp", toPort: 53, ...more });

function keyOf(packet: Uint8Array): Uint32Array {
  const p = createParsedPacket();
  parseIp(p, packet, packet.length);
  parseTransport(p, packet);
  return p.key;
}

function directorWith(...packets: Uint8Array[]): TestDirector {
  const d = createTestDirector();
  d.configure([webOfOne, dns]);
  for (const packet of packets) {
    d.receive(packet);
  }
  return d;
}

const destinationOf = (d: TestDirector) => [...d.services.services][0]!.destinations[0]!;

const silences: [string, Uint8Array[], number][] = [
  ["SYN_RECV", [fromClient("S")], DEFAULT_TIMEOUTS(6, TcpState.synRecv)],
  ["ESTABLISHED", [fromClient("S"), fromClient("A")], DEFAULT_TIMEOUTS(6, TcpState.established)],
  ["CLOSE", [fromClient("S"), fromClient("A"), fromClient("R")], DEFAULT_TIMEOUTS(6, TcpState.close)],
  ["UDP", [datagram()], DEFAULT_TIMEOUTS(17, 1)],
];
for (const [state, packets, timeout] of silences) {
  test(`connection in ${state} ends after its timeout without a packet, not before`, () => {
    const d = directorWith(...packets);
    d.pass(timeout - 1);
    expect(d.table.size).toBe(1);
    d.pass(1 + SLOTS);
    expect(d.table.size).toBe(0);
    const flows: number[] = [];
    d.dataplane.scanFlows(4, (_, index) => flows.push(index));
    expect(flows).toEqual([]);
  });
}

test("a packet gives a connection its whole timeout again, without an event", () => {
  const d = directorWith(fromClient("S"), fromClient("A"));
  const timeout = DEFAULT_TIMEOUTS(6, TcpState.established);
  for (let i = 0; i < 3; i++) {
    d.pass(timeout - SLOTS);
    d.dataplane.receive(1, fromClient("A"));
    expect(d.dataplane.waiting.events).toBe(0);
  }
  expect(d.table.size).toBe(1);
  d.pass(timeout + SLOTS);
  expect(d.table.size).toBe(0);
});

test("a connection whose packet was lost before injection ends soon", () => {
  const d = createTestDirector();
  d.configure([webOfOne]);
  d.dataplane.receive(1, fromClient("S"));
  d.dataplane.inject = () => {};
  d.settle();
  expect(d.table.size).toBe(1);
  d.pass(DEFAULT_TIMEOUTS(6, TcpState.none) + SLOTS);
  expect(d.table.size).toBe(0);
});

const counts: [string, string[], [number, number]][] = [
  ["half open", ["S"], [1, 0]],
  ["established", ["S", "A"], [1, 0]],
  ["half closed", ["S", "A", "FA"], [0, 1]],
  ["reset", ["S", "A", "R"], [0, 1]],
];
for (const [what, flags, want] of counts) {
  test(`a ${what} connection counts as active, inactive ${want}, and as nothing once it is gone`, () => {
    const d = directorWith(...flags.map((f) => fromClient(f)));
    const destination = destinationOf(d);
    expect([destination.active, destination.inactive]).toEqual(want);
    d.connections.close(4, 0, d.clock.now);
    expect([destination.active, destination.inactive]).toEqual([0, 0]);
    const { inPackets, inBytes, connections } = destination.totals;
    expect([connections, inPackets, inBytes]).toEqual([1, flags.length, flags.length * 40]);
    d.pass(2 * DEFAULT_TIMEOUTS(6, TcpState.established));
    expect(d.table.size).toBe(0); // no timer is left
  });
}

test("events that were lost are made up for by reviewing all records", () => {
  const d = createTestDirector({ eventCapacity: 0 });
  d.configure([webOfOne]);
  for (const flags of ["S", "A", "FA"]) {
    d.receive(fromClient(flags));
  }
  const destination = destinationOf(d);
  expect([destination.active, destination.inactive]).toEqual([0, 1]); // as at birth
  d.connections.reviewAll();
  while (d.connections.advance(d.clock.now, 99));
  expect([destination.active, destination.inactive]).toEqual([0, 1]);
  d.pass(DEFAULT_TIMEOUTS(6, TcpState.closeWait) + SLOTS);
  expect(d.table.size).toBe(0);
});

test("timers beyond the limit wait for the next call, which is told", () => {
  const d = directorWith(...[1, 2, 3].map((fromPort) => fromClient("S", { fromPort })));
  const later = DEFAULT_TIMEOUTS(6, TcpState.synRecv) + SLOTS;
  expect(d.connections.advance(later, 2)).toBe(true);
  expect(d.table.size).toBe(1);
  expect(d.connections.advance(later, 2)).toBe(false);
  expect(d.table.size).toBe(0);
});

test("closing a dead connection does nothing", () => {
  const d = directorWith(fromClient("S"));
  for (let i = 0; i < 2; i++) d.connections.close(4, 0, d.clock.now);
  expect([d.table.size, destinationOf(d).active]).toEqual([0, 0]);
});

test("a peer's connection expires only while the peer's stream is live", () => {
  const d = directorWith(fromClient("S"), fromClient("A"));
  changeLife(d.table.records[4], 0, { clear: 0, set: LIFE.remote });
  writeField(d.table.records[4], 0, RECORD.owner, 7);
  d.pass(2 * DEFAULT_TIMEOUTS(6, TcpState.established));
  expect(d.table.size).toBe(1);
  d.connections.setPeerLive(7, true);
  d.pass(11_000);
  expect(d.table.size).toBe(0);
});

test("a peer's connection whose packet comes here is this node's own", () => {
  const d = directorWith(fromClient("S"), fromClient("A"));
  changeLife(d.table.records[4], 0, { clear: 0, set: LIFE.remote });
  writeField(d.table.records[4], 0, RECORD.owner, 7);
  d.receive(fromClient("A"));
  expect(d.table.records[4].words[RECORD.owner]).toBe(0);
});

test("other timeouts hold for connections that live already", () => {
  const d = directorWith(fromClient("S"), fromClient("A"));
  d.configure([{ ...webOfOne, timeouts: { tcp: { established: 10 } } }]);
  d.pass(Math.round((9 * 1e9) / 2 ** 20));
  expect(d.table.size).toBe(1);
  d.pass(Math.round((1 * 1e9) / 2 ** 20) + SLOTS);
  expect(d.table.size).toBe(0);
});

test("a record on which others hang outlives its timeout, a minute at a time", () => {
  const d = directorWith(fromClient("S"));
  const key = new Uint32Array(FLOW_WORDS);
  copyKey(d.table.records[4], 0, DIRECTION.input, key);
  key[FLOW_PORTS[4]] = 1;
  const { serviceId, id: destinationId } = destinationOf(d);
  const child = d.connections.open(
    { ...createBirth(), key, controller: 1, serviceId, destinationId },
    d.clock.now,
  );
  changeLife(d.table.records[4], child, { clear: LIFE.stateMask, set: TcpState.established });
  d.connections.review(4, child, d.clock.now);
  d.pass(DEFAULT_TIMEOUTS(6, TcpState.synRecv) + SLOTS);
  expect([d.table.size, d.connections.controlledBy(4, 0)]).toEqual([2, 1]);
  d.connections.close(4, child, d.clock.now);
  expect(d.table.size).toBe(1);
  d.pass(60_000);
  expect(d.table.size).toBe(0);
});

test("of two connections whose replies look alike, the one that lives on keeps them", () => {
  const d = createTestDirector();
  const sip = (port: number) => ({ ...dns, port, destinations: [{ address: A, port: 5060 }] });
  d.configure([sip(5060), sip(5061)]);
  const say = (more: Partial<PacketSpec>) => {
    d.receive(datagram(more));
  };
  say({ toPort: 5060 });
  say({ toPort: 5061 });
  const reply = { from: A, fromPort: 5060, to: CLIENT, toPort: 40_000 };
  d.connections.close(4, indexOf(d.table.find(4, keyOf(datagram({ toPort: 5061 })))), d.clock.now);
  d.settle();
  d.dataplane.sent.length = 0;
  say(reply);
  expect(d.dataplane.sent).toHaveLength(1);
  expect(readNetwork16(d.dataplane.sent[0]!.bytes, 20)).toBe(5060);
});
