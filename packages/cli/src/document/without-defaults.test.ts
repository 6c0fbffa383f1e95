import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { withoutDefaults } from "./without-defaults.ts";

const web = { protocol: "tcp", address: "192.0.2.1", port: 80 };
const cases: [what: string, written: object][] = [
  ["nothing", {}],
  ["a service and its destination", { services: [{ ...web, destinations: [{ address: "10.0.0.1" }] }] }],
  [
    "what differs from the default",
    { services: [{ ...web, scheduler: "rr", destinations: [{ address: "10.0.0.1", weight: 0 }] }] },
  ],
  [
    "what there is though it says nothing",
    { services: [{ ...web, persistence: {}, method: "tunnel", tunnel: {} }] },
  ],
  ["a check, with its type", { services: [{ ...web, check: { type: "http", status: [204] } }] }],
  ["a firewall mark", { services: [{ mark: 7 }, { mark: 7, address: "::" }] }],
  ["a profile", { settings: { profile: "lvs" }, services: [web, { ...web, port: 81 }] }],
  [
    "what differs from its profile's defaults",
    { settings: { profile: "lvs", midStream: "drop" }, services: [{ ...web, whenRemoved: "keep" }] },
  ],
  [
    "settings and rules",
    { settings: { midStream: "host", timeouts: { tcp: { established: 9 } } }, marks: [{ mark: 7 }] },
  ],
];
for (const [what, written] of cases) {
  test(`document with ${what} is as short as it was written, and reads the same`, () => {
    const document = DocumentSpec.parse({ version: 1, ...written });
    expect(withoutDefaults(document)).toEqual({ version: 1, ...written });
    expect(DocumentSpec.parse(withoutDefaults(document))).toEqual(document);
  });
}
