import { expect, test } from "vitest";
import {
  DocumentSchema,
  DocumentSpec,
  EMPTY_DOCUMENT,
  MAX_DESTINATIONS,
  MAX_SERVICES,
  reviseDocument,
  specOf,
} from "./config.ts";

const web = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 80,
  destinations: [{ address: "10.0.0.1" }, { address: "10.0.0.2", weight: 3 }],
};
const parse = (services: unknown[]) => DocumentSpec.parse({ version: 1, services });
const problems = (services: unknown[]) => {
  const result = DocumentSpec.safeParse({ version: 1, services });
  return result.error?.issues.map((i) => `${i.path.join(".")}: ${i.message}`) ?? [];
};

test("document gives every service and destination an id of its own", () => {
  const d = reviseDocument(EMPTY_DOCUMENT, parse([web]));
  expect([d.services[0]!.id, ...d.services[0]!.destinations.map((x) => x.id)]).toEqual([1, 2, 3]);
  expect(d.revision).toBe(1);
});

test("document never reuses an id and gives a returning key its own back", () => {
  const first = reviseDocument(EMPTY_DOCUMENT, parse([web]));
  const without = reviseDocument(first, parse([{ ...web, destinations: [{ address: "10.0.0.3" }] }]));
  expect(without.services[0]!.destinations[0]!.id).toBe(4);
  const back = reviseDocument(without, parse([{ ...web, destinations: [{ address: "10.0.0.2" }] }]));
  expect(back.services[0]!.destinations[0]!.id).toBe(3);
});

test("document round-trips to its specification", () => {
  const spec = parse([web]);
  expect(specOf(reviseDocument(EMPTY_DOCUMENT, spec))).toEqual(spec);
});

const bad: [string, unknown[], string][] = [
  ["an unknown field", [{ ...web, colour: "red" }], "services.0: Unrecognized key"],
  [
    "a weight out of range",
    [{ ...web, destinations: [{ address: "10.0.0.1", weight: 70000 }] }],
    "services.0.destinations.0.weight: ",
  ],
  ["a service twice", [web, web], 'services.1: service "tcp 192.0.2.1:80" stands here twice'],
  [
    "a destination twice",
    [{ ...web, destinations: [{ address: "10.0.0.1" }, { address: "10.0.0.1", port: 80 }] }],
    "services.0.destinations.1: destination",
  ],
  [
    "mixed families",
    [{ ...web, destinations: [{ address: "2001:db8::1" }] }],
    'services.0.destinations.0.address: "2001:db8::1" is IPv6, wanted IPv4',
  ],
  [
    "direct route to another port",
    [{ ...web, method: "direct-route", destinations: [{ address: "10.0.0.1", port: 81 }] }],
    "services.0.destinations.0.port: port is 81, wanted 80",
  ],
  [
    "an address that is none",
    [{ ...web, address: "192.0.2" }],
    "services.0.address: wanted an IPv4 or IPv6 address",
  ],
];
for (const [what, services, want] of bad) {
  test(`document with ${what} is refused`, () =>
    expect(problems(services).some((p) => p.startsWith(want))).toBe(true));
}

test("document reports rules across fields beside mistakes in single fields", () => {
  const found = problems([{ ...web, port: 0 }, web, web]);
  expect(found).toEqual([
    "services.0.port: wanted a whole number from 1 to 65535",
    'services.2: service "tcp 192.0.2.1:80" stands here twice, wanted once',
  ]);
});

test("document with a host header that would break the request is refused", () => {
  const check = { type: "http", host: "a\r\nX: y", path: "/ x" };
  expect(problems([{ ...web, check }])).toEqual([
    "services.0.check.path: wanted a path that starts with /, without spaces",
    "services.0.check.host: wanted a host name, without spaces",
  ]);
});

test("document comes back from its stored form unchanged", () => {
  const document = reviseDocument(EMPTY_DOCUMENT, parse([{ ...web, check: { type: "http" } }]));
  expect(DocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
});

test("document that is no document at all is refused, not a crash", () => {
  for (const value of [null, undefined, 7, "text", [], [null], { services: 7 }, { services: [null] }]) {
    expect(DocumentSpec.safeParse(value).success).toBe(false);
  }
});

test("document with more services than the fast path holds is refused at a glance", () => {
  const services = Array.from({ length: 20 * MAX_SERVICES }, () => ({}));
  const startedMs = performance.now();
  expect(problems(services)).toEqual(["services: wanted at most 32768 services"]);
  expect(performance.now() - startedMs).toBeLessThan(1000); // looking at each takes a minute
});

test("document with more destinations than the fast path holds is refused", () => {
  const destination = (i: number) => ({ address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });
  const destinations = Array.from({ length: MAX_DESTINATIONS / 2 + 1 }, (_, i) => destination(i));
  const services = [80, 81].map((port) => ({ ...web, port, destinations }));
  expect(problems(services)).toEqual(["services: wanted at most 131072 destinations over all services"]);
});
