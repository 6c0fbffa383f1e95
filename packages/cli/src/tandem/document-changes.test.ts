import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { documentChanges } from "./document-changes.ts";

const web = { protocol: "tcp", address: "192.0.2.1", port: 80 };
const dns = { protocol: "udp", address: "192.0.2.1", port: 53 };
const a = { address: "10.0.0.1" };
const b = { address: "10.0.0.2" };
const check = { type: "http", path: "/health" };
const KEY = "tcp 192.0.2.1:80";

const lines = (before: object[], after: object[]): string[] => {
  const [old, now] = [before, after].map((services) => DocumentSpec.parse({ version: 1, services }));
  return documentChanges(old!, now!).map(({ kind, what, how }) => `${kind} ${what}${how && `: ${how}`}`);
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
