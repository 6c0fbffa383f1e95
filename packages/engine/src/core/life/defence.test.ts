import { expect, test } from "vitest";
import { buildPacket } from "../../packet/testing.ts";
import { createTestDirector } from "../testing.ts";

const SECOND = 954;
const CAPACITY = 64;

function setUp(settings: object, service: object = {}) {
  const d = createTestDirector({ capacity: CAPACITY });
  const server = { address: "10.0.0.1" };
  d.configure(
    [
      { protocol: "tcp", address: "192.0.2.1", port: 80, destinations: [server], ...service },
      { protocol: "udp", address: "192.0.2.1", port: 53, destinations: [server] },
    ],
    { settings },
  );
  const receive = (protocol: "tcp" | "udp", client: number, flags = "") => {
    const [fromPort, toPort] = [40_000 + client, protocol === "tcp" ? 80 : 53];
    const ends = { from: "198.51.100.7", fromPort, to: "192.0.2.1", toPort };
    d.dataplane.receive(1, buildPacket({ protocol, ...ends, flags }));
    return d.settle()[0];
  };
  const open = (client: number, flags: string) => [...flags].map((f) => receive("tcp", client, f))[0];
  /** Seconds that pass, one turn in each. */
  const defend = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      d.pass(SECOND);
      d.context.defence.turn(d.clock.now);
    }
  };
  return { d, receive, open, defend };
}

test("dropPacket drops the first and then every n-th packet that would make a connection", () => {
  const { open } = setUp({ dropPacket: "on", dropRate: 3 });
  const reasons = Array.from({ length: 8 }, (_, client) => open(client, "S"));
  expect(reasons.map((r) => r === "defence_drop")).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
    true,
    false,
  ]);
});

test("dropPacket leaves packets of known connections alone", () => {
  const { d, open } = setUp({ dropPacket: "on", dropRate: 2 });
  open(1, "S");
  open(1, "SA");
  for (let i = 0; i < 5; i++) expect(open(1, "A")).toBeUndefined();
  expect(d.table.size).toBe(1);
});

test("dropPacket by itself begins when the table is nearly full, and drops more the fuller it is", () => {
  const { d, open } = setUp({ dropPacket: "auto" });
  const drops = (from: number) =>
    Array.from({ length: CAPACITY / 4 }, (_, i) => open(from + i, "SA")).filter((r) => r === "defence_drop")
      .length;
  expect([drops(0), drops(100), drops(200)]).toEqual([0, 0, 0]);
  drops(300);
  expect(d.table.size).toBeGreaterThan(CAPACITY * (7 / 8));
  expect(drops(400)).toBeGreaterThan(CAPACITY / 8);
});

test("dropEntry ends half-open connections wherever it looks, and lets established ones talk on", () => {
  const { d, open, defend } = setUp({ dropEntry: "on", timeouts: { tcp: { synRecv: 10_000 } } });
  for (let client = 0; client < 16; client++) open(client, client % 2 === 0 ? "S" : "SA");
  defend(400); // each second two of the records that were ever used, from a random one on
  expect(d.table.size).toBe(0); // the established ones were silent for a minute after two packets
  const { d: quiet, ...other } = setUp({ dropEntry: "on", timeouts: { tcp: { synRecv: 10_000 } } });
  for (let client = 0; client < 16; client++) other.open(client, client % 2 === 0 ? "S" : "SAAAAAAAAA");
  other.defend(400);
  expect(quiet.table.size).toBe(8); // more than eight packets each
  expect([d.context.defence.ended, quiet.context.defence.ended]).toEqual([16, 8]);
});

test("dropEntry off ends nothing before its time", () => {
  const { d, open, defend } = setUp({ timeouts: { tcp: { synRecv: 10_000 } } });
  for (let client = 0; client < 16; client++) open(client, "S");
  defend(400);
  expect(d.table.size).toBe(16);
});

test("dropEntry takes an idle datagram flow by its packets: every n-th with n of them", () => {
  const { d, receive, defend } = setUp({ dropEntry: "on" });
  for (let client = 0; client < 8; client++) for (let i = 0; i < 4; i++) receive("udp", client);
  defend(59);
  expect(d.table.size).toBe(8);
  defend(220);
  expect(d.table.size).toBeLessThan(8);
});

test("secureTcp by itself begins when the table is nearly full, and ends with it", () => {
  const { d, open } = setUp({ secureTcp: "auto" });
  const isSecure = () => d.context.defence.isSecure(d.clock.now);
  for (let client = 0; client < CAPACITY * (7 / 8); client++) open(client, "SA");
  expect(isSecure()).toBe(false);
  open(1000, "SA");
  expect(isSecure()).toBe(true);
  d.pass(1000 * SECOND);
  d.pass(2 * SECOND); // records rest for a second before they are free
  expect([d.table.size, isSecure()]).toEqual([0, false]);
});
