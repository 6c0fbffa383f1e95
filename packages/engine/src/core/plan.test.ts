import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { createMemoryDataPlane } from "../dataplane/memory.ts";
import { planServices } from "./plan.ts";

const web = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 80,
  destinations: [{ address: "10.0.0.1", port: 8080 }, { address: "10.0.0.2" }],
};
const dns = { protocol: "udp", address: "192.0.2.1", port: 53, destinations: [{ address: "10.0.0.1" }] };
const direct = { ...web, method: "direct-route", destinations: [{ address: "10.0.0.3" }] };

const documentOf = (services: unknown[], before: Document = EMPTY_DOCUMENT): Document =>
  reviseDocument(before, DocumentSpec.parse({ version: 1, services }));

/** Kinds of changes from one configuration to the next, sorted. */
function kinds(from: unknown[], to: unknown[]): string[] {
  const dataplane = createMemoryDataPlane();
  const before = documentOf(from);
  dataplane.program(planServices(dataplane.programmed(), before));
  const changes = planServices(dataplane.programmed(), documentOf(to, before));
  return changes.map((c) => c.kind);
}

const cases: [string, unknown[], unknown[], string[]][] = [
  ["nothing to nothing", [], [], []],
  [
    "a first service",
    [],
    [web],
    ["set_vip", "set_service", "set_real_server", "set_real_server", "set_real_server", "set_real_server"],
  ],
  ["the same again", [web, dns], [web, dns], []],
  ["a second service of the address", [web], [web, dns], ["set_service", "set_real_server"]],
  ["one service of two less", [web, dns], [web], ["delete_service", "delete_real_server"]],
  [
    "the last service less",
    [dns],
    [],
    ["delete_service", "delete_vip", "delete_real_server", "delete_real_server"],
  ],
  [
    "a destination that two services share, gone from one",
    [web, dns],
    [{ ...web, destinations: [] }, dns],
    ["delete_real_server", "delete_real_server", "delete_real_server"],
  ],
  ["another weight", [dns], [{ ...dns, destinations: [{ address: "10.0.0.1", weight: 9 }] }], []],
  ["direct route, whose destinations answer by themselves", [], [direct], ["set_vip", "set_service"]],
];
for (const [name, from, to, want] of cases) {
  test(`plan for ${name}`, () => expect(kinds(from, to).toSorted()).toEqual(want.toSorted()));
}

test("plan sets before it deletes", () => {
  const moved = { ...web, port: 81 };
  const changes = kinds([web], [moved]);
  const isDeletion = changes.map((kind) => kind.startsWith("delete"));
  expect(isDeletion).toEqual(isDeletion.toSorted());
});

test("plan renames a service whose id has changed", () => {
  const dataplane = createMemoryDataPlane();
  dataplane.program(planServices([], documentOf([dns, web])));
  const changes = planServices(dataplane.programmed(), documentOf([web, dns])); // ids given in another order
  expect(changes.map((c) => c.kind)).toEqual(["set_service", "set_service"]);
});
