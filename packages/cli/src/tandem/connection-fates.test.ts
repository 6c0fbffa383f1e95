import type { DestinationStatus } from "@tandem/engine/client";
import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { fakeServices } from "../testing/fake-services.ts";
import { addFates, type ConnectionFate, connectionFates, formatFates } from "./connection-fates.ts";

const KEY = "tcp 192.0.2.10:80 -> 10.0.0.1:8080";

type Fields = Record<string, unknown>;
const document = (service: Fields = {}, destination: Fields | undefined = {}) =>
  DocumentSpec.parse({
    version: 1,
    services: [
      {
        protocol: "tcp",
        address: "192.0.2.10",
        port: 80,
        destinations: destination ? [{ address: "10.0.0.1", port: 8080, weight: 10, ...destination }] : [],
        ...service,
      },
    ],
  });
const NOTHING = DocumentSpec.parse({ version: 1, services: [] });
const GONE = { destinations: [] };

const fateOf = (before: DocumentSpec, after: DocumentSpec, is: Partial<DestinationStatus> = {}) => {
  const [service] = fakeServices;
  const [first] = service!.destinations;
  const running = [{ ...service!, destinations: [{ ...first!, ...is }] }];
  return connectionFates(before, after, running);
};

interface Case {
  readonly name: string;
  readonly before?: DocumentSpec;
  readonly after: DocumentSpec;
  readonly is?: Partial<DestinationStatus>;
  readonly fate: ConnectionFate;
}
const down = { health: "down" } as const;

const cases: Case[] = [
  { name: "another weight", after: document({}, { weight: 5 }), fate: "kept" },
  { name: "weight 0", after: document({}, { weight: 0 }), fate: "drained" },
  { name: "a drain", after: document({}, { drain: true }), fate: "drained" },
  {
    name: "a drain of what had weight 0",
    before: document({}, { weight: 0 }),
    after: document({}, { weight: 0, drain: true }),
    fate: "kept",
  },
  {
    name: "the end of a drain",
    before: document({}, { drain: true }),
    after: document(),
    fate: "kept",
  },
  { name: "another scheduler", after: document({ scheduler: "rr" }), fate: "kept" },
  { name: "thresholds", after: document({}, { upperThreshold: 100 }), fate: "kept" },
  { name: "other clients served", after: document({ allow: ["10.0.0.0/8"] }), fate: "filtered" },
  { name: "clients refused", after: document({ deny: ["10.0.0.0/8"] }), fate: "filtered" },
  {
    name: "everybody served again",
    before: document({ deny: ["10.0.0.0/8"] }),
    after: document(),
    fate: "kept",
  },
  { name: "removal", after: document(GONE), fate: "drained" },
  { name: "removal, whenRemoved drop", after: document({ ...GONE, whenRemoved: "drop" }), fate: "held" },
  {
    name: "removal, whenRemoved expire",
    after: document({ ...GONE, whenRemoved: "expire" }),
    fate: "forgotten",
  },
  { name: "removal, whenRemoved reset", after: document({ ...GONE, whenRemoved: "reset" }), fate: "reset" },
  {
    name: "removal with a whenRemoved that changes with it",
    before: document({ whenRemoved: "reset" }),
    after: document(GONE),
    fate: "drained",
  },
  {
    name: "removal of the whole service",
    before: document({ whenRemoved: "reset" }),
    after: NOTHING,
    fate: "reset",
  },
  {
    name: "a return",
    before: document({ ...GONE, whenRemoved: "drop" }),
    after: document({ whenRemoved: "drop" }),
    is: { removed: true, held: true },
    fate: "kept",
  },
  {
    name: "another whenRemoved after the removal",
    before: document(GONE),
    after: document({ ...GONE, whenRemoved: "reset" }),
    is: { removed: true },
    fate: "reset",
  },
  { name: "another whenDown while it is up", after: document({ whenDown: "reset" }), fate: "kept" },
  {
    name: "another whenDown while it is down",
    after: document({ whenDown: "reset" }),
    is: down,
    fate: "reset",
  },
  {
    name: "whenDown keep while it is down",
    before: document({ whenDown: "drop" }),
    after: document(),
    is: down,
    fate: "kept",
  },
];
for (const { name, before = document(), after, is, fate } of cases) {
  test(`connections meet with ${name}: ${fate}`, () =>
    expect(fateOf(before, after, is)).toEqual([
      { service: "tcp 192.0.2.10:80", destination: KEY, fate, connections: 4323 },
    ]));
}

test("connections of what was removed before are none of a change's that has nothing to do with them", () => {
  const is = { removed: true };
  expect(fateOf(document(GONE), document({ ...GONE, scheduler: "rr" }), is)).toEqual([]);
  expect(fateOf(NOTHING, NOTHING, is)).toEqual([]);
});

test("fates are added up and told worst first", () => {
  const sum = addFates([{ kept: 1 }, { reset: 2, kept: 3 }, { held: 0 }]);
  expect(Object.entries(sum)).toEqual([
    ["reset", 2],
    ["kept", 4],
  ]);
  expect(formatFates(sum)).toBe("2 connections ended, and both ends are told; 4 connections kept");
  expect(formatFates({ drained: 1 })).toBe(
    "1 connection drained: they go on until they end, nothing new comes",
  );
  expect(formatFates({})).toBe("no connections");
});
