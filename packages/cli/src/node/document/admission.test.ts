import type { ApiRole } from "@tandem/engine";
import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { admit } from "./admission.ts";

const documentWith = (destination: object) =>
  DocumentSpec.parse({
    version: 1,
    services: [
      {
        protocol: "tcp",
        address: "192.0.2.1",
        port: 80,
        destinations: [{ address: "10.0.0.1", ...destination }],
      },
    ],
  });
const current = documentWith({});

const cases: [role: ApiRole | undefined, change: object, may: boolean][] = [
  [undefined, { port: 81 }, true],
  ["admin", { port: 81 }, true],
  ["operate", { port: 81 }, false],
  ["operate", { weight: 0 }, true],
  ["operate", { drain: true }, true],
  ["operate", { weight: 0, upperThreshold: 5 }, false],
  ["view", { weight: 0 }, false],
];
for (const [role, change, may] of cases) {
  test(`${role ?? "whoever has no role"} ${may ? "may" : "may not"} change ${JSON.stringify(change)}`, () => {
    const by = { author: "ann", ...(role && { role }) };
    const admitting = () => admit({ current, spec: documentWith(change) }, by, () => undefined);
    if (may) expect(admitting()).toEqual([]);
    else
      expect(admitting).toThrow(
        `Cannot change the document: "ann" has the role "${role}", wanted the role "admin"`,
      );
  });
}
