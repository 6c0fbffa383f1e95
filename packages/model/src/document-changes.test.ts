import { expect, test } from "vitest";
import { DocumentSpec } from "./config.ts";
import { describeChange, documentChanges, summarizeChanges } from "./document-changes.ts";

const web = { protocol: "tcp", address: "192.0.2.1", port: 80 };
const dns = { protocol: "udp", address: "192.0.2.1", port: 53 };
const a = { address: "10.0.0.1" };
const b = { address: "10.0.0.2" };
const check = { type: "http", path: "/health" };
const KEY = "tcp 192.0.2.1:80";

const lines = (before: object[], after: object[]): string[] =>
  linesOf({ services: before }, { services: after });
const linesOf = (before: object, after: object): string[] => {
  const [old, now] = [before, after].map((parts) => DocumentSpec.parse({ version: 1, ...parts }));
  return documentChanges(old!, now!).map(describeChange);
};

const cases: { name: string; before: object[]; after: object[]; want: string[] }[] = [
  { name: "equal documents", before: [web], after: [web], want: [] },
  {
    name: "defaults written out",
    before: [web],
    after: [{ ...web, scheduler: "wlc", destinations: [] }],
    want: [],
  },
  {
    name: "what destinations have from their service, written out",
    before: [
      { ...web, method: "tunnel", tunnel: { type: "gre" }, persistence: {}, destinations: [a] },
      { ...dns, method: "direct-route", destinations: [a, { ...b, method: "tunnel" }] },
    ],
    after: [
      {
        ...web,
        persistence: { prefix: 32 },
        destinations: [{ ...a, port: 80, method: "tunnel", tunnel: { type: "gre" } }],
      },
      {
        ...dns,
        destinations: [
          { ...a, port: 53, method: "direct-route" },
          { ...b, method: "tunnel", tunnel: {} },
        ],
      },
    ],
    want: [],
  },
  {
    name: "what destinations have from their service, written otherwise",
    before: [{ ...web, method: "tunnel", tunnel: { type: "gre" }, destinations: [a, b] }],
    after: [{ ...web, destinations: [a, { ...b, method: "tunnel", tunnel: {} }] }],
    want: [`~ ${KEY}: method tunnel → masquerade`, `~ ${KEY} -> 10.0.0.2:80: tunnel.type gre → ipip`],
  },
  {
    name: "a method for destinations to come",
    before: [web],
    after: [{ ...web, method: "tunnel", tunnel: { type: "gre" } }],
    want: [`~ ${KEY}: method masquerade → tunnel, tunnel none → {type gre, checksum none}`],
  },
  {
    name: "the tunnel of destinations whose method is their service's",
    before: [{ ...web, method: "tunnel", destinations: [a, { ...b, tunnel: { type: "gre" } }] }],
    after: [
      {
        ...web,
        method: "tunnel",
        tunnel: { type: "gre" },
        destinations: [a, { ...b, tunnel: { type: "gre" } }],
      },
    ],
    want: [`~ ${KEY}: tunnel none → {type gre, checksum none}`],
  },
  {
    name: "a new service",
    before: [],
    after: [{ ...web, destinations: [a] }],
    want: [`+ ${KEY}`, `+ ${KEY} -> 10.0.0.1:80`],
  },
  { name: "a removed service", before: [web, dns], after: [dns], want: [`- ${KEY}`] },
  {
    name: "a scheduler",
    before: [web],
    after: [{ ...web, scheduler: "rr" }],
    want: [`~ ${KEY}: scheduler wlc → rr`],
  },
  {
    name: "a check that comes",
    before: [web],
    after: [{ ...web, check }],
    want: [
      `~ ${KEY}: check none → {type http, interval 2, timeout 1, rise 2, fall 3, path /health, status [200]}`,
    ],
  },
  {
    name: "a field of a check",
    before: [{ ...web, check }],
    after: [{ ...web, check: { ...check, interval: 5, status: [200, 204] } }],
    want: [`~ ${KEY}: check.interval 2 → 5, check.status [200] → [200, 204]`],
  },
  {
    name: "what a service can do since it is more than an endpoint",
    before: [web],
    after: [
      {
        ...web,
        persistence: { prefix: 24 },
        timeouts: { tcp: { established: 60 } },
        whenDown: "reset",
        allow: ["10.0.0.0/8"],
        slowStart: 30,
      },
    ],
    want: [
      `~ ${KEY}: whenDown keep → reset, allow [] → [10.0.0.0/8], slowStart 0 → 30, persistence none → {timeout 360, prefix 24}, timeouts none → {tcp {established 60}}`,
    ],
  },
  {
    name: "a firewall mark's service",
    before: [{ mark: 7, destinations: [a] }],
    after: [{ mark: 8, destinations: [a] }],
    want: ["+ mark 8 ipv4", "+ mark 8 ipv4 -> 10.0.0.1:0", "- mark 7 ipv4", "- mark 7 ipv4 -> 10.0.0.1:0"],
  },
  {
    name: "a tunnel and thresholds",
    before: [{ ...web, method: "tunnel", destinations: [{ ...a, tunnel: { type: "gre" } }] }],
    after: [
      {
        ...web,
        method: "tunnel",
        destinations: [{ ...a, tunnel: { type: "gre", checksum: "full" }, upperThreshold: 9 }],
      },
    ],
    want: [`~ ${KEY} -> 10.0.0.1:80: tunnel.checksum none → full, upperThreshold 0 → 9`],
  },
  {
    name: "weight and drain",
    before: [{ ...web, destinations: [a, b] }],
    after: [{ ...web, destinations: [{ ...a, weight: 3, drain: true }, b] }],
    want: [`~ ${KEY} -> 10.0.0.1:80: weight 1 → 3, drain false → true`],
  },
  {
    name: "another port: another destination",
    before: [{ ...web, destinations: [a] }],
    after: [{ ...web, destinations: [{ ...a, port: 81 }] }],
    want: [`+ ${KEY} -> 10.0.0.1:81`, `- ${KEY} -> 10.0.0.1:80`],
  },
  {
    name: "order alone",
    before: [{ ...web, destinations: [a, b] }],
    after: [{ ...web, destinations: [b, a] }],
    want: ["~ order: listed differently"],
  },
];
for (const { name, before, after, want } of cases) {
  test(`changes of a document: ${name}`, () => expect(lines(before, after)).toEqual(want));
}

const parts: { name: string; before: object; after: object; want: string[] }[] = [
  {
    name: "settings",
    before: { settings: { timeouts: { udp: { lasting: 30 } } } },
    after: { settings: { midStream: "host", timeouts: { udp: { lasting: 60, single: 9 } } } },
    want: ["~ settings: timeouts.udp.lasting 30 → 60, timeouts.udp.single none → 9, midStream drop → host"],
  },
  {
    name: "mark rules",
    before: { marks: [{ mark: 7, protocol: "tcp" }] },
    after: {
      marks: [
        { mark: 8, source: "10.0.0.0/8" },
        { mark: 7, protocol: "udp" },
      ],
    },
    want: [
      "+ rule {mark 8, source 10.0.0.0/8}",
      "+ rule {mark 7, protocol udp}",
      "- rule {mark 7, protocol tcp}",
    ],
  },
  {
    name: "the order of mark rules",
    before: {
      marks: [
        { mark: 7, protocol: "tcp" },
        { mark: 8, protocol: "udp" },
      ],
    },
    after: {
      marks: [
        { mark: 8, protocol: "udp" },
        { mark: 7, protocol: "tcp" },
      ],
    },
    want: ["~ order: listed differently"],
  },
];
for (const { name, before, after, want } of parts) {
  test(`changes of a document: ${name}`, () => expect(linesOf(before, after)).toEqual(want));
}

test("a summary of changes is the only one, or how many there are of each kind", () => {
  const summary = (before: object[], after: object[]) => {
    const [old, now] = [before, after].map((services) => DocumentSpec.parse({ version: 1, services }));
    return summarizeChanges(documentChanges(old!, now!));
  };
  expect(summary([web], [web])).toBe("");
  expect(summary([web], [{ ...web, scheduler: "rr" }])).toBe(`~ ${KEY}: scheduler wlc → rr`);
  expect(summary([web], [{ ...dns, destinations: [b] }])).toBe("2 added, 1 removed");
  const drained = { ...a, drain: true };
  const both = (d: object) => [web, dns].map((service) => ({ ...service, destinations: [d] }));
  expect(summary(both(a), both(drained))).toBe("2 changed: drain false → true");
  expect(
    summary(
      [web, dns],
      [
        { ...web, scheduler: "rr" },
        { ...dns, scheduler: "sh" },
      ],
    ),
  ).toBe("2 changed");
  const many = Array.from({ length: 99 }, (_, i) => `10.0.${i}.0/24`);
  expect(summary([web], [{ ...web, allow: many }])).toBe("1 changed");
});
