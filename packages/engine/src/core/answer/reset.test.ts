import { expect, test } from "vitest";
import { buildPacket, packetProblems } from "../../packet/testing.ts";
import { createTestDirector } from "../testing.ts";

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
    d.dataplane.receive(1, buildPacket({ protocol, ...ends[side], ...more }));
    d.settle();
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
