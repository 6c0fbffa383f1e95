import { expect, test } from "vitest";
import { buildPacket } from "../../packet/testing.ts";
import { isAlive, stateOf } from "../record.ts";
import { QUARANTINE_TICKS } from "../table/slot-pool.ts";
import { createTestDirector } from "../testing.ts";

const CAPACITY = 64;
const ends = { from: "198.51.100.7", to: "192.0.2.1", toPort: 80 } as const;

function setUp() {
  const d = createTestDirector({ capacity: CAPACITY });
  d.configure([{ protocol: "tcp", address: ends.to, port: 80, destinations: [{ address: "10.0.0.1" }] }]);
  const send = (client: number, flags: string) => {
    const fromPort = 40_000 + client;
    return d.receive(buildPacket({ protocol: "tcp", ...ends, fromPort, flags }));
  };
  const establish = (client: number) => ["S", "A"].map((flags) => send(client, flags));
  /** Living connections by state's number. */
  const states = () => {
    const r = d.table.records[4];
    const found = Array.from({ length: CAPACITY }, (_, i) => i).filter((i) => isAlive(r, i));
    return Map.groupBy(found, (i) => stateOf(r, i));
  };
  return { d, send, establish, states };
}

test("a flood of SYNs takes no established connection, and new ones are admitted all the while", () => {
  const { d, send, establish, states } = setUp();
  for (let port = 1; port <= 20; port++) establish(port);
  for (let port = 1000; port < 3000; port++) {
    d.clock.now += QUARANTINE_TICKS / 4; // the flood is as fast as a full table's records come out of quarantine
    expect(send(port, "S")).toEqual(["scheduled"]);
  }
  establish(21);
  expect(states().get(1)).toHaveLength(21);
  expect(d.connections.evicted).toBeGreaterThan(1900);
});

test("connections that are over go before half-open ones, the oldest first", () => {
  const { send, establish, states } = setUp();
  for (const port of [1, 2]) for (const flags of ["S", "A", "R"]) send(port, flags);
  establish(3);
  for (let port = 100; port < 154; port++) send(port, "S"); // 57 records in use: 7 are left
  expect([states().get(6)?.length, states().get(3)?.length]).toEqual([2, 54]);
  send(200, "S");
  expect([states().get(6), states().get(3)?.length]).toEqual([[1], 55]);
});

test("a table full of established connections refuses new ones, and loses none", () => {
  const { send, establish, states } = setUp();
  for (let port = 1; port <= CAPACITY; port++) establish(port);
  expect(send(999, "S")).toEqual(["table_full"]);
  expect(states().get(1)).toHaveLength(CAPACITY);
});
