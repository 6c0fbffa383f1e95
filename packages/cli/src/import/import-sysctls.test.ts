import { expect, test } from "vitest";
import { importSysctls } from "./import-sysctls.ts";

const cases: [text: string, read: object][] = [
  ["net.ipv4.vs.drop_entry = 1", { values: { drop_entry: 1 } }],
  ["net/ipv4/vs/drop_entry=1", { values: { drop_entry: 1 } }],
  ["-net.ipv4.vs.drop_entry=1", { values: { drop_entry: 1 } }],
  ["# a\n; b\n\nnet.ipv4.ip_forward = x", { values: {} }],
  ["net.ipv4.vs.conntrack = 0", { values: { conntrack: 0 } }],
  [
    "net.ipv4.vs.toString = 1",
    { values: { toString: 1 }, notes: [{ line: 1, text: "toString = 1: left out, it has no counterpart" }] },
  ],
  [
    "\nnet.ipv4.vs.drop_entry = yes",
    { values: {}, mistakes: [{ line: 2, text: 'drop_entry: found "yes", wanted a whole number' }] },
  ],
  ["drop_entry", { values: {}, mistakes: [{ line: 1, text: 'found "drop_entry", wanted "name = value"' }] }],
];
for (const [text, read] of cases) {
  test(`settings ${JSON.stringify(text)} are read`, () =>
    expect(importSysctls(text)).toEqual({ notes: [], mistakes: [], ...read }));
}
