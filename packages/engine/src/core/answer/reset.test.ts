import { expect, test } from "vitest";
import { buildPacket, packetProblems } from "../../packet/testing.ts";
import { createTestDirector, rowsOf } from "../testing.ts";

const CLIENT = "198.51.100.7";
const VIP = "192.0.2.1";
const SERVER = "10.0.0.1";
const service = (protocol: string, whenRemoved: string, servers: string[]) => ({
  protocol,
  address: VIP,
  port: 80,
  whenRemoved,
  destinations: servers.map((address) => ({ address, port: 8080 })),
});

/** What left the director: `source>destination what`. */
const read = (packet: Uint8Array): string => {
  expect(packetProblems(packet)).toEqual([]);
  const address = (at: number) => packet.subarray(at, at + 4).join(".");
  const what = {
    1: `icmp ${packet[20]}/${packet[21]}`,
    6: `flags ${packet[33]}`,
    17: "udp",
    132: `chunk ${packet[32]}`,
  };
  return `${address(12)}>${address(16)} ${what[packet[9] as 1]}`;
};

function setUp(protocol: "tcp" | "udp" | "sctp", whenRemoved = "reset") {
  const d = createTestDirector({ capacity: 16 });
  const configure = (servers: string[]) => {
    d.configure([service(protocol, whenRemoved, servers)]);
    d.connections.reviewAll();
    d.pass(0);
    d.dataplane.flushPackets();
  };
  configure([SERVER]);
  const ends = {
    client: { from: CLIENT, fromPort: 40_000, to: VIP, toPort: 80 },
    server: { from: SERVER, fromPort: 8080, to: CLIENT, toPort: 40_000 },
  };
  const sent = () => d.dataplane.sent.splice(0).map(({ bytes }) => read(bytes));
  const send = (side: "client" | "server", more: object = {}) => {
    d.receive(buildPacket({ protocol, ...ends[side], ...more }));
    return sent();
  };
  return { d, configure, send, sent };
}

test("reset asks an idle client, and what it answers ends both sides", () => {
  const { d, configure, send, sent } = setUp("tcp");
  for (const flags of ["S", "A"]) send("client", { flags });
  configure([]);
  expect(sent()).toEqual([`${VIP}>${CLIENT} flags ${0x10}`]);
  expect(send("client", { flags: "A" })).toEqual([
    `${VIP}>${CLIENT} flags ${0x04}`,
    `${CLIENT}>${SERVER} flags ${0x14}`,
  ]);
  expect(d.table.size).toBe(1); // in CLOSE, for what is still under way
});

test("reset by a segment of the server tells the client by its own numbers", () => {
  const { configure, send, sent } = setUp("tcp");
  for (const flags of ["S", "A"]) send("client", { flags });
  configure([]);
  sent();
  expect(send("server", { flags: "PA", payload: "late" })).toEqual([
    `${CLIENT}>${SERVER} flags ${0x04}`,
    `${VIP}>${CLIENT} flags ${0x14}`,
  ]);
});

test("reset of an SCTP association is an ABORT to both", () => {
  const { configure, send, sent } = setUp("sctp");
  send("client", { chunks: ["init"] });
  configure([]);
  expect(sent()).toEqual([]);
  expect(send("client", { payload: "x" })).toEqual([
    `${VIP}>${CLIENT} chunk 6`,
    `${CLIENT}>${SERVER} chunk 6`,
  ]);
});

test("reset of a UDP flow is told to the client, and ends it", () => {
  const { d, configure, send } = setUp("udp");
  send("client", { payload: "a" });
  configure([]);
  expect(send("client", { payload: "b" })).toEqual([`${VIP}>${CLIENT} icmp 3/3`]);
  expect(d.table.size).toBe(0);
});

test("a destination that returns in time is spared", () => {
  const { configure, send, sent } = setUp("tcp");
  for (const flags of ["S", "A"]) send("client", { flags });
  configure([]);
  configure([SERVER]);
  sent();
  expect(send("client", { flags: "A" })).toEqual([`${CLIENT}>${SERVER} flags ${0x10}`]);
});

/** An operator wants connection 0 ended aloud. */
function doomed(protocol: "tcp" | "udp" | "sctp", whenRemoved = "keep") {
  const site = setUp(protocol, whenRemoved);
  const first = { tcp: { flags: "S" }, udp: { payload: "a" }, sctp: { chunks: ["init"] } }[protocol];
  site.send("client", first);
  site.d.connections.doom(4, 0, site.d.clock.now);
  site.d.pass(0);
  site.d.dataplane.flushPackets();
  return site;
}

test("a doomed connection's client is asked, and what it answers ends both sides", () => {
  const { send, sent } = doomed("tcp");
  expect(sent()).toEqual([`${VIP}>${CLIENT} flags ${0x10}`]);
  expect(send("client", { flags: "A" })).toEqual([
    `${VIP}>${CLIENT} flags ${0x04}`,
    `${CLIENT}>${SERVER} flags ${0x14}`,
  ]);
});

test("a doomed connection of which nothing is heard ends after 2 s, and no other before", () => {
  const { d, send } = doomed("tcp");
  send("client", { fromPort: 40_001, flags: "S" });
  d.pass(1900);
  expect(d.table.size).toBe(2);
  d.pass(200);
  expect(d.table.size).toBe(1);
  expect(d.connections.isDoomed(4, 1)).toBe(false);
});

test("a doomed UDP flow ends with its next packet, which is told", () => {
  const { d, send, sent } = doomed("udp");
  expect(sent()).toEqual([]);
  expect(send("client", { payload: "b" })).toEqual([`${VIP}>${CLIENT} icmp 3/3`]);
  expect(d.table.size).toBe(0);
});

test("doom stays whatever policies say of the destination, and ends with the record", () => {
  const { d, send, configure } = doomed("tcp");
  configure([]);
  configure([SERVER]);
  expect(d.connections.isDoomed(4, 0)).toBe(true);
  d.pass(2100);
  expect(d.table.size).toBe(0);
  d.clock.now += 100_000; // the record is free again
  send("client", { flags: "S" });
  expect([d.table.size, d.connections.isDoomed(4, 0)]).toEqual([1, false]);
});

test("a template is doomed to nothing but its end", () => {
  const d = createTestDirector({ capacity: 16 });
  d.configure([{ ...service("tcp", "keep", [SERVER]), persistence: {} }]);
  d.dataplane.receive(
    1,
    buildPacket({ protocol: "tcp", ...{ from: CLIENT, fromPort: 1, to: VIP, toPort: 80 }, flags: "S" }),
  );
  d.settle();
  const rows = rowsOf(d);
  expect(rows.map((r) => r.isTemplate).toSorted()).toEqual([false, true]);
  const [connection, template] = [false, true].map(
    (isTemplate) => rows.find((r) => r.isTemplate === isTemplate)!.place.index,
  ) as [number, number];
  for (const index of [connection, template]) d.connections.doom(4, index, d.clock.now);
  expect([connection, template].map((index) => d.connections.isDoomed(4, index))).toEqual([true, false]);
  d.pass(2100);
  expect(d.table.size).toBe(0);
});
