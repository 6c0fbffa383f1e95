import { parsePrefix } from "@tandem/model";
import { expect, test } from "vitest";
import type { MarkRule } from "../../dataplane/dataplane.ts";
import { createParsedPacket, parseIp, parseTransport } from "../../packet/parse.ts";
import { buildPacket } from "../../packet/testing.ts";
import { compileMarkRules } from "./mark-rules.ts";

const ENDS = {
  4: { from: "198.51.100.7", to: "192.0.2.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1" },
} as const;
const any: MarkRule = { mark: 9, protocol: 0, sourcePorts: [0, 65_535], destinationPorts: [0, 65_535] };

function markOf(
  family: 4 | 6,
  rules: readonly Partial<MarkRule>[],
  more: { hasPorts?: boolean } = {},
): number {
  const packet = buildPacket({ protocol: "tcp", ...ENDS[family], fromPort: 40_000, toPort: 80 });
  const p = createParsedPacket();
  p.family = family;
  expect(parseIp(p, packet, packet.length) && parseTransport(p, packet)).toBe(true);
  const compiled = compileMarkRules(
    rules.map((rule) => ({ ...any, ...rule })),
    (name) => ({ eth0: 3, eth1: 4 })[name],
  );
  return compiled({ family, key: p.key, ifindex: 3, hasPorts: true, ...more });
}

const cases: [string, Partial<MarkRule>, boolean][] = [
  ["nothing in particular", {}, true],
  ["its protocol", { protocol: 6 }, true],
  ["another protocol", { protocol: 132 }, false],
  ["its interface", { interface: "eth0" }, true],
  ["another interface", { interface: "eth1" }, false],
  ["an interface that is not there", { interface: "eth9" }, false],
  ["its source port as the first", { sourcePorts: [40_000, 50_000] }, true],
  ["its source port as the last", { sourcePorts: [0, 40_000] }, true],
  ["ports above its source port", { sourcePorts: [40_001, 65_535] }, false],
  ["its destination port", { destinationPorts: [80, 80] }, true],
  ["ports below its destination port", { destinationPorts: [0, 79] }, false],
  ["one condition that holds and one that does not", { protocol: 6, destinationPorts: [0, 79] }, false],
];
for (const [what, rule, isMatch] of cases) {
  test(`a rule that names ${what} ${isMatch ? "matches" : "does not match"}`, () => {
    for (const family of [4, 6] as const) expect(markOf(family, [rule])).toBe(isMatch ? 9 : 0);
  });
}

const prefixes: [4 | 6, string, string, boolean][] = [
  [4, "source", "198.51.100.0/24", true],
  [4, "source", "198.51.100.7", true],
  [4, "source", "198.51.100.6/32", false],
  [4, "source", "198.51.100.0/30", false],
  [4, "source", "0.0.0.0/0", true],
  [4, "source", "::/0", false],
  [4, "destination", "192.0.2.0/31", true],
  [4, "destination", "198.51.100.0/24", false],
  [6, "source", "2001:db8:2::/48", true],
  [6, "source", "2001:db8:2::/125", true],
  [6, "source", "2001:db8:2::/126", false],
  [6, "source", "0.0.0.0/0", false],
  [6, "destination", "2001:db8::1", true],
  [6, "destination", "2001:db8::2", false],
];
for (const [family, side, prefix, isMatch] of prefixes) {
  test(`a rule of the ${side} ${prefix} ${isMatch ? "matches" : "does not match"} IPv${family}`, () =>
    expect(markOf(family, [{ [side]: parsePrefix(prefix)! }])).toBe(isMatch ? 9 : 0));
}

test("the first rule that matches gives its mark", () => {
  expect(markOf(4, [{ protocol: 17, mark: 1 }, { protocol: 6, mark: 2 }, { mark: 3 }])).toBe(2);
  expect(markOf(4, [])).toBe(0);
});

test("ports of a fragment are not asked, its addresses are", () => {
  const rule = { destinationPorts: [9, 9] } as const;
  expect(markOf(4, [rule], { hasPorts: false })).toBe(9);
  expect(markOf(4, [{ ...rule, protocol: 17 }], { hasPorts: false })).toBe(0);
});
