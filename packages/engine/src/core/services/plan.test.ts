import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { createMemoryDataPlane } from "../../dataplane/memory.ts";
import { SERVICE_FLAG } from "../layout.ts";
import { afterChanges, planServices } from "./plan.ts";

const web = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 80,
  destinations: [{ address: "10.0.0.1", port: 8080 }, { address: "10.0.0.2" }],
};
const dns = { protocol: "udp", address: "192.0.2.1", port: 53, destinations: [{ address: "10.0.0.1" }] };
const direct = { ...web, method: "direct-route", destinations: [{ address: "10.0.0.3" }] };

const fullNat = { ...direct, method: "full-nat", sourceAddresses: ["192.0.2.9"] };
const tunnel = { ...direct, method: "tunnel" };
const mark = { mark: 7, destinations: [{ address: "10.0.0.1" }] };

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
  ["full NAT", [], [fullNat], ["set_vip", "set_service", "set_real_server", "set_real_server"]],
  [
    "a destination with the packet's own port",
    [],
    [{ ...web, port: 0, persistence: {}, destinations: [{ address: "10.0.0.1" }] }],
    ["set_vip", "set_service", "set_real_server"],
  ],
  ["a tunnel", [], [tunnel], ["set_vip", "set_service", "set_tunnel", "set_real_server"]],
  ["a tunnel less", [tunnel], [{ ...tunnel, destinations: [] }], ["delete_tunnel", "delete_real_server"]],
  [
    "another kind of tunnel",
    [tunnel],
    [{ ...tunnel, tunnel: { type: "gue", port: 6080, checksum: "full" } }],
    ["set_tunnel"],
  ],
  ["a firewall mark", [], [mark], ["set_mark", "set_real_server"]],
  ["a firewall mark less", [mark], [], ["delete_mark", "delete_real_server"]],
  [
    "clients",
    [dns],
    [{ ...dns, allow: ["198.51.100.0/24"], deny: ["198.51.100.7"] }],
    ["set_service", "set_client", "set_client"],
  ],
  [
    "an allowed client who is denied now",
    [{ ...dns, allow: ["198.51.100.0/24"] }],
    [{ ...dns, deny: ["198.51.100.0/24"] }],
    ["set_service", "set_client"],
  ],
  ["clients less", [{ ...dns, deny: ["198.51.100.0/24"] }], [dns], ["set_service", "delete_client"]],
  ["a helper", [web], [{ ...web, helper: "ftp" }], ["set_vip"]],
];
const asText = (changes: readonly object[]): string[] => changes.map((c) => JSON.stringify(c)).toSorted();

for (const [name, from, to] of cases)
  test(`what is programmed after a plan for ${name} is known without looking`, () => {
    const dataplane = createMemoryDataPlane();
    const before = documentOf(from);
    dataplane.program(planServices([], before));
    const programmed = dataplane.programmed();
    const changes = planServices(programmed, documentOf(to, before));
    dataplane.program(changes);
    expect(asText(afterChanges(programmed, changes))).toEqual(asText(dataplane.programmed()));
  });

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

const flags: [string, object, number][] = [
  ["nothing", {}, 0],
  ["any packet that may open a connection", { sloppy: true }, SERVICE_FLAG.sloppy],
  ["denied clients", { deny: ["198.51.100.7"] }, SERVICE_FLAG.filtered],
  ["allowed clients", { allow: ["198.51.100.7"] }, SERVICE_FLAG.filtered | SERVICE_FLAG.allowListed],
  ["FTP", { port: 21, persistence: {} }, SERVICE_FLAG.ftp],
  ["FTP without persistence", { port: 21 }, 0],
];
for (const [what, more, want] of flags) {
  test(`plan tells the fast path of ${what}: ${want}`, () => {
    const [service] = planServices([], documentOf([{ ...web, ...more }])).filter(
      (c) => c.kind === "set_service",
    );
    expect(service!.flags).toBe(want);
  });
}

test("an address expects connections if one of its services does", () => {
  const document = documentOf([{ ...web, port: 21, helper: "ftp" }, dns]);
  const vips = planServices([], document).filter((c) => c.kind === "set_vip");
  expect(vips.map((v) => v.flags)).toEqual([SERVICE_FLAG.expects]);
});

test("the tunnel of a removed destination stays while connections go through it", () => {
  const dataplane = createMemoryDataPlane();
  const before = documentOf([tunnel]);
  dataplane.program(planServices([], before));
  const id = before.services[0]!.destinations[0]!.id;
  const after = documentOf([{ ...tunnel, destinations: [] }], before);
  const kindsWith = (isUsed: (destination: number) => boolean) =>
    planServices(dataplane.programmed(), after, isUsed).map((c) => c.kind);
  expect(kindsWith((d) => d === id)).toEqual(["delete_real_server"]);
  expect(kindsWith((d) => d !== id).toSorted()).toEqual(["delete_real_server", "delete_tunnel"]);
});
