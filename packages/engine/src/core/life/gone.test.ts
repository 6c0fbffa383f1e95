import { expect, test } from "vitest";
import { LIFE, RECORD } from "../layout.ts";
import { isAlive, readField } from "../record.ts";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { A, B, CLIENT, connectFrom, sendFrom, web } from "../testing-clients.ts";

type Service = Record<string, unknown>;
const leaves: Record<string, (d: TestDirector, service: Service) => void> = {
  "is removed": (d, service) => d.configure([{ ...service, destinations: [{ address: B }] }]),
  "goes down": (d) => d.believe({ weights: new Map([[2, 0]]), down: new Set([2]) }),
};
const returns: Record<string, (d: TestDirector, service: Service) => void> = {
  "is removed": (d, service) => d.configure([service]),
  "goes down": (d) => d.believe({}),
};
const policies = { "is removed": "whenRemoved", "goes down": "whenDown" } as const;

/** What becomes of the client's next packet, and of one after the destination has returned. */
const fates: [string, string, string][] = [
  ["keep", A, A],
  ["drop", "destination_gone", A],
  ["expire", "mid_stream", "mid_stream"],
];
for (const [when, policy] of Object.entries(policies)) {
  for (const [fate, meanwhile, afterwards] of fates) {
    test(`${fate}: of a destination that ${when}, the client's packets meet ${meanwhile}, and ${afterwards} when it returns`, () => {
      const d = createTestDirector();
      const service = { ...web, [policy]: fate };
      d.configure([service]);
      connectFrom(d, CLIENT, 1001);
      leaves[when]!(d, service);
      expect(sendFrom(d, CLIENT, { fromPort: 1001, flags: "A" })).toBe(meanwhile);
      returns[when]!(d, service);
      expect(sendFrom(d, CLIENT, { fromPort: 1001, flags: "A" })).toBe(afterwards);
      const a = [...d.services.services][0]!.destinations[0]!;
      expect(a.active).toBe(fate === "expire" ? 0 : 1);
    });
  }

  test(`reset: a connection of a destination that ${when} is watched until it returns`, () => {
    const d = createTestDirector();
    const service = { ...web, [policy]: "reset" };
    d.configure([service]);
    connectFrom(d, CLIENT, 1001);
    leaves[when]!(d, service);
    expect(readField(d.table.records[4], 0, RECORD.life) & LIFE.watched).not.toBe(0);
    returns[when]!(d, service);
    expect(readField(d.table.records[4], 0, RECORD.life) & LIFE.watched).toBe(0);
  });
}

test("a connection that goes past all destinations is not one whose destination was removed", () => {
  const d = createTestDirector();
  const service = {
    mark: 7,
    scheduler: "rr",
    whenRemoved: "expire",
    destinations: [{ address: A, weight: 0 }],
  };
  const settings = { settings: { cacheBypass: true } };
  d.configure([service], settings);
  expect(sendFrom(d, CLIENT, { mark: 7, to: "203.0.113.5" })).toBe("203.0.113.5");
  d.configure([{ ...service, whenRemoved: "reset" }], settings);
  expect(d.table.size).toBe(1);
  expect(readField(d.table.records[4], 0, RECORD.life) & LIFE.watched).toBe(0);
});

test("replies of a held connection are still translated, and nothing of it renews its time", () => {
  const d = createTestDirector();
  const service = { ...web, whenRemoved: "drop" };
  d.configure([service]);
  connectFrom(d, CLIENT, 1001);
  leaves["is removed"]!(d, service);
  expect(sendFrom(d, A, { fromPort: 80, to: CLIENT, toPort: 1001, flags: "A" })).toBe(CLIENT);
  const seen = readField(d.table.records[4], 0, RECORD.lastSeen);
  d.clock.now += 1000;
  sendFrom(d, CLIENT, { fromPort: 1001, flags: "A" });
  expect(readField(d.table.records[4], 0, RECORD.lastSeen)).toBe(seen);
});

test("connections of a removed service meet the fate that it had for them", () => {
  const d = createTestDirector();
  d.configure([{ ...web, whenRemoved: "drop" }]);
  connectFrom(d, CLIENT, 1001);
  d.configure([]);
  expect(sendFrom(d, CLIENT, { fromPort: 1001, flags: "A" })).toBe("destination_gone");
  d.configure([{ ...web, whenRemoved: "drop" }]);
  expect(sendFrom(d, CLIENT, { fromPort: 1001, flags: "A" })).toBe(A);
  expect([...d.services.services][0]!.destinations[0]!.active).toBe(1);
});

test("a destination that is drained or weighs nothing is not down", () => {
  const d = createTestDirector();
  d.configure([{ ...web, whenDown: "expire" }]);
  connectFrom(d, CLIENT, 1001);
  d.believe({ weights: new Map([[2, 0]]) });
  expect(sendFrom(d, CLIENT, { fromPort: 1001, flags: "A" })).toBe(A);
});

test("templates expire with their destination, once nothing hangs on them", () => {
  const d = createTestDirector();
  const service = { ...web, persistence: {}, whenRemoved: "expire" };
  d.configure([service]);
  sendFrom(d, CLIENT, { fromPort: 1001 });
  leaves["is removed"]!(d, service);
  expect(d.table.size).toBe(0);
});

test("clients that a new list no longer admits lose their connections, others keep them", () => {
  const d = createTestDirector();
  d.configure([web]);
  connectFrom(d, CLIENT, 1001);
  connectFrom(d, "203.0.113.1", 1001);
  d.configure([{ ...web, deny: ["198.51.100.0/24"] }]);
  expect(sendFrom(d, CLIENT, { fromPort: 1001, flags: "A" })).toBe("denied");
  expect(sendFrom(d, "203.0.113.1", { fromPort: 1001, flags: "A" })).toBe(B);
});

test("control connections of a helper's service are watched, and no others", () => {
  const d = createTestDirector();
  d.configure([{ ...web, port: 21, helper: "ftp", persistence: {} }]);
  connectFrom(d, CLIENT, 1001, { toPort: 21 });
  connectFrom(d, CLIENT, 1002, { toPort: 30_000 });
  const r = d.table.records[4];
  const watched = [0, 1, 2].filter(
    (i) => isAlive(r, i) && (readField(r, i, RECORD.life) & LIFE.watched) !== 0,
  );
  expect(watched.map((i) => readField(r, i, RECORD.clientPorts) >>> 16)).toEqual([21 << 8]);
});

test("a peer's connection meets the same fate here, without a word of ours", () => {
  const d = createTestDirector();
  const service = { ...web, whenRemoved: "expire" };
  d.configure([service]);
  connectFrom(d, CLIENT, 1001);
  const records = d.publisher.take()!.records;
  const standby = createTestDirector();
  standby.configure([service]);
  standby.replica.apply({ peer: 1, records, delayTicks: 0 }, 0);
  expect(standby.table.size).toBe(1);
  leaves["is removed"]!(standby, service);
  expect(standby.table.size).toBe(0);
  expect(standby.publisher.take()).toBeUndefined();
});
