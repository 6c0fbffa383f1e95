import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { createParsedPacket, parseIp, parseTransport } from "../../packet/parse.ts";
import { buildPacket } from "../../packet/testing.ts";
import { createRandom } from "../random.ts";
import { NO_HEALTH } from "../testing.ts";
import { createServiceTable } from "./service-table.ts";

const web = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 80,
  scheduler: "rr",
  destinations: [{ address: "10.0.0.1" }, { address: "10.0.0.2", weight: 3 }],
};
const web6 = { ...web, address: "2001:db8::1", destinations: [{ address: "fd00::1" }] };

const request = { family: 4, key: new Uint32Array(10), now: 0 } as const;
const weigh = (...weights: [number, number][]) => ({ ...NO_HEALTH, weights: new Map(weights) });

const documentOf = (services: unknown[], before: Document = EMPTY_DOCUMENT): Document =>
  reviseDocument(before, DocumentSpec.parse({ version: 1, services }));

function keyOf(protocol: "tcp" | "udp", to: string, toPort: number): { family: 4 | 6; key: Uint32Array } {
  const family = to.includes(":") ? 6 : 4;
  const from = family === 6 ? "2001:db8:2::7" : "198.51.100.7";
  const packet = buildPacket({ protocol, from, fromPort: 40_000, to, toPort });
  const p = createParsedPacket();
  p.family = family;
  parseIp(p, packet, packet.length);
  parseTransport(p, packet);
  return { family, key: p.key };
}

const lookups: [string, "tcp" | "udp", string, number, number | undefined][] = [
  ["its own address, port and protocol", "tcp", "192.0.2.1", 80, 1],
  ["its own over IPv6", "tcp", "2001:db8::1", 80, 4],
  ["another port", "tcp", "192.0.2.1", 81, undefined],
  ["another protocol", "udp", "192.0.2.1", 80, undefined],
  ["another address", "tcp", "192.0.2.2", 80, undefined],
];
for (const [what, protocol, to, port, want] of lookups) {
  test(`service is found by ${what}: ${want ?? "none"}`, () => {
    const table = createServiceTable(createRandom(1));
    table.commit(documentOf([web, web6]), NO_HEALTH);
    const { family, key } = keyOf(protocol, to, port);
    expect(table.find(family, key, 0)?.id).toBe(want);
  });
}

test("effective weights override configured ones, until they are no longer named", () => {
  const table = createServiceTable(createRandom(1));
  table.commit(documentOf([web]), weigh([2, 0]));
  const weights = () => table.service(1)!.destinations.map((d) => d.weight);
  expect(weights()).toEqual([0, 3]);
  table.setHealth(weigh([3, 7]));
  expect(weights()).toEqual([1, 7]);
  table.setHealth(NO_HEALTH);
  expect(weights()).toEqual([1, 3]);
});

test("a service left alone stays configured, with the weights and settings of the next document", () => {
  const table = createServiceTable(createRandom(1));
  const first = documentOf([web, web6]);
  table.commit(first, { ...weigh([2, 0]), down: new Set([2]) });
  const [service, other] = [...table.services];
  const timeouts = service!.timeouts;
  table.commit({ ...first, services: first.services.slice(0, 1) }, weigh([3, 7]));
  expect([...table.services]).toEqual([service]);
  expect(service!.destinations.map((d) => [d.isConfigured, d.isDown, d.weight])).toEqual([
    [true, false, 1],
    [true, false, 7],
  ]);
  expect(other!.destinations.map((d) => d.isConfigured)).toEqual([false]);
  table.setHealth(NO_HEALTH);
  expect(service!.destinations.map((d) => d.weight)).toEqual([1, 3]);
  expect(service!.timeouts).toBe(timeouts);
  const settings = { ...first.settings, timeouts: { tcp: { established: 5 } } };
  table.commit({ ...first, settings }, NO_HEALTH);
  expect(service!.timeouts).not.toEqual(timeouts);
});

test("what stays in the document keeps its counts and the scheduler's place", () => {
  const table = createServiceTable(createRandom(1));
  const first = documentOf([web]);
  table.commit(first, NO_HEALTH);
  const [a, b] = table.service(1)!.destinations;
  a!.active = 5;
  expect(table.service(1)!.scheduler.pick(request)).toBe(a);
  table.commit(documentOf([web], first), NO_HEALTH);
  expect(table.destination(a!.id)!.active).toBe(5);
  expect(table.service(1)!.scheduler.pick(request)).toBe(b);
});

test("another scheduler takes over at once", () => {
  const table = createServiceTable(createRandom(1));
  const first = documentOf([web]);
  table.commit(first, NO_HEALTH);
  table.commit(documentOf([{ ...web, scheduler: "lc" }], first), NO_HEALTH);
  table.destination(2)!.active = 1;
  expect(table.service(1)!.scheduler.name).toBe("lc");
  expect(table.service(1)!.scheduler.pick(request)!.id).toBe(3);
});

test("a destination that is gone is remembered while it has connections, and found again when it returns", () => {
  const table = createServiceTable(createRandom(1));
  const first = documentOf([web]);
  table.commit(first, NO_HEALTH);
  const gone = table.destination(3)!;
  gone.active = 1;
  const second = documentOf([{ ...web, destinations: [{ address: "10.0.0.1" }] }], first);
  table.commit(second, NO_HEALTH);
  expect(table.destination(3)).toBe(gone);
  expect(table.service(1)!.destinations).not.toContain(gone);
  const back = { address: "10.0.0.2", weight: 9 };
  table.commit(documentOf([{ ...web, destinations: [back] }], second), NO_HEALTH);
  expect(table.service(1)!.destinations).toEqual([gone]);
  expect(gone.record).toMatchObject(back);
});

test("a destination that is gone is forgotten with its last connection", () => {
  const table = createServiceTable(createRandom(1));
  const first = documentOf([web]);
  table.commit(first, NO_HEALTH);
  const gone = table.destination(3)!;
  gone.inactive = 1;
  table.commit(documentOf([], first), NO_HEALTH);
  expect([...table.services]).toEqual([]);
  expect([table.service(1)?.id, table.destination(2)?.id, table.destination(3)?.id]).toEqual([
    1,
    undefined,
    3,
  ]);
  gone.inactive = 0;
  gone.totals.connections = 7;
  for (let i = 0; i < 2; i++) table.forgetIfUnused(gone);
  expect(table.destination(3)).toBeUndefined();
  expect(table.service(1)!.departed).toMatchObject({ connections: 7, inBytes: 0 }); // and only once
  table.commit(documentOf([], first), NO_HEALTH);
  expect(table.service(1)).toBeUndefined();
});

const VIP = "192.0.2.1";
const at = (port: number, more: object = {}) => ({
  protocol: "tcp",
  address: VIP,
  port,
  destinations: [],
  ...more,
});
/** Ids by position: 1, 2, 3, … */
const order: [
  string,
  object[],
  { port: number; mark?: number; protocol?: "tcp" | "udp" },
  number | undefined,
][] = [
  ["its mark before its endpoint", [at(80), { mark: 7 }], { port: 80, mark: 7 }, 2],
  ["its endpoint, for a mark without a service", [at(80), { mark: 7 }], { port: 80, mark: 8 }, 1],
  ["its mark in its own family only", [{ mark: 7, address: "::" }], { port: 80, mark: 7 }, undefined],
  ["its port before port 0", [at(0, { persistence: {} }), at(80)], { port: 80 }, 2],
  ["port 0", [at(0, { persistence: {} }), at(80)], { port: 81 }, 1],
  ["port 0 of its own protocol only", [at(0, { persistence: {} })], { port: 81, protocol: "udp" }, undefined],
  ["port 21, as FTP's data port", [at(21, { persistence: {} })], { port: 20 }, 1],
  ["port 21, as an unprivileged port", [at(21, { persistence: {} })], { port: 1024 }, 1],
  ["not port 21, as a privileged port", [at(21, { persistence: {} })], { port: 1023 }, undefined],
  ["not port 21 without persistence", [at(21)], { port: 20 }, undefined],
  ["port 21 before port 0", [at(0, { persistence: {} }), at(21, { persistence: {} })], { port: 1024 }, 2],
  ["port 0, where port 21 has no persistence", [at(0, { persistence: {} }), at(21)], { port: 1024 }, 1],
];
for (const [what, services, { port, mark, protocol }, want] of order) {
  test(`service is found by ${what}`, () => {
    const table = createServiceTable(createRandom(1));
    table.commit(documentOf(services), NO_HEALTH);
    const { family, key } = keyOf(protocol ?? "tcp", VIP, port);
    expect(table.find(family, key, mark ?? 0)?.id).toBe(want);
  });
}

test("the last weight that was not 0 is remembered", () => {
  const table = createServiceTable(createRandom(1));
  table.commit(documentOf([web]), weigh([2, 5]));
  table.setHealth(weigh([2, 0], [3, 0]));
  expect(table.service(1)!.destinations.map((d) => [d.weight, d.lastWeight])).toEqual([
    [0, 5],
    [0, 3],
  ]);
});

test("health is fateful if a destination goes down or up whose service does not just keep its connections", () => {
  const down = { ...NO_HEALTH, down: new Set([2]) };
  for (const [whenDown, want] of [
    ["keep", false],
    ["drop", true],
  ] as const) {
    const table = createServiceTable(createRandom(1));
    table.commit(documentOf([{ ...web, whenDown }]), NO_HEALTH);
    expect([table.setHealth(down), table.setHealth(down), table.setHealth(NO_HEALTH)]).toEqual([
      want,
      false,
      want,
    ]);
  }
});

test("a scheduler is made anew when its own options change, and only then", () => {
  const table = createServiceTable(createRandom(1));
  const lblc = { ...web, scheduler: "lblc" };
  const schedulerOf = (services: object[], settings = {}) => {
    table.commit(
      reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, services, settings })),
      NO_HEALTH,
    );
    return table.service(1)!.scheduler;
  };
  const sh = schedulerOf([{ ...web, scheduler: "sh", schedulerFlags: ["port"] }]);
  expect(schedulerOf([{ ...web, scheduler: "sh", schedulerFlags: ["port"] }], { cacheSeconds: 9 })).toBe(sh);
  expect(schedulerOf([{ ...web, scheduler: "sh" }])).not.toBe(sh);
  const cached = schedulerOf([lblc]);
  expect(schedulerOf([lblc])).toBe(cached);
  expect(schedulerOf([lblc], { cacheSeconds: 9 })).not.toBe(cached);
});

test("other timeouts, clients and persistence hold from the next document on", () => {
  const table = createServiceTable(createRandom(1));
  table.commit(documentOf([web]), NO_HEALTH);
  const service = table.service(1)!;
  expect([service.clients, service.persistence, service.timeouts(6, 1)]).toEqual([
    undefined,
    undefined,
    858_307,
  ]);
  const changed = {
    ...web,
    timeouts: { tcp: { established: 100 } },
    deny: ["198.51.100.0/24"],
    persistence: {},
  };
  table.commit(documentOf([changed]), NO_HEALTH);
  expect(service.timeouts(6, 1)).toBe(Math.round((100 * 1e9) / 2 ** 20));
  expect(service.persistence!.timeout).toBe(Math.round((360 * 1e9) / 2 ** 20));
  expect(service.clients!(keyOf("tcp", VIP, 80).key, 0)).toBe(false);
});
