import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { documentJsonSchema, loadDocument, loadWritten } from "./load-document.ts";

function refusal(text: string): string[] {
  try {
    loadDocument(text, "lb.yaml");
    return [];
  } catch (error) {
    if (error instanceof LbError) return error.message.split("\n");
    throw error;
  }
}

test("document loader reads YAML, fills in defaults and keeps order", () => {
  const text = `
version: 1
services:
  - protocol: tcp
    address: 192.0.2.1
    port: 80
    check: &web {type: http, path: /health}
    destinations: [{address: 10.0.0.2}, {address: 10.0.0.1, weight: 3}]
  - {protocol: tcp, address: "2001:DB8::1", port: 80, check: *web}
`;
  const { services } = loadDocument(text, "lb.yaml");
  expect(services[0]).toMatchObject({ scheduler: "wlc", method: "masquerade" });
  expect(services[0]!.destinations.map((d) => [d.address, d.weight])).toEqual([
    ["10.0.0.2", 1],
    ["10.0.0.1", 3],
  ]);
  expect(services[1]).toMatchObject({
    address: "2001:db8::1",
    check: { type: "http", path: "/health", rise: 2 },
  });
});

test("document loader reads durations and sizes with units, and tells their limits in units", () => {
  const settings = (text: string) => `version: 1\nsettings:\n  ${text}\n`;
  const { timeouts } = loadDocument(
    settings("timeouts: { tcp: { established: 1h30m } }"),
    "lb.yaml",
  ).settings;
  expect(timeouts).toEqual({ tcp: { established: 5400 } });
  expect(refusal(settings("cacheSeconds: 15x"))).toEqual([
    'lb.yaml:3:17: settings.cacheSeconds: found "15x", wanted whole seconds from 1 to 2147483, or a text such as "500ms", "30s", "5m", "1h30m"',
  ]);
  expect(refusal(settings("cacheSeconds: 30d"))).toEqual([
    'lb.yaml:3:17: settings.cacheSeconds: found "30d", wanted 1s to 24d20h31m23s',
  ]);
});

test("document loader reads JSON, tabs and all", () => {
  const service = { protocol: "udp", address: "192.0.2.1", port: 53 };
  const text = JSON.stringify({ version: 1, services: [service] }, undefined, "\t");
  expect(loadDocument(text, "lb.json").services[0]).toMatchObject(service);
});

test("document loader names every mistake at its place, with what was found and what was wanted", () => {
  const text = `version: 1
services:
  - protocol: tpc
    address: 192.0.2
    port: 70000
    schedular: rr
    check: {type: http, paht: /x, timeout: 0, status: []}
    destinations:
      - adress: 10.0.0.1
      - address: 10.0.0.2
        weight: -1
        port: "80"
      - 10.0.0.3
  - protocol: udp
    address: 192.0.2.1
    port: -1
    method: nat
    destinations:
  - {protocol: tcp, address: 192.0.2.1, port: 80}
  - {protocol: tcp, address: 192.0.2.1, port: 80, method: direct-route,
     destinations: [{address: "2001:db8::1", port: 81}]}
colour: red
`;
  expect(refusal(text)).toEqual([
    'lb.yaml:3:15: services[0].protocol: found "tpc", wanted one of tcp, udp, sctp, any',
    'lb.yaml:4:14: services[0].address: found "192.0.2", wanted an IPv4 or IPv6 address',
    "lb.yaml:5:11: services[0].port: found 70000, wanted a whole number from 0 to 65535",
    'lb.yaml:6:5: services[0].schedular: unknown field, did you mean "scheduler"?',
    'lb.yaml:7:25: services[0].check.paht: unknown field, did you mean "path"?',
    "lb.yaml:7:44: services[0].check.timeout: found 0, wanted seconds from 0.05 to 300",
    "lb.yaml:7:55: services[0].check.status: found a list, wanted at least one status code",
    'lb.yaml:9:9: services[0].destinations[0].adress: unknown field, did you mean "address"?',
    "lb.yaml:9:9: services[0].destinations[0].address: missing, wanted an IPv4 or IPv6 address",
    "lb.yaml:11:17: services[0].destinations[1].weight: found -1, wanted a whole number from 0 to 2147483647",
    'lb.yaml:12:15: services[0].destinations[1].port: found "80", wanted a whole number from 0 to 65535',
    'lb.yaml:13:9: services[0].destinations[2]: found "10.0.0.3", wanted a map of fields',
    "lb.yaml:16:11: services[1].port: found -1, wanted a whole number from 0 to 65535",
    'lb.yaml:17:13: services[1].method: found "nat", wanted one of masquerade, direct-route, tunnel, full-nat, local',
    "lb.yaml:18:18: services[1].destinations: found nothing, wanted a list",
    'lb.yaml:20:5: services[3]: service "tcp 192.0.2.1:80" stands here twice, wanted once',
    'lb.yaml:21:31: services[3].destinations[0].address: "2001:db8::1" is IPv6, wanted IPv4 as the service, or a tunnel',
    "lb.yaml:21:52: services[3].destinations[0].port: port is 81, wanted 80: direct-route does not change the port",
    "lb.yaml:22:1: colour: unknown field, wanted one of version, settings, marks, services",
  ]);
});

const messages: [what: string, text: string, ...want: string[]][] = [
  ["an empty file", "", "lb.yaml:1:1: the file is empty, wanted a map of fields"],
  ["nothing but comments", "# later\n", "lb.yaml:1:1: the file is empty, wanted a map of fields"],
  ["plain text", "hello", 'lb.yaml:1:1: found "hello", wanted a map of fields'],
  ["a list", "- 1", "lb.yaml:1:1: found a list, wanted a map of fields"],
  ["another version", "version: 2", "lb.yaml:1:10: version: found 2, wanted 1"],
  ["a fraction", "version: 1.5", "lb.yaml:1:10: version: found 1.5, wanted 1"],
  ["no version", "services: []", "lb.yaml:1:1: version: missing, wanted 1"],
  [
    "a field twice, beside another mistake",
    "version: 1\nversion: 1\nservices: 7\n",
    'lb.yaml:2:1: field "version" stands here twice, wanted once',
    "lb.yaml:3:11: services: found 7, wanted a list",
  ],
  [
    "a quoted field twice",
    '{"version": 1, "version": 1}',
    'lb.yaml:1:16: field "version" stands here twice, wanted once',
  ],
  [
    "tabs before a field",
    "version: 1\nservices:\n\t- x",
    "lb.yaml:3:1: found a tab, wanted spaces before a field",
  ],
  [
    "a bracket that is not closed",
    "services: [1",
    "lb.yaml:1:13: no valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ],
  ["a quote that is not closed", 'version: "1', 'lb.yaml:1:12: no valid YAML: Missing closing "quote'],
  ["two documents", "version: 1\n---\nversion: 1", "lb.yaml:2:1: a second document begins here, wanted one"],
  ["an alias of nothing", "version: *x", 'lb.yaml:1:10: "*x" stands for nothing, wanted "&x" above it'],
  [
    "aliases that explode",
    "a: &a [x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]",
    "lb.yaml:2:8: aliases repeat too much, wanted at most 100 repetitions",
  ],
  [
    "an alias within itself",
    "version: 1\nservices: &s [*s]",
    "lb.yaml:2:15: services[0]: found a list, wanted a map of fields",
  ],
  [
    "a mistake in what an alias stands for",
    "version: &v 2\nservices: *v",
    "lb.yaml:1:13: version: found 2, wanted 1",
    "lb.yaml:2:11: services: found 2, wanted a list",
  ],
  [
    "a tag",
    "version: !!js 1",
    "lb.yaml:1:10: unknown tag, wanted a plain value",
    'lb.yaml:1:15: version: found "1", wanted 1',
  ],
  ["a field whose name is a list", "? [a]\n: 3", "lb.yaml:1:3: found a field whose name is no text"],
  [
    "a field that JavaScript takes for special",
    "version: 1\n__proto__: {services: 7}",
    "lb.yaml:2:1: __proto__: unknown field, wanted one of version, settings, marks, services",
  ],
  [
    "line ends of Windows",
    "version: 1\r\nservices:\r\n  7\r\n",
    "lb.yaml:3:3: services: found 7, wanted a list",
  ],
  [
    "a check of no known type",
    "version: 1\nservices: [{protocol: tcp, address: 192.0.2.1, port: 1, check: {type: ping}}]",
    'lb.yaml:2:71: services[0].check.type: found "ping", wanted "tcp" or "http"',
  ],
  [
    "a field of another type of check",
    "version: 1\nservices: [{protocol: tcp, address: 192.0.2.1, port: 1, check: {type: tcp, path: /}}]",
    "lb.yaml:2:76: services[0].check.path: unknown field, wanted one of type, interval, timeout, rise, fall, port",
  ],
  [
    "a service of a mark that says more",
    "version: 1\nservices: [{mark: 7, port: 80}]",
    "lb.yaml:2:28: services[0].port: port is 80, wanted none: the mark says it all",
  ],
  [
    "gue in the service without a port",
    "version: 1\nservices:\n  - mark: 7\n    method: tunnel\n    tunnel:\n      type: gue",
    "lb.yaml:6:7: services[0].tunnel.port: port is missing, wanted the UDP port that the destination takes gue on",
  ],
  [
    "a rule that never matches",
    "version: 1\nmarks:\n  - mark: 1\n  - {mark: 2, protocol: tcp}",
    "lb.yaml:4:5: marks[1]: marks[0] matches all of its packets first, wanted the narrower rule above",
  ],
  [
    "an unknown state",
    "version: 1\nsettings: {timeouts: {tcp: {etablished: 9}}}",
    'lb.yaml:2:29: settings.timeouts.tcp.etablished: unknown field, did you mean "established"?',
  ],
  [
    "a very long value",
    `version: ${"x".repeat(1000)}`,
    `lb.yaml:1:10: version: found "${"x".repeat(59)}…, wanted 1`,
  ],
];
for (const [what, text, ...want] of messages) {
  test(`document with ${what} is refused with its place`, () => expect(refusal(text)).toEqual(want));
}

test("document nested beyond reason is refused in one line", () => {
  expect(refusal("[".repeat(20_000))).toEqual([expect.stringMatching(/^lb\.yaml:1:\d+: nested too deeply$/)]);
});

test("document loader survives any text", () => {
  const seed = Date.now() % 2 ** 31;
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const pieces = [
    "version: 1\n",
    "services:",
    "\n  - ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "&a ",
    "*a",
    "!!x ",
    "\t",
    '"',
    "|\n",
    "? ",
    "---\n",
    "é",
    "port: 80",
    ",",
  ];
  for (let i = 0; i < 1000; i++) {
    const text = Array.from({ length: random(20) }, () => pieces[random(pieces.length)]).join("");
    for (const line of refusal(text)) {
      expect(line, `seed ${seed}: ${JSON.stringify(text)}`).toMatch(/^(lb\.yaml:[1-9]\d*:[1-9]\d*: )?\S/);
    }
  }
});

test("document's JSON Schema tells editors fields, choices, ranges and meanings", () => {
  const schema = documentJsonSchema() as { $schema: string; properties: { services: { items: object } } };
  expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
  expect(schema.properties.services.items).toMatchObject({
    additionalProperties: false,
    properties: {
      protocol: { enum: ["tcp", "udp", "sctp", "any"] },
      port: {
        type: "integer",
        minimum: 0,
        maximum: 65535,
        description: "Virtual port that clients talk to; 0 with persistence: every port.",
      },
      timeouts: { properties: { tcp: { properties: { established: { minimum: 1 } } } } },
      destinations: { items: { required: ["address"] } },
      scheduler: { default: "wlc" },
    },
  });
});

const WRITTEN = `version: 1
services:
  - protocol: tcp
    address: 192.0.2.1
    port: 80
    destinations:
      - address: 10.0.0.1
      - {address: 10.0.0.2, weight: 2}
`;
const refusedElsewhere: [path: string, place: string][] = [
  ["services[0].destinations[1]", "8:9"],
  ["services[0].destinations[1].weight", "8:37"],
  ["services[0].port", "5:11"],
  ["services[0].method", "3:5"],
  ['services[0]["no name"]', "3:5"],
  ["", "1:1"],
];
for (const [path, place] of refusedElsewhere) {
  test(`document loader finds the place of "${path}", which somebody else refuses`, () => {
    const problems = [{ line: 0, column: 0, path, message: "no" }];
    const refused = new LbError({ code: "invalid_document", source: "document", problems });
    const { message } = loadWritten(WRITTEN, "lb.yaml").locate(refused) as Error;
    expect(message).toBe(`lb.yaml:${place}: ${path === "" ? "" : `${path}: `}no`);
  });
}

test("document loader leaves errors alone that are not about the document", () => {
  const error = new LbError({ code: "stale_revision", have: 1, current: 2 });
  expect(loadWritten(WRITTEN, "lb.yaml").locate(error)).toBe(error);
});
