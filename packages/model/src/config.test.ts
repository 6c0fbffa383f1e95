import { expect, test } from "vitest";
import { MAX_SERVICES } from "./check-document.ts";
import { DocumentSchema, DocumentSpec, EMPTY_DOCUMENT, reviseDocument, specOf } from "./config.ts";
import { MAX_DESTINATIONS } from "./destination-spec.ts";
import { MAX_CLIENT_PREFIXES } from "./service-spec.ts";

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

test("document's settings and mark rules go through revisions", () => {
  const spec = DocumentSpec.parse({
    version: 1,
    settings: { secureTcp: "auto", timeouts: { udp: { lasting: 30 } } },
    marks: [{ mark: 7, destinationPorts: "80-90" }],
  });
  const document = reviseDocument(EMPTY_DOCUMENT, spec);
  expect(document.settings).toEqual({ ...EMPTY_DOCUMENT.settings, ...spec.settings });
  expect(document.marks).toEqual([{ mark: 7, destinationPorts: "80-90" }]);
  expect(specOf(document)).toEqual(spec);
});

test("document without settings, stored by an earlier version, has the defaults", () => {
  const { settings: _, marks: __, ...stored } = EMPTY_DOCUMENT;
  expect(DocumentSchema.parse(stored)).toEqual(EMPTY_DOCUMENT);
});

test("firewall-mark services of both families and their destinations have keys of their own", () => {
  const marked = [{ mark: 7 }, { mark: 7, address: "::" }, { mark: 8 }];
  const d = reviseDocument(EMPTY_DOCUMENT, parse(marked));
  const without = reviseDocument(d, parse([{ mark: 8 }]));
  expect(without.retired).toEqual({ "mark 7 ipv4": 1, "mark 7 ipv6": 2 });
});

const bad: [string, unknown[], string][] = [
  ["an unknown field", [{ ...web, colour: "red" }], 'services.0: Unrecognized key: "colour"'],
  ["a service twice", [web, web], 'services.1: service "tcp 192.0.2.1:80" stands here twice, wanted once'],
  [
    "a mark twice",
    [{ mark: 7 }, { mark: 7 }],
    'services.1: service "mark 7 ipv4" stands here twice, wanted once',
  ],
  [
    "a destination twice",
    [{ ...web, destinations: [{ address: "10.0.0.1" }, { address: "10.0.0.1", port: 80 }] }],
    'services.0.destinations.1: destination "10.0.0.1:80" stands here twice, wanted once',
  ],
  [
    "another service's virtual address as destination",
    [
      { ...web, destinations: [{ address: "192.0.2.2" }] },
      { ...web, address: "192.0.2.2" },
    ],
    'services.0.destinations.0.address: "192.0.2.2" is a virtual address, wanted the real server\'s own, or the method local',
  ],
  [
    "another service's virtual address as source address",
    [
      { ...web, method: "full-nat", sourceAddresses: ["192.0.2.9", "192.0.2.2"] },
      { ...web, address: "192.0.2.2" },
    ],
    'services.0.sourceAddresses.1: "192.0.2.2" is a virtual address, wanted one that no service has',
  ],
];
for (const [what, services, want] of bad) {
  test(`document with ${what} is refused`, () => expect(problems(services)).toEqual([want]));
}

const good: [string, unknown[]][] = [
  [
    "every port of an address beside some ports of it",
    [
      { ...web, port: 0, persistence: {} },
      { ...web, port: 21, helper: "ftp" },
      web,
      { ...web, protocol: "udp" },
    ],
  ],
  [
    "source addresses that services share",
    [
      { ...web, method: "full-nat", sourceAddresses: ["192.0.2.9"] },
      { ...web, port: 81, method: "full-nat", sourceAddresses: ["192.0.2.9"] },
    ],
  ],
  [
    "a virtual address that this host serves itself",
    [{ ...web, destinations: [{ address: "192.0.2.1", method: "local" }] }],
  ],
];
for (const [what, services] of good) {
  test(`document with ${what} is fine`, () => expect(problems(services)).toEqual([]));
}

test("document reports rules across fields beside mistakes in single fields", () => {
  const found = problems([{ ...web, port: -1 }, web, web]);
  expect(found).toEqual([
    "services.0.port: wanted a whole number from 0 to 65535",
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
  expect(performance.now() - startedMs).toBeLessThan(10_000); // looking at each takes a minute
});

test("document with more destinations than the fast path holds is refused", () => {
  const destination = (i: number) => ({ address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });
  const destinations = Array.from({ length: MAX_DESTINATIONS / 2 + 1 }, (_, i) => destination(i));
  const services = [80, 81].map((port) => ({ ...web, port, destinations }));
  expect(problems(services)).toEqual(["services: wanted at most 131072 destinations over all services"]);
}, 60_000);

test("document with more prefixes of clients than the fast path holds is refused", () => {
  const allow = Array.from({ length: MAX_CLIENT_PREFIXES }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  expect(problems([{ ...web, allow }])).toEqual([]);
  expect(problems([{ ...web, allow, deny: ["10.0.0.7"] }])).toEqual([
    "services: wanted at most 65536 prefixes over all services",
  ]);
});
