/** FTP and two directors: what one has read of a control connection, the other knows when it takes over. */
import { METHOD_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { buildPacket, type PacketSpec } from "../../packet/testing.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { LIFE, RECORD } from "../layout.ts";
import { MINE } from "../peers/digest.ts";
import { isAlive, methodOf, readField, stateOf } from "../record.ts";
import type { TestDirector } from "../testing.ts";
import { createTestPeers, hear, outcomesOf, PEER, saidBy, tell } from "../testing-peers.ts";

const CLIENT = "198.51.100.7";
const SERVER = "10.0.0.1";
const LOCAL = "10.0.0.200";
const PORT = { client: 40_000, control: 2121, passive: 50_000 };
/** 15 minutes, more than any state's timeout, in ticks of 2^20 ns, and what timers are late by. */
const LONG_TICKS = 860_000;
const ftp = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: PORT.control,
  helper: "ftp",
  destinations: [{ address: SERVER }],
};
const full = { ...ftp, method: "full-nat", sourceAddresses: [LOCAL] };

function through(d: TestDirector, spec: Omit<PacketSpec, "protocol">): number {
  d.dataplane.sent.length = 0;
  d.receive(buildPacket({ protocol: "tcp", ...spec }));
  return d.dataplane.sent.length;
}

const fromClient = (d: TestDirector, flags: string, more: Partial<PacketSpec> = {}): number =>
  through(d, {
    ...{ from: CLIENT, fromPort: PORT.client, to: "192.0.2.1", toPort: PORT.control, flags },
    ...more,
  });

/** The server answers where the control connection seems to come from. */
function fromServer(d: TestDirector, flags: string, payload = ""): number {
  const r = d.table.records[4];
  const isFullNat = methodOf(r, 0) === METHOD_NUMBERS["full-nat"];
  const local = readField(r, 0, RECORD.serverPorts) >>> 16;
  const to = isFullNat
    ? { to: LOCAL, toPort: ((local & 0xff) << 8) | (local >>> 8) }
    : { to: CLIENT, toPort: PORT.client };
  return through(d, { from: SERVER, fromPort: PORT.control, ...to, flags, payload });
}

const text227 = (port: number) => `227 Passive (10,0,0,1,${port >>> 8},${port & 255}).\r\n`;

/** One director has an established control connection, the other has heard of it. */
function setUp(service: object = ftp): [TestDirector, TestDirector] {
  const peers = createTestPeers([service]);
  fromClient(peers[0], "S");
  fromServer(peers[0], "SA");
  fromClient(peers[0], "A");
  tell(...peers);
  for (const d of peers) d.connections.setPeerLive(PEER, true);
  return peers;
}

/** The server has named a port, and both know. */
function setUpPassive(service: object = ftp): [TestDirector, TestDirector] {
  const peers = setUp(service);
  fromServer(peers[0], "PA", text227(PORT.passive));
  tell(...peers);
  return peers;
}

const openData = (d: TestDirector, flags = "S"): number =>
  fromClient(d, flags, { fromPort: 41_000, toPort: PORT.passive });

/** Records by index: state, client's port, and what it hangs on. */
function recordsOf(d: TestDirector) {
  const r = d.table.records[4];
  const all = Array.from({ length: r.capacity }, (_, i) => i).filter((i) => isAlive(r, i));
  return all.map((i) => {
    const port = readField(r, i, RECORD.clientPorts) & 0xffff;
    const fromPort = ((port & 0xff) << 8) | (port >>> 8);
    const isExpected = (readField(r, i, RECORD.life) & LIFE.noClientPort) !== 0;
    return { state: stateOf(r, i), fromPort, isExpected, on: readField(r, i, RECORD.controller) - 1 };
  });
}

/** Flow key of the client's control connection. */
const keyOfControl = new Uint32Array(
  Uint8Array.from([198, 51, 100, 7, 192, 0, 2, 1, 0x9c, 0x40, 0x08, 0x49, 6, 0, 0, 0]).buffer,
);

const agree = ([a, b]: [TestDirector, TestDirector]): void =>
  expect(b.digests.digest(PEER)).toEqual(a.digests.digest(MINE));

for (const [name, service] of Object.entries({ masquerade: ftp, "full-nat": full })) {
  test(`a client's data connection is expected by the other director, too, ${name}`, () => {
    const peers = setUpPassive(service);
    const [, b] = peers;
    expect(recordsOf(b)).toContainEqual({ state: TcpState.listen, fromPort: 0, isExpected: true, on: 0 });
    agree(peers);
    expect(openData(b)).toBe(1);
    expect(recordsOf(b)).toContainEqual({
      ...{ state: TcpState.synRecv, fromPort: 41_000, isExpected: false, on: 0 },
    });
  });
}

test("a server's data connection is expected by the other director, too", () => {
  const peers = setUp();
  const [a, b] = peers;
  fromClient(a, "PA", { payload: "PORT 198,51,100,7,156,65\r\n" });
  tell(a, b);
  expect(recordsOf(b)).toContainEqual({ state: TcpState.listen, fromPort: 40_001, isExpected: false, on: 0 });
  const data = { from: SERVER, fromPort: PORT.control - 1, to: CLIENT, toPort: 40_001 };
  agree(peers);
  expect(through(b, { ...data, flags: "S" })).toBe(1);
});

for (const [who, begins] of [
  ["the director that was told of it", 0],
  ["the one that took over", 1],
] as const) {
  test(`a data connection that begins at ${who} is no longer expected anywhere`, () => {
    const peers = setUpPassive();
    const [one, other] = begins === 0 ? peers : peers.toReversed();
    one!.clock.now += 10;
    other!.clock.now += 10;
    openData(one!);
    tell(one!, other!);
    const data = recordsOf(other!).filter((r) => r.on >= 0);
    expect(data).toEqual([{ state: TcpState.synRecv, fromPort: 41_000, isExpected: false, on: 0 }]);
    expect(other!.connections.controlledBy(4, 0)).toBe(1);
    agree([one!, other!]);
  });
}

test("a data connection that nobody makes ends at both directors", () => {
  const peers = setUpPassive();
  for (const d of peers) d.pass(140_000);
  expect(peers.map((d) => recordsOf(d).length)).toEqual([1, 1]);
  expect(peers.map((d) => d.connections.controlledBy(4, 0))).toEqual([0, 0]);
});

test("after a failover a control connection outlives its silence while data comes", () => {
  const [, b] = setUpPassive();
  openData(b);
  for (let i = 0; i < 4; i++) {
    openData(b, "A");
    b.pass(LONG_TICKS / 2);
  }
  expect(recordsOf(b).map((r) => r.fromPort)).toEqual([PORT.client, 41_000]);
  b.pass(2 * LONG_TICKS);
  b.pass(LONG_TICKS);
  expect(recordsOf(b)).toEqual([]);
});

test("a control connection that ends for its owner is found no more by the other, and goes with its data connection", () => {
  const [a, b] = setUpPassive();
  openData(a);
  openData(a, "A");
  tell(a, b);
  a.connections.close(4, 0, a.clock.now);
  tell(a, b);
  expect(fromClient(b, "A")).toBe(0);
  expect(openData(b, "A")).toBe(1);
  expect(b.connections.controlledBy(4, 0)).toBe(1);
  for (const d of [a, b]) {
    for (let i = 0; i < 3; i++) d.pass(LONG_TICKS);
    expect(recordsOf(d)).toEqual([]);
  }
});

test("a control connection whose time is up ends with the last that hangs on it, not at its next look", () => {
  const [, b] = setUpPassive();
  openData(b);
  for (let i = 0; i < 3; i++) {
    openData(b, "A");
    b.pass(LONG_TICKS / 2);
  }
  openData(b, "R");
  b.pass(11 * 954); // a reset connection rests for 10 s
  expect(recordsOf(b)).toHaveLength(1);
  b.pass(200);
  expect(recordsOf(b)).toEqual([]);
});

test("a snapshot names control connections before what hangs on them", () => {
  const [a, b] = createTestPeers([ftp]);
  const rests = 1100; // longer than a record's place
  fromClient(a, "S", { fromPort: 39_999 });
  fromClient(a, "S");
  fromServer(a, "SA");
  fromClient(a, "A");
  a.connections.close(4, 0, a.clock.now);
  a.pass(rests);
  a.dataplane.receive(
    1,
    buildPacket({
      ...{ protocol: "tcp", from: SERVER, fromPort: PORT.control, to: CLIENT, toPort: PORT.client },
      payload: text227(PORT.passive),
    }),
  );
  a.settle();
  expect(recordsOf(a)).toMatchObject([{ isExpected: true, on: 1 }, {}]);
  hear(b, a.publisher.readOwned({ cursor: 0, maxBytes: 65_536 }, a.clock.now).records);
  expect(recordsOf(b)).toMatchObject([{}, { isExpected: true, on: 0 }]);
});

test("the name of a control connection that is not known yet is kept until it is", () => {
  const [a, b] = createTestPeers([ftp]);
  fromClient(a, "S");
  fromServer(a, "SA");
  fromClient(a, "A");
  const control = a.publisher.take()!.records;
  fromServer(a, "PA", "229 Extended Passive (|||50000|)\r\n");
  const data = a.publisher.take()!.records;
  hear(b, data);
  expect(recordsOf(b)).toMatchObject([{ isExpected: true, on: -1 }]);
  hear(b, control);
  expect(recordsOf(b)).toMatchObject([{ isExpected: true, on: 1 }, {}]);
  expect(b.connections.controlledBy(4, 1)).toBe(1);
  expect(b.table.annexes.read(b.table.records[4], 0)).toHaveLength(0);
  expect(outcomesOf(b)).toEqual({ inserted: 2 });
});

test("the next word about a data connection has it hang on its control connection that has come anew", () => {
  const [a, b] = setUpPassive();
  const all = a.publisher.readOwned({ cursor: 0, maxBytes: 65_536 }, a.clock.now).records;
  b.connections.close(4, 0, b.clock.now);
  expect(recordsOf(b)).toContainEqual(expect.objectContaining({ isExpected: true, on: 0 }));
  hear(b, all);
  const control = b.table.find(4, keyOfControl) >> 1;
  expect(control).toBeGreaterThan(0);
  expect(b.connections.controlledBy(4, 0)).toBe(0);
  expect(b.connections.controlledBy(4, control)).toBe(1);
});

test("a control connection is named by two bytes, and one that is found no more is not named", () => {
  const [a] = createTestPeers([ftp]);
  fromClient(a, "S");
  fromServer(a, "SA");
  fromClient(a, "A");
  a.publisher.take();
  fromServer(a, "PA", text227(PORT.passive));
  const [expected] = saidBy(a);
  expect(expected).toMatchObject({ clientPort: 0, state: TcpState.listen, annexBytes: 2 });
  expect([...expected!.annex.subarray(0, 2)]).toEqual([PORT.client >>> 8, PORT.client & 0xff]);
  a.connections.close(4, 0, a.clock.now);
  openData(a);
  expect(saidBy(a).filter((r) => r.annexBytes > 0 && !r.ended)).toEqual([]);
});

test("a server that names a port once more has it expected anew, by whoever reads it", () => {
  const [, b] = setUpPassive();
  b.pass(100_000);
  fromClient(b, "A");
  fromServer(b, "PA", text227(PORT.passive));
  b.pass(100_000);
  expect(recordsOf(b)).toContainEqual(expect.objectContaining({ isExpected: true, on: 0 }));
});

test("the port of the service itself is no data connection's", () => {
  const [a] = setUp();
  fromServer(a, "PA", text227(PORT.control));
  const expected = recordsOf(a).find((r) => r.isExpected);
  expect(expected).toBeDefined();
  expect(fromClient(a, "S", { fromPort: 40_009 })).toBe(1);
  expect(recordsOf(a)).toContainEqual(expected);
});
