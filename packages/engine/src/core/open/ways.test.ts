/** Ways: how single packets go to a destination without a connection. */
import { expect, test } from "vitest";
import { RECORD } from "../layout.ts";
import { readField } from "../record.ts";
import { createTestDirector } from "../testing.ts";
import { sendFrom } from "../testing-clients.ts";

const SECOND_TICKS = 954;
const ask = { protocol: "udp", toPort: 53, fromPort: 5353, payload: "who?" } as const;

function setUp(method: string) {
  const d = createTestDirector({ capacity: 16 });
  const destinations = [{ address: "10.0.0.1" }];
  const dns = { protocol: "udp", address: "192.0.2.1", port: 53, onePacket: true };
  d.configure([{ ...dns, method, destinations }]);
  const generation = () => readField(d.table.records[4], 0, RECORD.generation);
  return { d, generation };
}

test("a whole datagram that is translated leaves nothing behind", () => {
  const { d } = setUp("masquerade");
  expect(sendFrom(d, "198.51.100.7", ask)).toBe("10.0.0.1");
  expect(d.table.size).toBe(0);
});

for (const method of ["direct-route", "tunnel"])
  test(`all clients share one way by ${method}, which lives while it is used and a minute longer`, () => {
    const { d, generation } = setUp(method);
    for (let minute = 0; minute < 5; minute++) {
      for (const client of ["198.51.100.7", "203.0.113.9"]) expect(sendFrom(d, client, ask)).toBe("10.0.0.1");
      expect([d.table.size, generation()]).toEqual([1, 1]);
      d.pass(50 * SECOND_TICKS);
    }
    d.pass(20 * SECOND_TICKS);
    expect(d.table.size).toBe(0);
  });
