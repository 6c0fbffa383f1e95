import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { createParsedPacket, parseIp, parseTransport } from "../packet/parse.ts";
import { buildPacket } from "../packet/testing.ts";
import { createServiceTable } from "./service-table.ts";

const web = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 80,
  scheduler: "rr",
  destinations: [{ address: "10.0.0.1" }, { address: "10.0.0.2", weight: 3 }],
};
const web6 = { ...web, address: "2001:db8::1", destinations: [{ address: "fd00::1" }] };

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
    const table = createServiceTable();
    table.commit(documentOf([web, web6]), new Map());
    const { family, key } = keyOf(protocol, to, port);
    expect(table.find(family, key)?.id).toBe(want);
  });
}

test("effective weights override configured ones, until they are no longer named", () => {
  const table = createServiceTable();
  table.commit(documentOf([web]), new Map([[2, 0]]));
  const weights = () => table.service(1)!.destinations.map((d) => d.weight);
  expect(weights()).toEqual([0, 3]);
  table.setWeights(new Map([[3, 7]]));
  expect(weights()).toEqual([1, 7]);
  table.setWeights(new Map());
  expect(weights()).toEqual([1, 3]);
});

test("what stays in the document keeps its counts and the scheduler's place", () => {
  const table = createServiceTable();
  const first = documentOf([web]);
  table.commit(first, new Map());
  const [a, b] = table.service(1)!.destinations;
  a!.active = 5;
  expect(table.service(1)!.scheduler.pick()).toBe(a);
  table.commit(documentOf([web], first), new Map());
  expect(table.destination(a!.id)!.active).toBe(5);
  expect(table.service(1)!.scheduler.pick()).toBe(b);
});

test("another scheduler takes over at once", () => {
  const table = createServiceTable();
  const first = documentOf([web]);
  table.commit(first, new Map());
  table.commit(documentOf([{ ...web, scheduler: "lc" }], first), new Map());
  table.destination(2)!.active = 1;
  expect(table.service(1)!.scheduler.name).toBe("lc");
  expect(table.service(1)!.scheduler.pick()!.id).toBe(3);
});

test("a destination that is gone is remembered while it has connections, and found again when it returns", () => {
  const table = createServiceTable();
  const first = documentOf([web]);
  table.commit(first, new Map());
  const gone = table.destination(3)!;
  gone.active = 1;
  const second = documentOf([{ ...web, destinations: [{ address: "10.0.0.1" }] }], first);
  table.commit(second, new Map());
  expect(table.destination(3)).toBe(gone);
  expect(table.service(1)!.destinations).not.toContain(gone);
  table.commit(documentOf([web], second), new Map());
  expect(table.service(1)!.destinations[1]).toBe(gone);
});

test("a destination that is gone is forgotten with its last connection", () => {
  const table = createServiceTable();
  const first = documentOf([web]);
  table.commit(first, new Map());
  const gone = table.destination(3)!;
  gone.inactive = 1;
  table.commit(documentOf([], first), new Map());
  expect([table.service(1), table.destination(2), table.destination(3)]).toEqual([
    undefined,
    undefined,
    gone,
  ]);
  gone.inactive = 0;
  table.forgetIfUnused(gone);
  expect(table.destination(3)).toBeUndefined();
});
