import { expect, test } from "vitest";
import { buildPacket } from "../../packet/testing.ts";
import { ADDRESS, LIFE, RECORD } from "../layout.ts";
import { addressAt, isAlive, readField } from "../record.ts";
import { listConnections } from "../report/census.ts";
import { createTestDirector } from "../testing.ts";

const SERVERS = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

function setUp() {
  const d = createTestDirector({ capacity: 32 });
  const destinations = SERVERS.map((address) => ({ address }));
  const persistence = { timeout: 60, engine: "sip" };
  const address = "192.0.2.1";
  d.configure([{ protocol: "udp", address, port: 5060, scheduler: "rr", persistence, destinations }]);
  /** The server that a message of a client is sent to. */
  const invite = (from: string, fromPort: number, callId: string | undefined) => {
    const payload = `INVITE sip:b@x SIP/2.0\r\n${callId ? `Call-ID: ${callId}\r\n` : ""}\r\n`;
    d.dataplane.receive(
      1,
      buildPacket({ protocol: "udp", from, fromPort, to: address, toPort: 5060, payload }),
    );
    const reasons = d.settle();
    const sent = d.dataplane.sent.splice(0)[0];
    return sent ? sent.bytes.subarray(16, 20).join(".") : reasons[0];
  };
  const templates = () => {
    const r = d.table.records[4];
    return Array.from({ length: 32 }, (_, i) => i).filter(
      (i) => isAlive(r, i) && (readField(r, i, RECORD.life) & LIFE.template) !== 0,
    );
  };
  return { d, invite, templates };
}

test("a client's messages of one call go to one server, from whatever port; another call goes elsewhere", () => {
  const { invite } = setUp();
  const first = invite("198.51.100.7", 5060, "one@x");
  expect(SERVERS).toContain(first);
  expect(invite("198.51.100.7", 5061, "one@x")).toBe(first);
  expect(invite("198.51.100.7", 5062, "two@x")).not.toBe(first);
  expect(invite("198.51.100.7", 5063, "one@x")).toBe(first);
});

test("another client's call of the same name is another call", () => {
  const { invite, templates } = setUp();
  expect(invite("198.51.100.7", 5060, "one@x")).not.toBe(invite("198.51.100.8", 5060, "one@x"));
  expect(templates()).toHaveLength(2);
});

test("a message without a Call-ID goes nowhere", () => {
  const { invite, templates } = setUp();
  expect([invite("198.51.100.7", 5060, undefined), templates()]).toEqual(["core_malformed", []]);
});

test("a call's template keeps the Call-ID beside it", () => {
  const { d, invite, templates } = setUp();
  invite("198.51.100.7", 5060, "a84b4c76e66710@pc33");
  const [template] = templates();
  const r = d.table.records[4];
  expect(Buffer.from(d.table.annexes.read(r, template!)).toString()).toBe("a84b4c76e66710@pc33");
  expect(readField(r, template!, addressAt(r, ADDRESS.client))).not.toBe(0);
});

test("a call's template is listed with its Call-ID, made fit for a terminal", () => {
  const { d, invite } = setUp();
  invite("198.51.100.7", 5060, "a84b\u001b[2J@pc33");
  const { rows } = listConnections(d, { cursor: 0, limit: 9 }, d.clock.now);
  expect(rows.map((row) => row.callId)).toEqual(["a84b?[2J@pc33", undefined]);
});
